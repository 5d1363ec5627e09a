"""Text files into the engine: cells as text, broken rows aside, and a number for every row.

Each step works on relations of one file, known by its number: `cells_<n>` is what the engine
could read, in the file's order; `broken_<n>` (row_number, raw, reason) what it could not.
"""

from pathlib import Path

import duckdb

from orchestration.landing.files import FileRefused
from orchestration.landing.lines import blank_records, with_one_line_end
from orchestration.landing.prepass import LONGEST_LINE, Examined
from orchestration.system.sql import literal_path, text

# The engine keeps this much of a row that it could not read.
LONGEST_BROKEN_ROW = 10_000


def read_delimited(
    con: duckdb.DuckDBPyConnection,
    examined: Examined,
    number: int,
    spill: Path,
    columns: list[str],
    delimiter: str,
    quote: str,
) -> None:
    """Fill `cells_<number>` and the engine's own reject tables."""
    path, is_gzipped = examined.path, examined.is_gzipped
    for attempt in ("as it is", "with one kind of line end"):
        con.execute(f"drop table if exists cells_{number}")
        con.execute("drop table if exists reject_errors")
        con.execute("drop table if exists reject_scans")
        types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns)
        try:
            con.execute(f"""
                create table cells_{number} as
                select * from read_csv(
                    {text(literal_path(path))}, auto_detect = false, header = {bool(quote)},
                    delim = {text(delimiter)}, quote = {text(quote)}, escape = {text(quote)},
                    columns = {{{types}}}, max_line_size = {LONGEST_LINE},
                    store_rejects = true, rejects_limit = 0,
                    compression = {text("gzip" if is_gzipped else "none")}
                )
            """)
            return
        except duckdb.InvalidInputException as error:
            if attempt != "as it is" or not examined.carriage_returns:
                raise FileRefused(
                    "cannot be read as CSV: a carriage return stands alone inside of it, or a row "
                    "is longer than 16 MB; save it with one kind of line end"
                ) from error
            path = with_one_line_end(path, is_gzipped, spill / f"{number}.txt")
            is_gzipped = False


def find_broken(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, header_lines: int
) -> int | None:
    """Fill `broken_<number>` from the engine's rejects, one row per broken row of the file.

    Returns the number of blank lines when they had to be counted.
    """
    con.execute(f"""
        create table broken_{number} as
        select
            line::bigint - {header_lines} as row_number,
            ltrim(any_value(csv_line), chr(10) || chr(13)) as raw,
            string_agg(distinct case error_type
                when 'MISSING COLUMNS' then 'too few columns'
                when 'TOO MANY COLUMNS' then 'too many columns'
                when 'UNQUOTED VALUE' then 'broken quotes'
                when 'LINE SIZE OVER MAXIMUM' then 'row longer than 16 MB'
                else 'not readable'
            end, '; ') as reason
        from reject_errors
        group by line
    """)
    if not con.execute(f"select count(*) from broken_{number}").fetchone()[0]:
        return None
    cut = con.execute(
        f"select min(row_number) from broken_{number} where length(raw) >= {LONGEST_BROKEN_ROW}"
        " and reason like '%broken quotes%'"
    ).fetchone()[0]
    if cut is not None:
        raise FileRefused(f"a quote that row {cut} opens is never closed; it swallows what follows")
    if not header_lines:
        return None
    return _forget_blank_lines(con, examined, number)


def _forget_blank_lines(con: duckdb.DuckDBPyConnection, examined: Examined, number: int) -> int:
    """Take the blank lines off: the engine counts them where it names a broken row."""
    import pyarrow

    blanks = blank_records(examined.path, examined.is_gzipped)
    if len(blanks):
        found = pyarrow.table({"line": blanks - 1, "before": range(1, len(blanks) + 1)})
        con.register("blank_lines", found)
        con.execute(f"""
            create or replace table broken_{number} as
            select row_number - coalesce(before, 0) as row_number, raw, reason
            from broken_{number} as broken
            asof left join blank_lines on broken.row_number > blank_lines.line
        """)
        con.unregister("blank_lines")
    return len(blanks)


def number_rows(con: duckdb.DuckDBPyConnection, number: int, relation: str) -> None:
    """Make `relation` of `cells_<number>`: with row numbers that count the broken rows too."""
    if not con.execute(f"select count(*) from broken_{number}").fetchone()[0]:
        con.execute(f"""
            create view {relation} as select rowid + 1 as row_number, * from cells_{number}
        """)
        return
    con.execute(f"""
        create table ids_{number} as
        with shifts as (
            select readable_before, max(broken_before) as broken_before
            from (
                select
                    row_number() over (order by row_number) as broken_before,
                    row_number - broken_before as readable_before
                from broken_{number}
            )
            group by readable_before
        )
        select id + 1 + coalesce(broken_before, 0) as row_number
        from (select rowid as id from cells_{number}) as readable
        asof left join shifts on readable.id >= shifts.readable_before
        order by id
    """)
    con.execute(f"""
        create table {relation} as select * from ids_{number} positional join cells_{number}
    """)
    con.execute(f"drop table ids_{number}")
    con.execute(f"drop table cells_{number}")


def check_csv_count(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, blanks: int | None
) -> None:
    """Without quotes every line that is not blank is a row: the engine must have found them all."""
    if examined.has_quotes:
        return
    expected = examined.lines - 1
    if blanks is None and sum(_counts(con, number)) != expected:
        blanks = len(blank_records(examined.path, examined.is_gzipped))
    check_count(con, number, expected - (blanks or 0))


def check_count(con: duckdb.DuckDBPyConnection, number: int, expected: int) -> None:
    found = sum(_counts(con, number))
    if found != expected:
        raise FileRefused(f"holds {expected} rows but {found} could be read; write it again")


def _counts(con: duckdb.DuckDBPyConnection, number: int) -> tuple[int, int]:
    """Rows that were read and rows that could not be."""
    return con.execute(f"""
        select
            (select count(*) from cells_{number}),
            (select count(*) from broken_{number})
    """).fetchone()
