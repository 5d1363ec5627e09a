"""Which raw columns a KPI is made from, and which KPIs a raw column has a part in.

The engine sums the measures of all families in one union, so by SQL alone every KPI would come from
everything. What a KPI is made from is what its line of the catalogue names: the numerator and the
denominator, columns of its family's measures model. From there on SQL is followed.

A KPI that is made from other KPIs' figures says so in the YAML of its family's measures
(`figures_of`): it comes from whatever these come from.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.landing.contract import ADDED_COLUMNS
from orchestration.lineage.graph import ROWS, Column, Graph, Use, Uses
from orchestration.system.errors import PilotageError
from orchestration.warehouse.compiled import Compiled

# In the YAML of a measures model: whose figures its own are made from.
FIGURES_OF, OF_ALL = "figures_of", "all"
# What makes figures of measures, for all families at once.
ENGINE = "models/marts/kpis/steps/engine/"
IN_USE = ("active", "under_review")
# In a landing table, and nothing that its source delivers.
NOT_DELIVERED = frozenset([ROWS, *ADDED_COLUMNS])


@dataclass(frozen=True)
class Kpi:
    """A KPI of the catalogue, in the version in force: `measures` are the columns that its
    numerator and denominator name, `parts` the KPIs whose figures it is made from."""

    kpi_id: str
    name_en: str
    name_fr: str
    family: str
    measures: tuple[Column, ...]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class RawColumn:
    """A column of a landing table, and what a KPI uses it for: `value`, its numerator or its
    denominator is made from it; `rows`, it decides which rows are counted or joined."""

    source: str
    table: str
    column: str
    use: Use

    def __str__(self) -> str:
        return f"{self.source}.{self.table}.{self.column}"


@dataclass(frozen=True, order=True)
class KpiUse:
    """A KPI that a raw column has a part in, and what it uses the column for."""

    kpi_id: str
    use: Use


@dataclass(frozen=True)
class Lineage:
    """The lineage of the project's columns and of its KPIs, both ways."""

    graph: Graph
    kpis: Mapping[str, Kpi]

    def kpi(self, kpi_id: str) -> Kpi:
        """Return a KPI in use; PilotageError when the catalogue has none of that name."""
        found = self.kpis.get(kpi_id)
        if found is None:
            raise PilotageError(f"The catalogue has no KPI {kpi_id} in use.")
        return found

    def raw_columns_of(self, kpi_id: str) -> tuple[RawColumn, ...]:
        """Return the columns of landing tables that the KPI is made from, in order of name.

        Columns that are added while accepting (`batch`) are none. Raises PilotageError when the
        catalogue has no such KPI in use.
        """
        uses = self._behind[self.kpi(kpi_id).kpi_id]
        found = []
        for one in uses:
            if self.graph.tables[one.table].kind == "raw" and one.name not in NOT_DELIVERED:
                source, _, table = one.table.partition(".")
                found.append(RawColumn(source, table, one.name, uses.of(one)))
        return tuple(found)

    def kpis_of(self, source: str, table: str, column: str) -> tuple[KpiUse, ...]:
        """Return the KPIs that a column of a landing table has a part in, in order of name.

        So it does for a column of a published table, which goes by its schema (`core`, `contacts`).
        Raises PilotageError when there is no such table or column.
        """
        return self._kpis_of.get(self.graph.column(f"{source}.{table}", column), ())

    def kpis_of_published(self, name: str, column: str) -> tuple[KpiUse, ...]:
        """Return the KPIs that a column of a published table (`core.contacts`) has a part in.

        None of a table that no model makes. A landing table may have the same name.
        """
        found = self.graph.published.get(name)
        return self._kpis_of.get(Column(found, column), ()) if found else ()

    def upstream(self, table: str, column: str) -> Uses:
        """Return what a column is made from, down to landing tables and seeds.

        `table` is a landing table (`interactions.contacts`), a published one (`core.contacts`) or
        a name in dbt. Raises PilotageError when there is no such table or column.
        """
        return self.graph.upstream([self.graph.column(table, column)])

    def downstream(self, table: str, column: str) -> Uses:
        """Return what is made from a column, up to published tables; see `upstream`."""
        return self.graph.downstream([self.graph.column(table, column)])

    def columns_behind(self, kpi: Kpi) -> Uses:
        """Return the columns of all tables that the KPI's measures are made from, themselves among
        them; not those behind its parts."""
        found = self.graph.upstream(kpi.measures, self.engine)
        value = found.value | frozenset(kpi.measures)
        rows = found.rows | {Column(one.table, ROWS) for one in kpi.measures}
        return Uses(value, rows - value)

    @cached_property
    def engine(self) -> frozenset[str]:
        """The tables that have figures of all families."""
        return frozenset(
            name
            for name, table in self.graph.tables.items()
            if table.path and table.path.startswith(ENGINE)
        )

    @cached_property
    def _behind(self) -> dict[str, Uses]:
        """By KPI the columns of all tables behind it, those behind its parts among them."""
        own = {kpi_id: self.columns_behind(kpi) for kpi_id, kpi in self.kpis.items()}
        return {
            kpi_id: _together(own[one] for one in (kpi_id, *kpi.parts))
            for kpi_id, kpi in self.kpis.items()
        }

    @cached_property
    def _kpis_of(self) -> dict[Column, tuple[KpiUse, ...]]:
        found: dict[Column, list[KpiUse]] = defaultdict(list)
        for kpi_id, uses in sorted(self._behind.items()):
            for column in uses:
                found[column].append(KpiUse(kpi_id, uses.of(column)))
        return {column: tuple(its) for column, its in found.items()}


def _together(all_uses: Iterable[Uses]) -> Uses:
    value: set[Column] = set()
    rows: set[Column] = set()
    for uses in all_uses:
        value |= uses.value
        rows |= uses.rows
    return Uses(frozenset(value), frozenset(rows - value))


def kpis_in_use(seeds: Path, compiled: Compiled) -> dict[str, Kpi]:
    """Return the KPIs of the catalogue in `seeds` that are computed, in the version in force."""
    rows = {
        row["kpi_id"]: row
        for row in _rows(seeds, "kpi_catalogue")
        if row["status"] in IN_USE and not row["valid_to"]
    }
    measures = {node.name: node for node in compiled.nodes.values()}
    said = {
        row["family"]: measures[f"measures_{row['family']}"].meta.get(FIGURES_OF)
        for row in rows.values()
    }
    plain = [kpi_id for kpi_id, row in rows.items() if not said[row["family"]]]
    parts = {
        family: tuple(plain) if whose == OF_ALL else tuple(dict.fromkeys(_named(seeds, whose)))
        for family, whose in said.items()
        if whose
    }
    return {
        kpi_id: Kpi(
            kpi_id=kpi_id,
            name_en=row["name_en"],
            name_fr=row["name_fr"],
            family=row["family"],
            measures=tuple(
                Column(f"measures_{row['family']}", measure)
                for measure in (row["numerator_measure"], row["denominator_measure"])
                if measure
            ),
            parts=parts.get(row["family"], ()),
        )
        for kpi_id, row in rows.items()
    }


def _named(seeds: Path, whose: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield the KPIs that columns of seeds name."""
    for seed, columns in whose.items():
        for row in _rows(seeds, seed):
            yield from (row[column] for column in columns if row[column])


def _rows(seeds: Path, name: str) -> list[dict[str, Any]]:
    with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
