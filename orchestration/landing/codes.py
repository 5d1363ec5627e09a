"""Codes that no seed knows: each stands for itself, and is reported, never dropped."""

import csv
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.contract import Table
from orchestration.system.paths import PROJECT_ROOT
from orchestration.system.sql import name, text

SEEDS = PROJECT_ROOT / "seeds"
# Of one column in one batch: where nothing is a code, a list of all values helps nobody.
MOST_CODES = 50


def unknown_codes(con: duckdb.DuckDBPyConnection, table: Table) -> list[dict[str, Any]]:
    """Count the accepted rows of `typed` by code that no seed knows: {column, code, rows}.

    Call it once `outcomes` says which rows are accepted.
    """
    found = []
    for column in table.columns:
        if not column.known_in:
            continue
        known = ", ".join(text(code) for code in sorted(codes(column.known_in, column.case)))
        found += [
            {"column": column.name, "code": code, "rows": rows}
            for code, rows in con.execute(f"""
                select {name(column.name)} as code, count(*) as row_count
                from typed
                where problem__ is null and code is not null and code not in ('', {known})
                group by code
                order by row_count desc, code
                limit {MOST_CODES}
            """).fetchall()
        ]
    return found


def codes(known_in: str, case: str | None, seeds: Path = SEEDS) -> set[str]:
    """Return the codes of `<seed>.<column>`, as the landing writes them; none without the seed."""
    seed, _, column = known_in.partition(".")
    path = seeds / f"{seed}.csv"
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        values = [(row.get(column) or "").strip() for row in csv.DictReader(file)]
    return {value.upper() if case == "upper" else value.lower() for value in values if value}
