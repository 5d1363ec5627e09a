"""Which rows of earlier quarantines came again, so that nothing has to be said of them any more.

A row is settled by the first later batch that accepts a row with its key, or sets one aside. One
whose key nobody could read is settled when a file of its file's name comes again. The ledger counts
it in the record of the batch that settled it: records never change.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.contract import Table
from orchestration.landing.ledger import BatchRecord, rows_open
from orchestration.system.paths import DataPaths
from orchestration.system.sql import literal_path, name, text


def row_key(table: Table) -> str:
    """SQL for a row's key as one text; null where a part that the contract requires is missing."""
    needed = [name(part) for part in table.key if table.by_name[part].required]
    whole = " and ".join(f"{part} is not null" for part in needed) or "true"
    listed = ", ".join(f"{name(part)}::varchar" for part in table.key)
    return f"case when {whole} then json_array({listed})::varchar end"


def settled_by(
    con: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    table: Table,
    known: Sequence[BatchRecord],
    batch: int,
    staged: Path,
    files: Sequence[str],
) -> list[dict[str, Any]]:
    """Return how many rows of each earlier batch's quarantine this one settles: {batch, rows}.

    `staged` holds the batch's own rows, accepted and set aside; `files` are its files' names.
    """
    its_own = [record for record in known if (record.source, record.table) == _of(table)]
    left = {number: rows for number, rows in rows_open(its_own).items() if rows}
    if not left:
        return []
    later = [record.batch for record in its_own if record.batch > min(left)]
    below = Path(table.source) / table.name
    aside = _files(paths.quarantine / below / f"batch={number}" for number in {*left, *later})
    if not aside:
        # somebody removed them: nothing is left to compare with
        return []
    came = _files(paths.accepted / below / f"batch={number}" for number in later)
    staged_aside, staged_came = _files([staged / "quarantine"]), _files([staged / "accepted"])
    named = [(file.name, record.batch) for record in its_own for file in record.files]
    named += [(file, batch) for file in files]
    parts = ["select row_key, batch from aside"]
    if came or staged_came:
        parts.append(f"""
            select {row_key(table)}, batch
            from read_parquet([{_listed(came + staged_came)}], hive_partitioning = false)
        """)
    if staged_aside:
        parts.append(_aside(staged_aside, str(batch), "row_key, batch"))
    found = con.execute(f"""
        with aside as (
            {_aside(aside, "regexp_extract(filename, 'batch=([0-9]+)', 1)::bigint")}
        ),
        came (row_key, batch) as (
            {" union all ".join(parts)}
        ),
        named (source_file, batch) as (
            values {", ".join(f"({text(file)}, {number})" for file, number in named)}
        ),
        again as (
            select aside.batch, aside.source_file, aside.row_number, min(came.batch) as settled_by
            from aside
            inner join came on aside.row_key = came.row_key and came.batch > aside.batch
            group by all
            union all
            select aside.batch, aside.source_file, aside.row_number, min(named.batch)
            from aside
            inner join named
                on aside.source_file = named.source_file and named.batch > aside.batch
            where aside.row_key is null
            group by all
        )
        select batch, count(*)
        from again
        where settled_by = {batch} and batch in ({", ".join(map(str, left))})
        group by batch
        order by batch
    """).fetchall()
    return [{"batch": number, "rows": rows} for number, rows in found]


def _of(table: Table) -> tuple[str, str]:
    return table.source, table.name


def _files(places: Iterable[Path]) -> list[Path]:
    return sorted(file for place in places for file in place.glob("*.parquet"))


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(text(literal_path(file)) for file in files)


def _aside(files: Sequence[Path], batch: str, columns: str = "*") -> str:
    """SQL for quarantined rows with their batch. Earlier versions kept no keys: theirs are null."""
    return f"""
        select {columns} from (
            select row_key, source_file, row_number, {batch} as batch
            from (
                select null::varchar as row_key where false
                union all by name
                select * from read_parquet(
                    [{_listed(files)}],
                    union_by_name = true, hive_partitioning = false, filename = true
                )
            )
        )
    """
