"""Files into tables of text: DuckDB reads, every value stays as the file says it.

A loaded file is a relation with one text column per column of the file, in the file's order, and a
relation of the rows that could not be read. Row numbers are 1-based and count the data rows of the
file: in a CSV the header and blank lines do not count, and a quoted value that spans several lines
belongs to one row, so that a quote which is never closed takes the lines after it into its broken
row; in JSONL the row number is the line number.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.cells import (
    check_count,
    check_csv_count,
    find_broken,
    number_rows,
    read_delimited,
)
from orchestration.landing.contract import NUMBERS, Table
from orchestration.landing.files import FileRefused
from orchestration.landing.mappings.cells import filled
from orchestration.landing.prepass import (
    Examined,
    assert_unchanged,
    check_columns,
    unknown_columns,
    write_copy,
)
from orchestration.system.errors import PilotageError
from orchestration.system.sql import literal_path, name, text

UNIT_SEPARATOR = "\x1f"
# Parts of a second, by the name of the unit.
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
# Up to here a float holds every whole number; after it, digits of an id may be gone.
_LARGEST_WHOLE = {"FLOAT": 1 << 24, "DOUBLE": 1 << 53}
_NOT_READ = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT", "GEOMETRY")


@dataclass
class Loaded:
    """A file in the engine. `values` maps the contract's columns to SQL over `relation`.

    Everything after this reads `values`: whoever has rows of another form, declared by a mapping or
    made by a query, lands them by saying what the text of each column of the contract is.

    `relation` has a bigint row_number; `raw` is SQL for a row's text as JSON; `broken` is a
    relation of (row_number, raw, reason). Files of one `pack` (see `packs`) have them in common.
    """

    examined: Examined
    number: int
    values: dict[str, str]
    raw: str
    unknown_columns: list[str]
    pack: int | None = None

    @property
    def table(self) -> Table:
        return self.examined.file.table

    @property
    def time_zone(self) -> str:
        """The zone of instants without an offset."""
        return self.examined.file.time_zone

    @property
    def comma_is_point(self) -> bool:
        """May a number be written with a decimal comma? What was mapped has its point by now."""
        return self.examined.delimiter == ";" and not self.examined.file.mapping

    @property
    def relation(self) -> str:
        return f"raw_{self.pack or self.number}"

    @property
    def broken(self) -> str:
        return f"broken_{self.pack or self.number}"


def load(con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path) -> Loaded:
    """Read a file into `raw_<number>` and `broken_<number>`.

    Raises `FileRefused` when the file as a whole cannot be read, `PilotageError` when the machine
    has no room for it. `spill` is a private directory for copies that the engine needs.
    """
    kind = examined.file.kind
    loader = {"csv": _load_csv, "jsonl": _load_jsonl, "parquet": _load_parquet}[kind]
    try:
        if examined.needs_a_copy:
            write_copy(examined, spill / f"{number}.utf8")
        return loader(con, examined, number, spill)
    except duckdb.OutOfMemoryException as error:
        raise PilotageError(
            f"No room in memory or in {spill.parent} to read {examined.file.name}: "
            "free disk space or raise PILOTAGE_MEMORY_LIMIT, then run again"
        ) from error
    except duckdb.Error as error:
        assert_unchanged(examined)
        if isinstance(error, duckdb.IOException) and examined.file.name not in str(error):
            raise
        # The engine's own words may quote the row: they stay in the traceback.
        raise FileRefused(f"cannot be read as {kind}; write it again") from error


def _load_csv(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    names = examined.columns
    columns = [f"c{position}" for position in range(len(names))]
    read_delimited(con, examined, number, spill, columns, examined.delimiter, '"')
    blanks = find_broken(con, examined, number, header_lines=1)
    check_csv_count(con, examined, number, blanks)
    number_rows(con, number, f"raw_{number}")
    return Loaded(
        examined, number, _values(names, examined), _as_json(names), examined.unknown_columns
    )


def _load_jsonl(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    """Lines first, then one extraction of all columns per line: a broken line stays a row."""
    read_delimited(con, examined, number, spill, ["line"], UNIT_SEPARATOR, "")
    _replace_halves(con, number)
    find_broken(con, examined, number, header_lines=0)
    check_count(con, number, examined.lines)
    number_rows(con, number, f"lines_{number}")
    found = _keep_objects(con, number)
    if found:
        check_columns(found, examined.file)
    elif con.execute(f"select count(*) from broken_{number}").fetchone()[0]:
        raise FileRefused("holds no line that is a JSON object with columns")
    unknown = unknown_columns(examined.file, found)
    wanted = [key for key in found if key not in unknown]
    paths = ", ".join(text(f"$.{json.dumps(column, ensure_ascii=False)}") for column in wanted)
    parts = "".join(f", cells[{position + 1}] as c{position}" for position in range(len(wanted)))
    con.execute(f"""
        create table raw_{number} as
        select row_number, line{parts}
        from (
            select row_number, line, json_extract_string(line, [{paths}]::varchar[]) as cells
            from objects_{number}
            where kind = 'OBJECT'
        )
    """)
    con.execute(f"drop table objects_{number}")
    return Loaded(examined, number, _values(wanted, examined), "line", unknown)


def _replace_halves(con: duckdb.DuckDBPyConnection, number: int) -> None:
    """Put a mark where a line escapes a NUL or half of a character: no text can hold them.

    Escaped backslashes and whole pairs stand aside meanwhile, behind characters that JSON forbids.
    """
    half, low = "u[dD][89abAB][0-9a-fA-F]{2}", "u[dD][c-fC-F][0-9a-fA-F]{2}"
    pair = rf"\\({half})\\({low})"
    cut = r"\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})"
    line = "replace(line, '\\\\', chr(1))"
    line = rf"regexp_replace({line}, '{pair}', chr(2) || '\1' || chr(2) || '\2', 'g')"
    line = rf"regexp_replace({line}, '{cut}', '\\ufffd', 'g')"
    line = f"replace(replace({line}, chr(2), '\\'), chr(1), '\\\\')"
    con.execute(f"update cells_{number} set line = {line} where regexp_matches(line, '{cut}')")


def _keep_objects(con: duckdb.DuckDBPyConnection, number: int) -> list[str]:
    """Make `objects_<number>` of the lines, set the others aside, and return all their keys."""
    con.execute(f"""
        create table objects_{number} as
        select row_number, line, case when json_valid(line) then json_type(line) end as kind
        from lines_{number}
        where trim(line) <> ''
    """)
    con.execute(f"drop table if exists cells_{number}")
    con.execute(f"update broken_{number} set reason = 'not a JSON object'")
    con.execute(f"""
        insert into broken_{number}
        select
            row_number,
            line,
            case when kind is null then 'not valid JSON' else 'not a JSON object' end
        from objects_{number}
        where kind is distinct from 'OBJECT'
    """)
    keys = con.execute(f"""
        select distinct unnest(keys) as key
        from (
            select distinct json_keys(line) as keys from objects_{number} where kind = 'OBJECT'
        )
        order by key
    """)
    return [key for (key,) in keys.fetchall()]


def _load_parquet(
    con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    names = examined.columns
    aliases = ", ".join(f"c{position}" for position in range(len(names)))
    source = (
        f"read_parquet({text(literal_path(examined.file.path))}, binary_as_string = true,"
        f" hive_partitioning = false) as file({aliases})"
    )
    types = con.execute(f"describe select * from {source}").fetchall()
    columns = ", ".join(
        f"{_as_text(alias, kind, column, examined)} as {alias}"
        for column, (alias, kind, *_) in zip(names, types, strict=True)
    )
    con.execute(f"create table cells_{number} as select {columns} from {source}")
    con.execute(f"create table broken_{number} (row_number bigint, raw varchar, reason varchar)")
    check_count(con, number, examined.lines)
    number_rows(con, number, f"raw_{number}")
    return Loaded(
        examined, number, _values(names, examined), _as_json(names), examined.unknown_columns
    )


def _as_text(alias: str, kind: str, column: str, examined: Examined) -> str:
    """SQL for a typed value as text.

    Durations and times of day are seconds where the contract asks for a number, all else is as
    `scalar_as_text` writes it. `FileRefused` for a type that no column of the contract can hold.
    """
    known = examined.file.table.by_name.get(column)
    if unit := examined.durations.get(column):
        return f"({alias} / {_UNITS[unit]})::decimal(38, 9)::varchar"
    if known and known.data_type in NUMBERS and kind in ("TIME", "TIME_NS", "INTERVAL"):
        return f"epoch({alias})::decimal(38, 9)::varchar"
    if known and (kind.endswith("]") or kind.startswith(_NOT_READ)):
        raise FileRefused(
            f"column {column} is of type {kind.lower()}; write it as text, number, date or time"
        )
    return scalar_as_text(alias, kind)


def scalar_as_text(cell: str, kind: str) -> str:
    """SQL for a value as text, whatever the contract asks for.

    A whole number kept as a float loses its `.0`, and what is no number is missing.
    """
    if kind not in _LARGEST_WHOLE:
        return f"cast({cell} as varchar)"
    whole = f"{cell} = trunc({cell}) and abs({cell}) <= {_LARGEST_WHOLE[kind]}"
    return (
        f"case when isnan({cell}) then null when {whole} then cast({cell} as bigint)::varchar"
        f" else {cell}::varchar end"
    )


def _values(names: list[str], examined: Examined) -> dict[str, str]:
    """SQL for the text of each column of the contract, from the columns `names` of the file."""
    table, mapping = examined.file.table, examined.file.mapping
    if mapping:
        cells = {header: f"c{at}" for header, at in mapping.places(names).items()}
        return {
            one.column: filled(
                one, table.by_name[one.column], cells, mapping.date_format, mapping.decimal
            )
            for one in mapping.fillings
        }
    return {column: f"c{at}" for at, column in enumerate(names) if column in table.by_name}


def _as_json(names: list[str]) -> str:
    """SQL for a row as JSON text, under the file's own column names."""
    pairs = [f"{text(column)}, {name(f'c{position}')}" for position, column in enumerate(names)]
    return f"json_object({', '.join(pairs)})::varchar"
