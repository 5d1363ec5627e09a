"""Parquet files without the people's rows, some thousand rows at a time."""

from typing import IO, Any

import duckdb

from orchestration.forgetting.contents import (
    as_text,
    changes,
    is_number,
    pyarrow_table,
    types_of,
    without,
)
from orchestration.forgetting.judging import Judge
from orchestration.forgetting.streams import batches_of
from orchestration.system.sql import name, text

# The rows that are looked at, as the engine knows them.
_ROWS = "rows_read"


def parquet_without(laid: IO[bytes], out: Any, judge: Judge) -> None:
    """Write to `out` what stays of a Parquet file: its types and its compression stay, too.

    A column of whole numbers that names an agent becomes text, as the other number is.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(laid) as old:
        schema = old.schema_arrow
        groups = old.metadata.num_row_groups
        used = old.metadata.row_group(0).column(0).compression if groups else "SNAPPY"
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        texts = _numbers_of_agents(con, laid, judge)
        schema = _with_texts(schema, texts)
        compression = "zstd" if used == "ZSTD" else "snappy"
        with parquet.ParquetWriter(out, schema, compression=compression) as writer:
            for batch in batches_of(laid):
                rows = _as_texts(con, pyarrow_table(batch), texts)
                writer.write_table(_rows_without(con, rows, judge).cast(schema))


def _numbers_of_agents(
    con: duckdb.DuckDBPyConnection, laid: IO[bytes], judge: Judge
) -> dict[str, str]:
    """Return the columns of numbers, with their types, that name an agent who is forgotten."""
    found: dict[str, str] = {}
    for batch in batches_of(laid) if judge.traces.agents else ():
        con.register(_ROWS, pyarrow_table(batch))
        kinds = types_of(con, _ROWS)
        found |= {
            column: kinds[column]
            for column in changes(con, _ROWS, judge.traces)
            if is_number(kinds[column])
        }
    return found


def _with_texts(schema: Any, texts: dict[str, str]) -> Any:
    from pyarrow import string

    for column in texts:
        at = schema.get_field_index(column)
        schema = schema.set(at, schema.field(at).with_type(string()))
    return schema


def _as_texts(con: duckdb.DuckDBPyConnection, rows: Any, texts: dict[str, str]) -> Any:
    if not texts:
        return rows
    con.register(_ROWS, rows)
    instead = ", ".join(f"{as_text(one, kind)} as {name(one)}" for one, kind in texts.items())
    return con.execute(f"select * replace ({instead}) from {_ROWS}").to_arrow_table()


def _rows_without(con: duckdb.DuckDBPyConnection, rows: Any, judge: Judge) -> Any:
    """Return what stays of some rows (Arrow)."""
    con.register(_ROWS, rows)
    if theirs := _theirs(con, judge):
        gone = con.execute(f"select {theirs} as gone from {_ROWS}").to_arrow_table()
        stays = [not one for one in gone.column("gone").to_pylist()]
        for _ in range(stays.count(False)):
            judge.tell(None)
        rows = rows.filter(stays)
        con.register(_ROWS, rows)
    if judge.traces.agents and (found := changes(con, _ROWS, judge.traces)):
        judge.tell("")
        numbered = f"(select *, row_number() over () as row__ from {_ROWS})"
        query = without(con, numbered, found, None, "row__")
        rows = con.execute(f"select * exclude (row__) from ({query})").to_arrow_table()
    return rows


def _theirs(con: duckdb.DuckDBPyConnection, judge: Judge) -> str:
    """SQL for the rows that go; empty when none does."""
    kinds = types_of(con, _ROWS)
    values = [(column, list(found)) for column, found in changes(con, _ROWS, judge.leading).items()]
    names = list(kinds)
    values += [
        (names[at], sorted(theirs))
        for link, theirs in judge.known.links.items()
        for at in judge.known.places(link, names)
        if theirs
    ]
    return " or ".join(
        f"coalesce({as_text(column, kinds[column])}, '') in ({', '.join(map(text, listed))})"
        for column, listed in values
    )
