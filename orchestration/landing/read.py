"""Files into tables of text: DuckDB reads, every value stays as the file says it.

A loaded file is a relation with one text column per column of the file, in the file's order, and a
relation of the rows that could not be read. Row numbers are 1-based and count the data rows of the
file: in a CSV the header and blank lines do not count, and a quoted value that spans several lines
belongs to one row; in JSONL the row number is the line number.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import PilotageError
from orchestration.landing.contract import Table
from orchestration.landing.files import FileRefused
from orchestration.landing.lines import blank_records, with_one_line_end
from orchestration.landing.prepass import LONGEST_LINE, Examined, check_columns
from orchestration.landing.sql import name, text

# The engine keeps this much of a row that it could not read.
LONGEST_BROKEN_ROW = 10_000
UNIT_SEPARATOR = "\x1f"


@dataclass
class Loaded:
    """A file in the engine. `values` maps the contract's columns to columns of `relation`.

    `relation` has a bigint row_number; `raw` is SQL for a row's text as JSON; `broken` is a
    relation of (row_number, raw, reason).
    """

    examined: Examined
    number: int
    values: dict[str, str]
    raw: str
    unknown_columns: list[str]

    @property
    def table(self) -> Table:
        return self.examined.file.table

    @property
    def comma_is_point(self) -> bool:
        """May a number be written with a decimal comma?"""
        return self.examined.delimiter == ";"

    @property
    def relation(self) -> str:
        return f"raw_{self.number}"

    @property
    def broken(self) -> str:
        return f"broken_{self.number}"


def load(con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path) -> Loaded:
    """Read a file into `raw_<number>` and `broken_<number>`.

    Raises `FileRefused` when the file as a whole cannot be read, `PilotageError` when the machine
    has no room for it. `spill` is a private directory for copies that the engine needs.
    """
    kind = examined.file.kind
    loader = {"csv": _load_csv, "jsonl": _load_jsonl, "parquet": _load_parquet}[kind]
    try:
        return loader(con, examined, number, spill)
    except duckdb.OutOfMemoryException as error:
        raise PilotageError(
            f"No room in memory or in {spill.parent} to read {examined.file.name}: "
            "free disk space or raise PILOTAGE_MEMORY_LIMIT, then run again"
        ) from error
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and str(examined.file.path) not in str(error):
            raise
        # The engine's own words may quote the row: they stay in the traceback.
        raise FileRefused(f"cannot be read as {kind}; write it again") from error


def _load_csv(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    table, names = examined.file.table, examined.columns
    columns = [f"c{position}" for position in range(len(names))]
    _read_delimited(con, examined, number, spill, columns, examined.delimiter, '"')
    blanks = _find_broken(con, examined, number, header_lines=1)
    _check_csv_count(con, examined, number, blanks)
    _number_rows(con, number, f"raw_{number}")
    return Loaded(
        examined, number, _values(names, table), _as_json(names), examined.unknown_columns
    )


def _load_jsonl(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    """Lines first, then one extraction of all columns per line: a broken line stays a row."""
    table = examined.file.table
    _read_delimited(con, examined, number, spill, ["line"], UNIT_SEPARATOR, "")
    _find_broken(con, examined, number, header_lines=0)
    _check_count(con, number, examined.lines)
    _number_rows(con, number, f"lines_{number}")
    con.execute(f"""
        create table kinds_{number} as
        select row_number, line, case when json_valid(line) then json_type(line) end as kind
        from lines_{number}
        where trim(line) <> ''
    """)
    con.execute(f"drop table if exists cells_{number}")
    con.execute(f"update broken_{number} set reason = 'not a JSON object'")
    con.execute(f"""
        insert into broken_{number}
        select row_number, line, case when kind is null then 'not valid JSON'
            else 'not a JSON object' end
        from kinds_{number}
        where kind is distinct from 'OBJECT'
    """)
    keys = con.execute(f"""
        select distinct unnest(keys) from (
            select distinct json_keys(line) as keys from kinds_{number} where kind = 'OBJECT'
        ) order by 1
    """).fetchall()
    found = [key for (key,) in keys]
    wanted = [column.name for column in table.columns if column.name in found]
    paths = ", ".join(text(f'$."{column}"') for column in wanted)
    parts = "".join(f", v[{position + 1}] as c{position}" for position in range(len(wanted)))
    con.execute(f"""
        create table raw_{number} as
        select row_number, line{parts}
        from (
            select row_number, line, json_extract_string(line, [{paths}]::varchar[]) as v
            from kinds_{number}
            where kind = 'OBJECT'
        )
    """)
    con.execute(f"drop table kinds_{number}")
    if found:
        check_columns(found, table)
    elif con.execute(f"select count(*) from broken_{number}").fetchone()[0]:
        raise FileRefused("holds no line that is a JSON object with columns")
    unknown = [key for key in found if key not in table.by_name]
    return Loaded(examined, number, _values(wanted, table), "line", unknown)


def _load_parquet(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    names = examined.columns
    aliases = ", ".join(f"c{position}" for position in range(len(names)))
    source = (
        f"read_parquet({text(examined.file.path)}, binary_as_string = true,"
        f" hive_partitioning = false) as file({aliases})"
    )
    types = con.execute(f"describe select * from {source}").fetchall()
    columns = ", ".join(f"{_as_text(column, kind)} as {column}" for column, kind, *_ in types)
    con.execute(f"create table cells_{number} as select {columns} from {source}")
    con.execute(f"create table broken_{number} (row_number bigint, raw varchar, reason varchar)")
    _check_count(con, number, examined.lines)
    _number_rows(con, number, f"raw_{number}")
    table = examined.file.table
    return Loaded(
        examined, number, _values(names, table), _as_json(names), examined.unknown_columns
    )


def _as_text(column: str, kind: str) -> str:
    """SQL for a typed value as text; a whole number kept as a float loses its `.0`."""
    if kind in ("FLOAT", "DOUBLE"):
        whole = f"{column} = trunc({column}) and abs({column}) < 1e15"
        return (
            f"case when {whole} then cast({column} as bigint)::varchar else {column}::varchar end"
        )
    return f"cast({column} as varchar)"


def _read_delimited(
    con: duckdb.DuckDBPyConnection,
    examined: Examined,
    number: int,
    spill: Path,
    columns: list[str],
    delimiter: str,
    quote: str,
) -> None:
    """Fill `cells_<number>` and the engine's own reject tables."""
    file = examined.file
    path = file.path
    for attempt in ("as it is", "with one kind of line end"):
        con.execute(f"drop table if exists cells_{number}")
        con.execute("drop table if exists reject_errors")
        con.execute("drop table if exists reject_scans")
        types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns)
        try:
            con.execute(f"""
                create table cells_{number} as
                select * from read_csv(
                    {text(path)}, auto_detect = false, header = {bool(quote)},
                    delim = {text(delimiter)}, quote = {text(quote)}, escape = {text(quote)},
                    columns = {{{types}}}, max_line_size = {LONGEST_LINE},
                    store_rejects = true, rejects_limit = 0,
                    compression = {text("gzip" if path.name.endswith(".gz") else "none")}
                )
            """)
            return
        except duckdb.InvalidInputException as error:
            if attempt != "as it is" or not examined.carriage_returns:
                raise FileRefused(
                    "cannot be read as CSV: a carriage return stands alone inside of it, or a row "
                    "is longer than 16 MB; save it with one kind of line end"
                ) from error
            path = with_one_line_end(path, file.is_gzipped, spill / f"{number}.txt")


def _find_broken(
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
        f"select min(row_number) from broken_{number} where length(raw) >= $1"
        " and reason like '%broken quotes%'",
        [LONGEST_BROKEN_ROW],
    ).fetchone()[0]
    if cut is not None:
        raise FileRefused(f"a quote that row {cut} opens is never closed; it swallows what follows")
    if not header_lines:
        return None
    return _forget_blank_lines(con, examined, number)


def _forget_blank_lines(con: duckdb.DuckDBPyConnection, examined: Examined, number: int) -> int:
    """Take the blank lines off: the engine counts them where it names a broken row."""
    import pyarrow

    blanks = blank_records(examined.file.path, examined.file.is_gzipped)
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


def _number_rows(con: duckdb.DuckDBPyConnection, number: int, relation: str) -> None:
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


def _check_csv_count(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, blanks: int | None
) -> None:
    """Without quotes every line that is not blank is a row: the engine must have found them all."""
    if examined.has_quotes:
        return
    expected = examined.lines - 1
    if blanks is None and sum(_counts(con, number)) != expected:
        blanks = len(blank_records(examined.file.path, examined.file.is_gzipped))
    _check_count(con, number, expected - (blanks or 0))


def _check_count(con: duckdb.DuckDBPyConnection, number: int, expected: int) -> None:
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


def _values(names: list[str], table: Table) -> dict[str, str]:
    return {column: f"c{at}" for at, column in enumerate(names) if column in table.by_name}


def _as_json(names: list[str]) -> str:
    """SQL for a row as JSON text, under the file's own column names."""
    pairs = [f"{text(column)}, {name(f'c{position}')}" for position, column in enumerate(names)]
    return f"json_object({', '.join(pairs)})::varchar"
