"""A published table as a file of its own: Parquet, Arrow, or a workbook that people open."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.publication.editions import Edition
from orchestration.system import sql
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import directory, partial_name
from orchestration.warehouse.run_context import BUSINESS_ZONE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

FORMATS = ("parquet", "arrow", "xlsx")
EXCEL_ROWS = 1_048_576
# Where a workbook shows instants; it knows no time zones.
TIME_ZONE = BUSINESS_ZONE.key
CHUNK = 10_000
# What is in a cell is what is in the table: no text becomes a formula, a link or a number.
AS_TEXT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


class TooLong(PilotageError):
    """A table that no workbook holds."""


def opened(edition: Edition) -> duckdb.DuckDBPyConnection:
    """Open an edition to read its tables."""
    return duckdb.connect(str(edition.database), read_only=True)


def published_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of an edition's tables, as `schema.table`."""
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where not internal order by 1"
    ).fetchall()
    return [name for (name,) in rows]


def export_table(
    con: duckdb.DuckDBPyConnection, edition: Edition, table: str, kind: str, target: Path
) -> int:
    """Write one table of the edition that `con` has opened to `target`, whole or not at all.

    Returns its number of rows.

    `kind` is `parquet`, `arrow` (an IPC file) or `xlsx`. UsageError when there is no such table;
    PilotageError when a workbook cannot hold it.
    """
    known = published_tables(con)
    if table not in known:
        near = get_close_matches(table, known, n=3, cutoff=0.4) or known[:3]
        raise UsageError(f"There is no published table {table}.\nNear it: {', '.join(near)}.")
    directory(target.parent)
    partial = partial_name(target)
    partial.unlink(missing_ok=True)
    schema, _, name = table.partition(".")
    relation = f"{sql.name(schema)}.{sql.name(name)}"
    try:
        rows = con.execute(f"select count(*) from {relation}").fetchone()[0]
        if kind == "parquet":
            con.execute(
                f"copy {relation} to {sql.text(partial)} (format parquet, compression zstd)"
            )
        elif kind == "arrow":
            _write_arrow(con, relation, partial)
        else:
            _write_workbook(con, edition, table, relation, rows, partial)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return rows


def _write_arrow(con: duckdb.DuckDBPyConnection, relation: str, target: Path) -> None:
    import pyarrow as pa

    batches = con.execute(f"from {relation}").to_arrow_reader(CHUNK)
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, batches.schema) as out:
        for batch in batches:
            out.write_batch(batch)


def _write_workbook(
    con: duckdb.DuckDBPyConnection,
    edition: Edition,
    table: str,
    relation: str,
    rows: int,
    target: Path,
) -> None:
    """Write the rows, then a sheet that says what each column means, and one of the edition."""
    from xlsxwriter import Workbook

    if rows >= EXCEL_ROWS:
        raise TooLong(
            f"{table} has {rows:,} rows, and a workbook holds {EXCEL_ROWS - 1:,}.\n"
            "Export it as parquet or arrow, or query the part that you need."
        )
    schema, _, name = table.partition(".")
    columns = con.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    comment = con.execute(
        "select comment from duckdb_tables() where schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchone()[0]
    con.execute(f"select {', '.join(_shown(*column[:2]) for column in columns)} from {relation}")
    with Workbook(str(target), AS_TEXT) as book:
        _sheet(book, "data", [column for column, _, _ in columns], _fetched(con), rows)
        _sheet(book, "columns", ["column", "type", "description"], iter(columns), len(columns))
        about = [
            ("table", table),
            ("edition", edition.name),
            ("published_at", edition.published_at),
            ("instants_in", TIME_ZONE),
            ("description", comment),
        ]
        _sheet(book, "about", ["what", "value"], iter(about), len(about))


def _shown(column: str, data_type: str) -> str:
    """Return a column as a cell can hold it: instants by the local clock, lists as text, and no
    number that is none."""
    name = sql.name(column)
    if data_type in ("DOUBLE", "FLOAT"):
        return f"case when isfinite({name}) then {name} end"
    if data_type == "TIMESTAMP WITH TIME ZONE":
        return f"timezone({sql.text(TIME_ZONE)}, {name})"
    if data_type.endswith("]") or data_type.startswith(("STRUCT", "MAP")):
        return f"cast(to_json({name}) as varchar)"
    return name


def _fetched(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := con.fetchmany(CHUNK):
        yield from rows


def _sheet(
    book: "Workbook", name: str, header: list[str], rows: Iterator[tuple[Any, ...]], count: int
) -> "Worksheet":
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, None, book.add_format({"bold": True}))
    sheet.autofilter(0, 0, max(count, 1), len(header) - 1)
    sheet.write_row(0, 0, header)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    return sheet
