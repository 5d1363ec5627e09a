"""Which columns of landing tables each KPI's figure is made from, written down.

`landed.csv` is the lineage of the project as it stands, one row a KPI and column; before anything
was built it says which KPIs a user's files will give. `python -m orchestration.lineage --landed`
writes it anew; a test holds it against the lineage.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestration.lineage.kpis import Lineage

FILE = Path(__file__).with_name("landed.csv")
HEADER = ("kpi_id", "source", "table", "column")


@dataclass(frozen=True)
class Reached:
    """KPIs by what some landing tables give of them: `whole` are made of these tables alone, of
    `partly` the others are named."""

    whole: tuple[str, ...]
    partly: Mapping[str, tuple[str, ...]]


def landed_csv(lineage: Lineage) -> str:
    """The content of the file, from a lineage."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for kpi_id in sorted(lineage.kpis):
        for one in lineage.raw_columns_of(kpi_id):
            if one.use == "value":
                writer.writerow((kpi_id, one.source, one.table, one.column))
    return out.getvalue()


@lru_cache
def tables_of_kpis() -> Mapping[str, frozenset[str]]:
    """By KPI the landing tables (`source.table`) that its figure is made from."""
    found: dict[str, set[str]] = defaultdict(set)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kpi_id"]].add(f"{row['source']}.{row['table']}")
    return {kpi_id: frozenset(tables) for kpi_id, tables in found.items()}


def kpis_reached(tables: Collection[str]) -> Reached:
    """Say which KPIs come out of landing tables (`source.table`) alone, and which with others."""
    given = frozenset(tables)
    whole = [kpi for kpi, needed in tables_of_kpis().items() if needed <= given]
    partly = {
        kpi: tuple(sorted(needed - given))
        for kpi, needed in tables_of_kpis().items()
        if needed & given and not needed <= given
    }
    return Reached(tuple(whole), partly)
