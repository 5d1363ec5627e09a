"""A vendor's raw files into landing rows: its SQL, over all files, and of that what is new.

All raw files of a vendor are read whenever one of them is new, because a ticket needs the events
and the people of other files. What came out before is not handed over again.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.connectors.declared import Codes, Connector, Query
from orchestration.landing.connectors.files import identify_all
from orchestration.landing.connectors.raw import Taken, create_tables, take
from orchestration.landing.contract import Contract, Table
from orchestration.landing.files import FileRefused, Refusal
from orchestration.system.errors import UsageError
from orchestration.system.sql import literal_path, name, names, text

MOST_CODES = 20
# A vendor's value that may hold an identifier is counted, and not shown.
_UNSHOWN = r"@|[0-9]{6}|.{41}"


@dataclass(frozen=True)
class Mapped:
    """Rows of one landing table: raw rows of what its SQL reads, rows that it gives, new ones.

    `path` is the Parquet file of the new ones; `handed` holds a hash of every row that it gives.
    """

    table: Table
    raw_rows: int
    rows: int
    new_rows: int
    path: Path
    handed: Path


@dataclass(frozen=True)
class Noted:
    """One finding about a vendor's files; `detail` holds no personal value.

    `source` and `table` say where it shows: in a landing table, else in the connector's own part.
    """

    note: str
    severity: str
    what: str
    what_to_do: str
    source: str
    table: str
    detail: str | None
    rows: int | None


@dataclass
class Conversion:
    """What became of one vendor's files. `waiting` are landing tables, and what they wait for.

    `set_aside` is a file with the raw rows that could not be read, as text: private.
    """

    connector: Connector
    taken: list[Taken] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    mapped: list[Mapped] = field(default_factory=list)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    notes: list[Noted] = field(default_factory=list)
    set_aside: Path | None = None

    @property
    def raw_rows(self) -> int:
        return sum(one.rows + one.set_aside for one in self.taken)


def convert(
    con: duckdb.DuckDBPyConnection,
    connector: Connector,
    contract: Contract,
    inbox: Path,
    work: Path,
    handed_over: Path,
    salt: bytes,
) -> Conversion:
    """Read a vendor's files below `inbox` and write what is new of each landing table into `work`.

    `con` is an engine of its own, in UTC; `handed_over` has the hashes of earlier conversions, one
    Parquet file a landing table. A file that is refused makes wait whatever would read its table.
    `UsageError` names a query of the connector that fails.
    """
    done = Conversion(connector)
    create_tables(con, connector)
    identified = identify_all(con, connector, inbox, work / "unpacked")
    done.refused, held = identified.refused, identified.held
    for number, file in enumerate(identified.files, start=1):
        try:
            done.taken.append(take(con, file, number, work))
        except FileRefused as refused:
            con.execute(
                f"delete from {name(file.table.layout)}.{name(file.table.name)}"
                f" where file_number = {number}"
            )
            done.refused.append(Refusal(f"{connector.name}/{file.shown}", str(refused)))
            held.setdefault(file.table.full_name, file.shown)
    _set_options(con, connector)
    reads = _make_shapes(con, connector)
    for full_name, query in connector.landing.items():
        table = _table(contract, full_name)
        read = _raw_tables(con, query, reads)
        if waits := sorted({held[one] for one in read if one in held}):
            done.waiting[full_name] = waits
            continue
        done.mapped.append(_map(con, done, table, query, read, work, handed_over, salt))
    if any(one.set_aside for one in done.taken):
        done.set_aside = work / "set_aside.parquet"
        con.execute(f"copy set_aside to {text(done.set_aside)} (format parquet)")
    done.notes = [
        *_unmapped(con, connector),
        *_noted(con, connector, held, reads),
        *_unread(done),
        *_set_aside(done),
    ]
    return done


def _table(contract: Contract, full_name: str) -> Table:
    source, _, table = full_name.partition(".")
    return contract.tables[source, table]


def _set_options(con: duckdb.DuckDBPyConnection, connector: Connector) -> None:
    """Options become variables, codes become macros `code_<name>(value)`."""
    for option, value in connector.options.items():
        con.execute(f"set variable {name(option)} = {text(value)}")
    for codes in connector.codes:
        keys = ", ".join(text(key) for key, _ in codes.values)
        values = ", ".join(text(value) for _, value in codes.values)
        con.execute(f"""
            create macro {name(f"code_{codes.name}")}(said) as nullif(
                coalesce(
                    map([{keys}]::varchar[], [{values}]::varchar[])[lower(trim(said))],
                    lower(trim(said))
                ), ''
            )
        """)


def _make_shapes(con: duckdb.DuckDBPyConnection, connector: Connector) -> dict[str, set[str]]:
    """Make every shape, in the order of what they read, and return the raw tables behind each."""
    con.execute("create schema shape")
    raw = {table.full_name for table in connector.tables}
    reads = {
        shape: {one for query in queries for one in _reads(con, query)}
        for shape, queries in connector.shapes.items()
    }
    shapes = {f"shape.{shape}" for shape in reads}
    for shape, read in reads.items():
        if unknown := sorted(read - raw - shapes):
            files = ", ".join(query.file for query in connector.shapes[shape])
            raise UsageError(f"{files}: reads {', '.join(unknown)}, which nothing declares.")
    graph = {
        shape: {one.removeprefix("shape.") for one in read if one in shapes}
        for shape, read in reads.items()
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise UsageError(f"{connector.folder}: shapes read each other: {error.args[1]}.") from error
    behind: dict[str, set[str]] = {one: {one} for one in raw}
    for shape in order:
        parts = " union all by name ".join(f"({query.sql})" for query in connector.shapes[shape])
        _run(con, connector.shapes[shape][0], f"create table shape.{name(shape)} as {parts}")
        behind[f"shape.{shape}"] = {one for read in reads[shape] for one in behind[read]}
    return behind


def _reads(con: duckdb.DuckDBPyConnection, query: Query) -> set[str]:
    """The tables that a query names, as `schema.table`."""
    tree = json.loads(con.execute("select json_serialize_sql(?)", [query.sql]).fetchone()[0])
    if tree["error"]:
        raise UsageError(f"{query.file}: {tree['error_message'].splitlines()[0]}")
    return set(_tables_in(tree))


def _tables_in(node: Any) -> Iterator[str]:
    """The tables with a schema that a syntax tree names."""
    if isinstance(node, list):
        for one in node:
            yield from _tables_in(one)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for one in node.values():
            yield from _tables_in(one)


def _run(con: duckdb.DuckDBPyConnection, query: Query, sql: str) -> None:
    try:
        con.execute(sql)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise UsageError(f"{query.file}: {_first_line(error)}") from error


def _first_line(error: duckdb.Error) -> str:
    """The engine's words without a value of a row: those stand in quotes."""
    line = str(error).splitlines()[0]
    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return line
    return re.sub(r"(['\"]).*\1", "…", line)


def _raw_tables(
    con: duckdb.DuckDBPyConnection, query: Query, behind: dict[str, set[str]]
) -> set[str]:
    """The raw tables behind what a query reads."""
    read = _reads(con, query)
    if unknown := sorted(read - set(behind)):
        raise UsageError(f"{query.file}: reads {', '.join(unknown)}, which nothing declares.")
    return {raw for one in read for raw in behind[one]}


def _map(
    con: duckdb.DuckDBPyConnection,
    done: Conversion,
    table: Table,
    query: Query,
    read: set[str],
    work: Path,
    handed_over: Path,
    salt: bytes,
) -> Mapped:
    """Run one landing query; write the rows that were not handed over before, and all hashes."""
    _run(con, query, f"create or replace table landing_rows as {query.sql}")
    columns = [row[0] for row in con.execute("describe landing_rows").fetchall()]
    if unknown := [one for one in columns if one not in table.by_name]:
        raise UsageError(f"{query.file}: {table.full_name} has no column {', '.join(unknown)}.")
    if lacking := [c.name for c in table.columns if c.required and c.name not in columns]:
        raise UsageError(f"{query.file}: gives no {', '.join(lacking)}, which is required.")
    # a local time is another instant in another zone
    seed = text(salt.hex() + done.connector.time_zone)
    row = f"md5({seed} || cast(to_json(landing_rows) as varchar))"
    con.execute(f"""
        create or replace table row_hashes as
        select rowid as id, {row} as row_hash from landing_rows
    """)
    handed = work / f"{table.full_name}.hashes.parquet"
    con.execute(f"""
        copy (select distinct row_hash from row_hashes)
        to {text(handed)} (format parquet, compression zstd)
    """)
    before = handed_over / f"{table.full_name}.parquet"
    known = (
        f"select row_hash from read_parquet({text(literal_path(before))})"
        if before.exists()
        else "select null::varchar as row_hash where false"
    )
    # the connector and the table name the file that its rows are said to come from
    path = work / f"{done.connector.name}.{table.name}.parquet"
    con.execute(f"""
        copy (
            select landing_rows.*
            from landing_rows
            inner join row_hashes
                on landing_rows.rowid = row_hashes.id
            anti join ({known}) as known using (row_hash)
            order by {names(table.key, "landing_rows")}
        ) to {text(path)} (format parquet, compression zstd)
    """)
    rows, new_rows = con.execute(f"""
        select
            (select count(*) from landing_rows),
            (select count(*) from read_parquet({text(literal_path(path))}))
    """).fetchone()
    con.execute("drop table landing_rows")
    con.execute("drop table row_hashes")
    raw_rows = sum(one.rows for one in done.taken if one.file.table.full_name in read)
    return Mapped(table, raw_rows, rows, new_rows, path, handed)


def _unmapped(con: duckdb.DuckDBPyConnection, connector: Connector) -> list[Noted]:
    """The vendor's values that no code was said of: they stand for themselves."""
    found = []
    for codes in connector.codes:
        for value, rows in con.execute(_unknown(codes)).fetchall():
            found.append(
                Noted(
                    "values_without_code",
                    "warning",
                    f"{connector.vendor} has values that no code was said of: they stand for "
                    "themselves.",
                    f"Say which code they are in connectors/{connector.name}/options.yml of the "
                    "data directory.",
                    connector.name,
                    codes.name,
                    value,
                    rows,
                )
            )
    return found


def _unknown(codes: Codes) -> str:
    shape, column = codes.of
    keys = ", ".join(text(key) for key, _ in codes.values)
    known = f"[{keys}]::varchar[]"
    return f"""
        select
            case when regexp_matches(said, {text(_UNSHOWN)}) then '…' else said end as value,
            count(*) as row_count
        from (select lower(trim(cast({name(column)} as varchar))) as said from shape.{name(shape)})
        where said <> '' and not list_contains({known}, said)
        group by value
        order by row_count desc, value
        limit {MOST_CODES}
    """


def _noted(
    con: duckdb.DuckDBPyConnection,
    connector: Connector,
    held: dict[str, str],
    behind: dict[str, set[str]],
) -> list[Noted]:
    found = []
    for note in connector.notes:
        query = connector.note_queries[note.name]
        if any(one in held for one in _raw_tables(con, query, behind)):
            continue
        _run(con, query, f"create or replace table noted as {query.sql}")
        for detail, rows in con.execute("select detail, rows from noted where rows > 0").fetchall():
            found.append(
                Noted(
                    note.name,
                    note.severity,
                    note.what,
                    note.what_to_do,
                    note.table.source,
                    note.table.name,
                    detail,
                    rows,
                )
            )
    return found


def _unread(done: Conversion) -> list[Noted]:
    """Columns of raw files that nothing reads, once for each raw table."""
    found: dict[tuple[str, str], None] = {}
    for taken in done.taken:
        found |= dict.fromkeys((taken.file.table.full_name, one) for one in taken.file.unread)
    return [
        Noted(
            "raw_columns_not_read",
            "notice",
            f"{done.connector.vendor}'s export has a column that nothing reads.",
            "Nothing has to be done: it is new, or not needed.",
            done.connector.name,
            table,
            column,
            None,
        )
        for table, column in found
    ]


def _set_aside(done: Conversion) -> list[Noted]:
    return [
        Noted(
            "raw_rows_set_aside",
            "warning",
            f"Rows of {done.connector.vendor}'s files are not as its export is known: they count "
            "nowhere.",
            f"Read them in landing/quarantine/{done.connector.name}; correct the export and drop "
            "it again.",
            done.connector.name,
            taken.file.table.full_name,
            f"{taken.file.shown}: {reason}",
            rows,
        )
        for taken in done.taken
        for reason, rows in taken.reasons
    ]
