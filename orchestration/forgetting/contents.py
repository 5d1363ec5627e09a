"""Files of every kind: how often they mention somebody, and the same file written without.

A file is written beside its place and renamed over it, so that it is the old one or the new one,
and none of the old bytes is in the new one. DuckDB and SQLite keep deleted values in the file:
theirs is made anew.
"""

import gzip
import json
import mmap
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.forgetting.streams import count_stream, is_text, texts_of
from orchestration.forgetting.traces import Traces, decoded, names_somebody
from orchestration.landing.suppression import AGENT, CUSTOMER, FORGOTTEN_TEXT, is_of_agent
from orchestration.system.errors import PilotageError
from orchestration.system.files import create_private, move, partial_name, sync, wal_beside
from orchestration.system.sql import literal_path, name, text

# What holds the number of a customer, wherever it is called so: `speaking_customer_id`.
_OF_A_PERSON = (CUSTOMER, "customer_ref", "person_id", "ref_value", "thread_id")
# Types of whole numbers, and those that programs keep them in where some are missing.
_WHOLE = re.compile(r"\bU?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)\b")
_NUMBER = re.compile(rf"{_WHOLE.pattern}|DECIMAL\(\d+,0\)|DOUBLE|FLOAT")
_KINDS = (b"PAR1", "parquet"), (b"SQLite format 3\x00", "sqlite"), (b"PK\x03\x04", "zip")
Changes = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Texts:
    """Which texts of a table somebody wrote: columns, and SQL for the rows that are theirs."""

    columns: Sequence[str]
    theirs: str


def kind_of(path: Path) -> str:
    """Return duckdb, parquet, sqlite, zip, gzip or plain, by the first bytes."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[8:12] == b"DUCK":
        return "duckdb"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return next((kind for mark, kind in _KINDS if head.startswith(mark)), "plain")


def count(path: Path, traces: Traces) -> int:
    """Return how often a file mentions the people: values of its columns, and its bytes."""
    kind = kind_of(path)
    if kind in ("gzip", "plain", "zip"):
        with path.open("rb") as file:
            return count_stream(file, traces, lambda rows: _count_rows(rows, traces))
    found = _raw(path, traces)
    if kind == "sqlite":
        return found + _count_sqlite(path, traces)
    with duckdb.connect() as con:
        return found + sum(
            _count_relation(con, relation, traces) for relation in _relations(con, path, kind)
        )


def _count_rows(rows: Any, traces: Traces) -> int:
    with duckdb.connect() as con:
        con.register("rows_read", pyarrow_table(rows))
        return _count_relation(con, "rows_read", traces)


def pyarrow_table(rows: Any) -> Any:
    from pyarrow import Table

    return Table.from_batches([rows])


def _raw(path: Path, traces: Traces) -> int:
    if not path.stat().st_size:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return traces.count_raw(data)


def _relations(con: duckdb.DuckDBPyConnection, path: Path, kind: str) -> list[str]:
    if kind == "parquet":
        return [f"read_parquet({text(literal_path(path))}, hive_partitioning = false)"]
    con.execute(f"attach {text(path)} as old (read_only)")
    return [f"old.{name(schema)}.{name(table)}" for schema, table in _tables(con)]


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'old' and not internal order by table_oid"
    ).fetchall()


def types_of(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Columns of a relation with their types."""
    found = con.execute(f"describe select * from {relation}").fetchall()
    return {column: kind for column, kind, *_ in found}


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Columns of a relation that may say who somebody is, with their types: those that hold text,
    also inside lists and structures, and numbers whose name says so."""
    types = types_of(con, relation)
    return {
        column: kind
        for column, kind in types.items()
        if any(word in kind for word in ("VARCHAR", "JSON", "ENUM"))
        or (_is_nested(kind) and _WHOLE.search(kind))
        or (is_number(kind) and (names_somebody(column) or _about(column, types)))
    }


def is_number(kind: str) -> bool:
    """May a column of this type hold whole numbers, and nothing but numbers?"""
    return _NUMBER.fullmatch(kind) is not None


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))


def as_text(column: str, kind: str) -> str:
    """SQL for a column's values as text; of numbers, the whole ones."""
    quoted = name(column)
    if kind in ("VARCHAR", "JSON") or kind.startswith("ENUM"):
        return f"{quoted}::varchar"
    if kind in ("DOUBLE", "FLOAT"):
        return f"if({quoted} = trunc({quoted}), try_cast({quoted} as hugeint)::varchar, null)"
    return f"{quoted}::varchar" if is_number(kind) else f"to_json({quoted})::varchar"


def _about(column: str, columns: Collection[str]) -> str:
    """Of whom a column says the number: of customers, agents, or nobody."""
    if is_of_agent(column) or (column == "slice_value" and AGENT in columns):
        return AGENT
    return CUSTOMER if column in _OF_A_PERSON or column.endswith(f"_{CUSTOMER}") else ""


def changes(con: duckdb.DuckDBPyConnection, relation: str, traces: Traces) -> Changes:
    """Return, by column, the values that mention the people, with what takes their place.

    The engine finds what may mention them; each different value is then looked at once.
    """
    columns = _columns(con, relation)
    asked = []
    for column, kind in columns.items():
        written = as_text(column, kind)
        condition = traces.condition(written, _about(column, columns))
        asked.append(f"list(distinct {written}) filter (where {condition})")
    if not asked:
        return {}
    row = con.execute(f"select {', '.join(asked)} from {relation}").fetchone() or ()
    found: Changes = {}
    for column, values in zip(columns, row, strict=True):
        about, kind = _about(column, columns), columns[column]
        instead = {value: _instead(traces, value, column, kind, about) for value in values or ()}
        if changed := {old: new for old, new in instead.items() if old != new}:
            found[column] = changed
    return found


def _instead(traces: Traces, value: str, column: str, kind: str, about: str) -> str:
    """Return a value without the people; a number is one of JSON, under the name of its column."""
    if any(word in kind for word in ("VARCHAR", "JSON", "ENUM")) or value in traces.own(about):
        return traces.replaced(value, about)
    key = f"{{{json.dumps(column)}:"
    new = traces.replaced(f"{key}{value}}}")
    return new.removeprefix(key).removesuffix("}").strip('"') if new.startswith(key) else value


def _count_relation(con: duckdb.DuckDBPyConnection, relation: str, traces: Traces) -> int:
    found = changes(con, relation, traces)
    if not found:
        return 0
    kinds = _columns(con, relation)
    counted = " + ".join(
        f"count(*) filter (where {as_text(column, kinds[column])} in"
        f" ({', '.join(text(old) for old in values)}))"
        for column, values in found.items()
    )
    row = con.execute(f"select {counted} from {relation}").fetchone()
    return int(row[0]) if row else 0


def without(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    found: Changes,
    texts: Texts | None,
    order: str,
) -> str:
    """SQL for a relation with its values changed, in its order, and the people's texts emptied.

    What was written stays a text, so that counts of texts stay; its words are gone.
    """
    kinds = _columns(con, relation)
    joins, instead = [], {}
    for at, (column, values) in enumerate(found.items()):
        con.execute(f"create or replace temp table changed_{at} (old varchar, new varchar)")
        listed = ", ".join(f"({text(old)}, {text(new)})" for old, new in values.items())
        con.execute(f"insert into changed_{at} values {listed}")
        joins.append(
            f"left join changed_{at} on {as_text(column, kinds[column])} = changed_{at}.old"
        )
        new = f"changed_{at}.new"
        if not kinds[column].startswith(("VARCHAR", "ENUM")) and not is_number(kinds[column]):
            new = f"{new}::json"
        # where nothing but numbers can stand, nothing does
        instead[column] = (
            f"case when {new} is null then rows.{name(column)} "
            f"else try_cast({new} as {kinds[column]}) end"
        )
    for column in texts.columns if texts else ():
        kept = instead.get(column, f"rows.{name(column)}")
        instead[column] = (
            f"case when rows.{name(column)} is not null and ({texts.theirs if texts else ''})"
            f" then {text(FORGOTTEN_TEXT)} else {kept} end"
        )
    replaced = ", ".join(f"{sql} as {name(column)}" for column, sql in instead.items())
    columns = f"rows.* replace ({replaced})" if replaced else "rows.*"
    return f"select {columns} from {relation} as rows {' '.join(joins)} order by rows.{order}"


def _texts(values: Collection[str]) -> str:
    return ", ".join(text(one) for one in sorted(values))


def _has_texts(con: duckdb.DuckDBPyConnection, relation: str, texts: Texts | None) -> bool:
    """Is there a text of theirs that was not emptied yet?"""
    if not texts:
        return False
    written = " or ".join(f"rows.{name(one)} <> {text(FORGOTTEN_TEXT)}" for one in texts.columns)
    row = con.execute(
        f"select exists (select 1 from {relation} as rows where ({written}) and ({texts.theirs}))"
    ).fetchone()
    return bool(row and row[0])


def rewrite_parquet(path: Path, traces: Traces, texts: Texts | None = None) -> bool:
    """Write a Parquet file without the people; False when it does not mention them."""
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        [relation] = _relations(con, path, "parquet")
        found = changes(con, relation, traces)
        if not (found or _has_texts(con, relation, texts)):
            return False
        numbered = relation.replace(
            "hive_partitioning", "file_row_number = true, hive_partitioning"
        )
        query = without(con, numbered, found, texts, "file_row_number")
        partial = partial_name(path)
        con.execute(
            f"copy (select * exclude (file_row_number) from ({query})) "
            f"to {text(partial)} (format parquet, compression zstd)"
        )
    take_its_place(partial, path)
    return True


def drop_from_parquet(path: Path, traces: Traces, source: str = "source_file") -> dict[str, int]:
    """Write a file of rows set aside without those that mention the people.

    Returns how many went, by the file that they came from, which the column `source` names; a file
    that is left without rows is removed.
    """
    with duckdb.connect() as con:
        [relation] = _relations(con, path, "parquet")
        theirs = _theirs(con, relation, traces)
        gone = _rows_by(con, relation, source, theirs)
        if not gone:
            return {}
        if gone == _rows_by(con, relation, source):
            path.unlink()
            path.parent.rmdir()
            return gone
        partial = partial_name(path)
        con.execute(
            f"copy (select * from {relation} where not ({theirs})) "
            f"to {text(partial)} (format parquet, compression zstd)"
        )
    take_its_place(partial, path)
    return gone


def rows_in_parquet(
    path: Path, traces: Traces, source: str = "source_file"
) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many rows set aside there are, and how many mention the people, by file."""
    with duckdb.connect() as con:
        [relation] = _relations(con, path, "parquet")
        theirs = _theirs(con, relation, traces)
        return _rows_by(con, relation, source), _rows_by(con, relation, source, theirs)


def _theirs(con: duckdb.DuckDBPyConnection, relation: str, traces: Traces) -> str:
    """SQL for the rows of a relation that mention the people."""
    kinds = _columns(con, relation)
    theirs = [
        f"coalesce({as_text(column, kinds[column])}, '') in ({_texts(values)})"
        for column, values in changes(con, relation, traces).items()
    ]
    return " or ".join(theirs) or "false"


def _rows_by(
    con: duckdb.DuckDBPyConnection, relation: str, source: str, which: str = "true"
) -> dict[str, int]:
    return dict(
        con.execute(
            f"select {name(source)}, count(*) from {relation} where {which} group by all"
        ).fetchall()
    )


def rewrite_duckdb(
    path: Path,
    target: Path,
    traces: Traces,
    texts: Mapping[tuple[str, str], Texts] | None = None,
    without_rows: Mapping[tuple[str, str], str] | None = None,
) -> bool:
    """Make `target` of a database, without the people; False, and no file, when nothing changes.

    `texts` says by (schema, table) which texts are theirs, `without_rows` which rows stay away,
    beside those that mention them.
    Everything else of the database is as it was: constraints, comments, the order of rows.
    """
    texts, without_rows = texts or {}, without_rows or {}
    partial = partial_name(target)
    for stale in (partial, wal_beside(partial)):
        if stale:
            stale.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        relations = _relations(con, path, "duckdb")
        tables = dict(zip(_tables(con), relations, strict=True))
        found = {table: changes(con, relation, traces) for table, relation in tables.items()}
        if not any(found.values()) and not any(
            _has_texts(con, tables[table], its) for table, its in texts.items() if table in tables
        ):
            return False
        con.execute(f"attach {text(partial)} as new")
        con.execute("copy from database old to new (schema)")
        for (schema, table), relation in tables.items():
            its = texts.get((schema, table))
            query = f"from {relation}"
            if found[schema, table] or its:
                query = without(con, relation, found[schema, table], its, "rowid")
            if (schema, table) in without_rows:
                query = f"from {relation} where not ({without_rows[schema, table]})"
                for column, values in found[schema, table].items():
                    query += f" and coalesce({name(column)} not in ({_texts(values)}), true)"
            con.execute(f"insert into new.{name(schema)}.{name(table)} {query}")
        con.execute("checkpoint new")
        con.execute("detach new")
    sync(partial)
    partial.chmod(path.stat().st_mode & 0o777)
    move(partial, target)
    return True


def rewrite_sqlite(path: Path, traces: Traces) -> bool:
    """Write the values of an SQLite database without the people, and the file without its past."""
    if not _count_sqlite(path, traces):
        return False
    with _sqlite(path, traces) as con:
        con.execute("pragma secure_delete = on")
        for table, column in _sqlite_columns(con):
            quoted = name(column)
            con.execute(
                f"update {name(table)} set {quoted} = replaced({quoted}) where mentions({quoted})"
            )
        con.commit()
        con.execute("pragma wal_checkpoint(truncate)")
        con.execute("vacuum")
        con.execute("pragma wal_checkpoint(truncate)")
    con.close()
    return True


def _count_sqlite(path: Path, traces: Traces) -> int:
    with _sqlite(path, traces) as con:
        found = sum(
            con.execute(
                f"select count(*) from {name(table)} where mentions({name(column)})"
            ).fetchone()[0]
            for table, column in _sqlite_columns(con)
        )
    con.close()
    return int(found)


def _sqlite(path: Path, traces: Traces) -> sqlite3.Connection:
    con = sqlite3.connect(path, timeout=10)
    con.create_function(
        "mentions",
        1,
        lambda value: isinstance(value, str | bytes) and traces.mentions(decoded(value)),
    )
    con.create_function("replaced", 1, lambda value: _replaced(value, traces))
    return con


def _replaced(value: str | bytes, traces: Traces) -> str | bytes:
    new = traces.replaced(decoded(value))
    return new if isinstance(value, str) else new.encode("utf-8", "surrogateescape")


def _sqlite_columns(con: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = con.execute("select name from sqlite_master where type = 'table'").fetchall()
    return [
        (table, column[1])
        for (table,) in tables
        if not table.startswith("sqlite_")
        for column in con.execute(f"pragma table_info({name(table)})")
    ]


def rewrite_text(path: Path, traces: Traces) -> bool:
    """Write a text file, compressed or not, without the people; its mode stays.

    Raises `PilotageError` for a file of a kind that nobody can write anew.
    """
    kind = kind_of(path)
    if not count(path, traces):
        return False
    opened: Any = gzip.open if kind == "gzip" else open
    with opened(path, "rb") as file:
        if not is_text(file):
            raise PilotageError(
                f"{path} mentions somebody and is of no kind that can be written anew."
            )
    partial = partial_name(path)
    create_private(partial)
    with opened(path, "rb") as file, opened(partial, "wb") as out:
        for new, _ in traces.rewritten(texts_of(file, "utf-8")):
            out.write(new.encode("utf-8", "surrogateescape"))
    take_its_place(partial, path)
    return True


def take_its_place(partial: Path, path: Path) -> None:
    """Put a file that was made beside `path` in its place, with its mode."""
    partial.chmod(path.stat().st_mode & 0o777)
    sync(partial)
    move(partial, path)
