"""What the published edition knows of KPIs, their slices and the decisions on them."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.system.errors import UsageError

KPIS = """
select kpi_id, name_en
from kpis.kpi_catalogue
where status in ('active', 'under_review')
order by kpi_id
"""
SLICES = """
select slice_type, list(distinct slice_value order by slice_value)
from kpis.kpi_values
where kpi_id = ? and slice_type <> 'total'
group by slice_type
order by slice_type
"""
DECISION = "select * from steering.decisions where decision_id = ?"
HAS_DECISIONS = """
select count(*) from duckdb_tables() where schema_name = 'steering' and table_name = 'decisions'
"""


class PublishedSteering:
    """Questions to one edition; UsageError when nothing is published yet."""

    def __init__(self, published: Path) -> None:
        if not published.exists():
            raise UsageError(
                "Nothing is published yet, so that KPIs and slices are not known.\n"
                "`pilotage run` publishes a first edition."
            )
        self.published = published

    def kpis(self) -> dict[str, str]:
        """Return the English name of every KPI that is computed, by id."""
        return dict(self._ask(KPIS))

    def slices(self, kpi_id: str) -> dict[str, list[str]]:
        """Return the slices that a KPI has values of: by dimension, in order of the alphabet."""
        return dict(self._ask(SLICES, kpi_id))

    def decision(self, decision_id: str) -> dict[str, Any] | None:
        """Return a decision by the names of its columns; None where the edition has none such."""
        if self._ask(HAS_DECISIONS) == [(0,)]:
            return None
        with self._open() as edition:
            found = edition.execute(DECISION, [decision_id])
            names = [column[0] for column in found.description]
            row = found.fetchone()
        return dict(zip(names, row, strict=True)) if row else None

    def _ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._open() as edition:
            return edition.execute(query, list(values)).fetchall()

    def _open(self) -> duckdb.DuckDBPyConnection:
        edition = duckdb.connect(str(self.published), read_only=True)
        edition.execute("set TimeZone = 'UTC'")
        return edition
