"""Raw files into typed tables: `<layout>.<table>` of an engine that belongs to one conversion.

Every table that a connector declares is there, empty where no file came. A cell that is not of its
declared type sets its row aside; a file of which no cell of a column has the type is refused, once
it has enough of them to say so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.connectors.declared import OTHER_COLUMNS, Connector, RawColumn, RawTable
from orchestration.landing.connectors.files import (
    LINES,
    RawFile,
    largest_value,
    options,
    records,
)
from orchestration.landing.contract import Column, Table
from orchestration.landing.files import FileRefused, InboxFile
from orchestration.landing.lines import WHITE_SPACE
from orchestration.landing.mappings.cells import date_forms, parsed_by
from orchestration.landing.mappings.declared import FileMapping
from orchestration.landing.mappings.fillings import Filling
from orchestration.landing.prepass import examine
from orchestration.landing.read import load, scalar_as_text
from orchestration.system.sql import literal_path, name, text

SQL_TYPES = {
    "text": "varchar",
    "instant": "timestamptz",
    "local": "timestamp",
    "epoch": "timestamptz",
    "epoch_ms": "timestamptz",
    "date": "date",
    "int": "bigint",
    "num": "decimal(18, 6)",
    "bool": "boolean",
    "json": "json",
}
_KINDS = {
    "instant": "an instant (ISO 8601)",
    "local": "a local time",
    "epoch": "seconds since 1970",
    "epoch_ms": "milliseconds since 1970",
    "date": "a date",
    "int": "a whole number",
    "num": "a number",
    "bool": "true or false",
    "json": "JSON",
}
# An epoch outside of these years counts another unit.
_FIRST, _LAST = "timestamptz '1990-01-01 00:00:00+00'", "timestamptz '2100-01-01 00:00:00+00'"
NO_RECORD = "is no JSON object"
NO_PAGE = "is no page with a list of records"


@dataclass(frozen=True)
class Taken:
    """What came of one raw file: rows that are in its table, and rows set aside."""

    file: RawFile
    rows: int
    set_aside: int
    reasons: tuple[tuple[str, int], ...] = ()


def create_tables(con: duckdb.DuckDBPyConnection, connector: Connector) -> None:
    """Make every raw table, empty, and the table of rows that are set aside."""
    for table in connector.tables:
        con.execute(f"create schema if not exists {name(table.layout)}")
        columns = ", ".join(f"{name(one.name)} {SQL_TYPES[one.type]}" for one in table.columns)
        con.execute(f"""
            create table {_of(table)}
            ({columns}, file_number integer, file_name varchar, row_number bigint)
        """)
    con.execute("""
        create table set_aside
        (raw_table varchar, file varchar, row_number bigint, reason varchar, raw varchar)
    """)


def _of(table: RawTable) -> str:
    return f"{name(table.layout)}.{name(table.name)}"


def take(con: duckdb.DuckDBPyConnection, file: RawFile, number: int, work: Path) -> Taken:
    """Add a file's rows to its raw table. `FileRefused` leaves nothing of it there."""
    try:
        if file.kind == "json":
            _stage_json(con, file)
        elif file.kind == "csv":
            _stage_csv(con, file, number, work)
        else:
            _stage_parquet(con, file)
        is_whole = _check_types(con, file)
        return _insert(con, file, number, is_whole)
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        # the engine's own words may quote the row: they stay in the traceback
        raise FileRefused(f"cannot be read as {file.kind}; export it again") from error
    finally:
        con.execute("drop table if exists stage")
        con.execute("drop table if exists broken_lines")


def _stage_json(con: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    """Every declared column as text, in `stage`; also keys that no record looked at has."""
    keys = {one: _keys(file, one) for one in file.table.read}
    every = list(dict.fromkeys(key for found in keys.values() for key in found))
    cells = ", ".join(f"{_first(found)} as {name(one.name)}" for one, found in keys.items())
    if file.table.has_other_columns:
        cells += f", cast(record as varchar) as {OTHER_COLUMNS}"
    if file.pages or file.table.has_other_columns:
        wanted = text(json.dumps(dict.fromkeys(every, "VARCHAR")))
        source = (
            f"(select record, unnest(from_json(record, {wanted})) from {records(file)}"
            " where json_type(record) = 'OBJECT')"
        )
    else:
        columns = ", ".join(f"{text(key)}: 'VARCHAR'" for key in every)
        source = f"read_json({options(file)}, columns = {{{columns}}})"
    con.execute(f"create table stage as select {cells} from {source}")
    if file.form == LINES and file.pages:
        _set_pages_aside(con, file)
    elif file.form == LINES:
        _set_lines_aside(con, file, every)


def _keys(file: RawFile, column: RawColumn) -> list[str]:
    """What a record may call a column: as the file does, and as it is declared."""
    known = file.headers(column)
    lower = {key.lower() for key in file.columns}
    return [*known, *(key for key in column.names if key.lower() not in lower)]


def _first(keys: list[str]) -> str:
    return name(keys[0]) if len(keys) == 1 else f"coalesce({', '.join(map(name, keys))})"


def _set_lines_aside(con: duckdb.DuckDBPyConnection, file: RawFile, keys: list[str]) -> None:
    """A line that is no object reads as a row of nothing: look at such lines one by one."""
    nothing = " and ".join(f"{name(one.name)} is null" for one in file.table.columns)
    if not con.execute(f"select count(*) from stage where {nothing}").fetchone()[0]:
        return
    con.execute(f"delete from stage where {nothing}")
    paths = ", ".join(text(f"$.{json.dumps(key, ensure_ascii=False)}") for key in keys)
    con.execute(f"""
        create table broken_lines as
        select line, {text(NO_RECORD)} as reason
        from {_lines(file)}
        where trim(line) <> ''
            and case when json_valid(line)
                then json_type(line) <> 'OBJECT'
                    or len(list_filter(
                        json_extract_string(line, [{paths}]::varchar[]), x -> x is not null
                    )) = 0
                else true end
    """)


def _set_pages_aside(con: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    """A line that is no page has no records to miss: count such lines, and look at them."""
    path = text(f"$.{json.dumps(file.pages)}")
    broken = con.execute(f"""
        select count(*)
        from read_json_objects({options(file)})
        where json_type(json, {path}) is distinct from 'ARRAY'
    """).fetchone()[0]
    if broken:
        con.execute(f"""
            create table broken_lines as
            select line, {text(NO_PAGE)} as reason
            from {_lines(file)}
            where trim(line) <> ''
                and case when json_valid(line)
                    then json_type(line, {path}) is distinct from 'ARRAY'
                    else true end
        """)


def _lines(file: RawFile) -> str:
    """SQL for a file's lines as they are, in the column `line`."""
    longest = largest_value(file)
    return f"""
        read_csv(
            {text(literal_path(file.path))}, auto_detect = false, header = false,
            delim = {text(chr(31))}, quote = '', escape = '', columns = {{'line': 'VARCHAR'}},
            compression = {text("gzip" if file.is_gzipped else "none")},
            max_line_size = {longest}, buffer_size = {2 * longest}
        )
    """


def _stage_csv(con: duckdb.DuckDBPyConnection, file: RawFile, number: int, work: Path) -> None:
    """Read as every CSV of the landing is: encodings, quotes, blank lines, broken rows."""
    names = list(dict.fromkeys(file.columns))
    table = Table(
        source="raw",
        name=file.table.name,
        time_zone="UTC",
        key=(),
        version="last_wins",
        columns=tuple(Column(one, "varchar", free_text=True) for one in names),
    )
    as_it_is = FileMapping(
        source=table.source,
        table=table.name,
        pattern="*",
        fillings=tuple(Filling(one, (one,)) for one in names),
        encoding=file.encoding,
        delimiter=file.delimiter,
    )
    examined = examine(InboxFile(file.path, table, "csv", file.is_gzipped, as_it_is))
    loaded = load(con, examined, number, work)
    cells = {
        header: f"nullif(trim({cell}, {WHITE_SPACE}), '')" for header, cell in loaded.values.items()
    }
    con.execute(f"""
        create table stage as
        select {_declared(file, cells, cells)} from {loaded.relation}
        where row_number > {file.table.header_rows - 1}
        order by row_number
    """)
    con.execute(f"""
        create table broken_lines as
        select raw as line, {text(NO_RECORD)} as reason from {loaded.broken}
    """)
    for relation in (loaded.relation, loaded.broken, f"cells_{number}", f"lines_{number}"):
        for kind in ("view", "table"):
            try:
                con.execute(f"drop {kind} if exists {relation}")
            except duckdb.CatalogException:
                continue


def _stage_parquet(con: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    source = (
        f"read_parquet({text(literal_path(file.path))}, binary_as_string = true,"
        " hive_partitioning = false)"
    )
    types = {row[0]: row[1] for row in con.execute(f"describe select * from {source}").fetchall()}
    cells = {one: _as_text(one, kind) for one, kind in types.items()}
    declared = _declared(file, cells, {one: name(one) for one in types})
    con.execute(f"create table stage as select {declared} from {source}")


def _declared(file: RawFile, cells: Mapping[str, str], typed: Mapping[str, str]) -> str:
    """SQL for the declared columns as text, from that of each header's cell, as text and `typed`.

    A declared column that the file lacks is null; what nobody declared is one JSON object.
    """
    listed = []
    for column in file.table.read:
        found = [cells[header] for header in file.headers(column)]
        value = f"coalesce({', '.join(found)})" if len(found) > 1 else (found or ["null"])[0]
        listed.append(f"cast({value} as varchar) as {name(column.name)}")
    if file.table.has_other_columns:
        read = {header for column in file.table.read for header in file.headers(column)}
        pairs = [f"{text(one)}, {cell}" for one, cell in typed.items() if one not in read]
        listed.append(f"json_object({', '.join(pairs)})::varchar as {OTHER_COLUMNS}")
    return ", ".join(listed)


def _as_text(column: str, kind: str) -> str:
    """SQL for a typed value as text: a nested one as JSON, a whole float without its `.0`."""
    cell = name(column)
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast(to_json({cell}) as varchar)"
    return scalar_as_text(cell, kind)


def _typed(column: RawColumn, file: RawFile) -> str:
    """SQL for a cell of `stage` as its type; null for one that is not."""
    cell = name(column.name)
    if column.type == "text":
        return cell
    if column.type in ("epoch", "epoch_ms"):
        seconds = f"try_cast({cell} as double)" + (" / 1000" if column.type == "epoch_ms" else "")
        instant = f"to_timestamp({seconds})"
        fits = f"{seconds} between 0 and 5e9 and {instant} between {_FIRST} and {_LAST}"
        return f"case when {fits} then {instant} end"
    if column.type == "bool":
        yes, no = "('true', 't', '1', 'yes', 'oui')", "('false', 'f', '0', 'no', 'non')"
        return (
            f"case when lower({cell}) in {yes} then true when lower({cell}) in {no} then false end"
        )
    if column.type == "int":
        whole = rf"regexp_full_match({cell}, '[+-]?[0-9]+([.]0+)?')"
        return f"case when {whole} then try_cast({cell} as bigint) end"
    if column.type == "num":
        return _number(cell, comma_is_point=file.delimiter == ";")
    if column.type == "json":
        return f"case when json_valid({cell}) then cast({cell} as json) end"
    if column.format:
        forms = date_forms(column.format)
        fits = f"regexp_full_match({cell}, {text(forms.whole)})"
        parsed = f"case when {fits} then {parsed_by(cell, forms)} end"
        return f"cast({parsed} as {SQL_TYPES[column.type]})"
    if column.type in ("instant", "local"):
        # a bare number would be read as a year, or as the days of something
        iso = rf"regexp_matches({cell}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        return f"case when {iso} then try_cast({cell} as {SQL_TYPES[column.type]}) end"
    return f"try_cast({cell} as {SQL_TYPES[column.type]})"


def _number(cell: str, comma_is_point: bool) -> str:
    """SQL for a number; null for one that may be read in two ways, as `1,234`.

    A comma is the decimal sign where it separates no cells, and between thousands if a point or
    another comma follows.
    """
    thousands = (
        f"regexp_full_match({cell}, '[+-]?[0-9]{{1,3}}(,[0-9]{{3}})+([.][0-9]*|,[0-9]{{3}})')"
    )
    either = f"regexp_full_match({cell}, '[+-]?[1-9][0-9]{{0,2}},[0-9]{{3}}')"
    unsure = "" if comma_is_point else f"when {either} then null"
    return f"""
        case
            {unsure}
            when {thousands} then try_cast(replace({cell}, ',', '') as decimal(18, 6))
            else try_cast(replace({cell}, ',', '.') as decimal(18, 6))
        end
    """


def _check_types(con: duckdb.DuckDBPyConnection, file: RawFile) -> bool:
    """Refuse a file of which a column is of another type throughout, or a required one empty.

    True when every cell is of its type and no required one is missing.
    """
    typed = [column for column in file.table.columns if column.type != "text"]
    required = [column for column in file.table.read if column.required]
    counted = [f"count({name(one.name)}), count({_typed(one, file)})" for one in typed]
    counted += [f"count({name(one.name)})" for one in required]
    found = con.execute(f"select count(*), {', '.join(counted) or 'null'} from stage").fetchone()
    rows, counts = found[0], found[1:]
    wrong = [
        f"{column.name} ({_KINDS[column.type]} is expected)"
        for at, column in enumerate(typed)
        if counts[2 * at] and not counts[2 * at + 1]
    ]
    if wrong:
        raise FileRefused(
            f"no value has the type that {file.table.full_name} has of {', '.join(wrong)}; the "
            "export has changed"
        )
    empty = [
        column.name
        for at, column in enumerate(required)
        if rows and not counts[2 * len(typed) + at]
    ]
    if empty:
        raise FileRefused(
            f"column {', '.join(empty)} of {file.table.full_name} is empty throughout"
        )
    pairs = zip(counts[0 : 2 * len(typed) : 2], counts[1 : 2 * len(typed) : 2], strict=True)
    return all(there == fit for there, fit in pairs) and all(
        count == rows for count in counts[2 * len(typed) : 2 * len(typed) + len(required)]
    )


def _insert(con: duckdb.DuckDBPyConnection, file: RawFile, number: int, is_whole: bool) -> Taken:
    columns = file.table.columns
    problems = [
        f"case when {name(one.name)} is not null and {_typed(one, file)} is null"
        f" then {text(f'{one.name} is not {_KINDS[one.type]}')} end"
        for one in columns
        if one.type != "text"
    ]
    problems += [
        f"case when {name(one.name)} is null then {text(f'{one.name} is missing')} end"
        for one in columns
        if one.required
    ]
    # the cells of a file were just counted: where all fit, no row is looked at again
    problem = (
        "null"
        if is_whole or not problems
        else f"nullif(concat_ws('; ', {', '.join(problems)}), '')"
    )
    listed = ", ".join(name(one.name) for one in columns)
    values = ", ".join(_typed(one, file) for one in columns)
    con.execute(f"""
        insert into {_of(file.table)} ({listed}, file_number, file_name, row_number)
        select {values}, {number}, {text(file.shown)}, rowid + {file.table.header_rows}
        from stage
        where {problem} is null
    """)
    con.execute(f"""
        insert into set_aside
        select {text(file.table.full_name)}, {text(file.shown)}, rowid + {file.table.header_rows},
            {problem}, cast(to_json(stage) as varchar)
        from stage
        where {problem} is not null
    """)
    if _exists(con, "broken_lines"):
        con.execute(f"""
            insert into set_aside
            select {text(file.table.full_name)}, {text(file.shown)}, null, reason, line
            from broken_lines
        """)
    rows = con.execute(
        f"select count(*) from {_of(file.table)} where file_number = {number}"
    ).fetchone()[0]
    reasons = con.execute(f"""
        select said, count(*)
        from (
            select unnest(string_split(reason, '; ')) as said
            from set_aside
            where raw_table = {text(file.table.full_name)} and file = {text(file.shown)}
        )
        group by said
        order by 2 desc, 1
    """).fetchall()
    aside = con.execute(f"""
        select count(*) from set_aside
        where raw_table = {text(file.table.full_name)} and file = {text(file.shown)}
    """).fetchone()[0]
    return Taken(file, rows, aside, tuple(reasons))


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(
        con.execute(
            f"select count(*) from duckdb_tables() where table_name = {text(table)}"
        ).fetchone()[0]
    )
