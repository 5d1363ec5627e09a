"""How the rows of a file would land by a mapping: read, typed and judged as accepting does it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.accept import type_rows
from orchestration.landing.check import typed_columns
from orchestration.landing.codes import unknown_codes
from orchestration.landing.contract import Table
from orchestration.landing.files import SUFFIXES, InboxFile, suffix_of
from orchestration.landing.mappings.declared import FileMapping
from orchestration.landing.prepass import examine
from orchestration.landing.read import load
from orchestration.landing.rules import QUOTE
from orchestration.system.sql import names, text

SHOWN = 10


@dataclass(frozen=True)
class Preview:
    """The first `rows` as they would land: values of `columns`, and what speaks against the row.

    Of all rows: how many would land, the commonest reasons, and codes that no seed knows.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    received: int
    accepted: int
    reasons: list[tuple[str, int]]
    unknown_codes: list[dict[str, Any]]


def preview(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    mapping: FileMapping,
    key: bytes,
    spill: Path,
) -> Preview:
    """Read the whole file by the mapping. `FileRefused` when accepting would refuse it."""
    kind, is_gzipped = SUFFIXES[suffix_of(path.name).lower()]
    examined = examine(InboxFile(path, table, kind, is_gzipped, mapping))
    loaded = load(con, examined, 1, spill)
    con.execute(f"create or replace table typed ({typed_columns(table)})")
    type_rows(con, loaded, datetime.now(UTC), key)
    columns = [filling.column for filling in mapping.fillings]
    rows = con.execute(f"""
        select {names(columns)}, problem__ from typed order by row_number limit {SHOWN}
    """).fetchall()
    received, accepted = con.execute(f"""
        select
            count(*) + (select count(*) from {loaded.broken}),
            count(*) filter (problem__ is null)
        from typed
    """).fetchone()
    reasons = con.execute(f"""
        select regexp_replace(reason, {text(QUOTE)}, '') as said, count(*) as row_count
        from (
            select unnest(string_split(problem__, '; ')) as reason from typed
            union all
            select reason from {loaded.broken}
        )
        where reason is not null
        group by said order by row_count desc, said limit {SHOWN}
    """).fetchall()
    return Preview(columns, rows, received, accepted, reasons, unknown_codes(con, table))
