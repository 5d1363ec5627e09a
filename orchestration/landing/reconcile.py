"""Which of the new rows are duplicates of accepted ones, and which contradict them.

Rows are compared after typing and pseudonymising, all columns of the contract, null equal to null.
Only keys that occur more than once are looked at, so that the work grows with the new rows and a
scan of the accepted keys, whatever has been accepted before.
"""

from collections.abc import Collection

import duckdb

from orchestration.landing.contract import DELETED, UPDATED_AT, Table
from orchestration.system.sql import name, names, text

# Where a row of `typed` stands in its batch: files first, then rows. Joins do not keep the order of
# the relation itself.
FILES_APART = 1_000_000_000_000
SEQ = f"(file__number::bigint * {FILES_APART} + row_number)"
# A contender that was not set aside; nothing else was put into `outcomes` before.
IS_WHOLE = "(seq__ is null or seq__ not in (select seq__ from outcomes where not is_duplicate))"

SEVERAL_ROWS = (
    "several rows of one {key} in a file, such as one per queue segment: one row each is expected"
)
CONFLICTS = {
    "updated_at": "same key and updated_at as an accepted row, but other content",
    "first_wins": "same key as an accepted row, but other content",
}


def reconcile(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    accepted: str | None,
    corrections: Collection[int] = (),
) -> None:
    """Fill `outcomes` (seq__, is_duplicate, reason) with the rows of `typed` that are not accepted.

    `typed` holds the batch; `seq__` says where a row stands in it, and a row with a `problem__` of
    its own takes no part. `accepted` is the file pattern of what the table already holds, None for
    nothing. Every row that `outcomes` does not name is accepted.

    `corrections` are numbers of files that a connector made: what it says of a version, once other
    files of the vendor have come, replaces what it said before.
    """
    con.execute("create table outcomes (seq__ bigint, is_duplicate boolean, reason varchar)")
    _find_repeated_keys(con, table, accepted)
    if not con.execute("select count(*) from repeated").fetchone()[0]:
        return
    _gather_contenders(con, table, accepted)
    if table.version == "last_wins":
        _drop_unchanged(con, table)
    elif table.grows:
        # without updated_at the last arrival is the newest version
        _set_segments_aside(con, table)
        _drop_unchanged(con, table, f"{UPDATED_AT} is null and {IS_WHOLE}")
        _drop_repeated(con, table, f"{UPDATED_AT} is not null and {IS_WHOLE}")
        _set_conflicts_aside(con, table, corrections)
    else:
        _drop_repeated(con, table)
        _set_conflicts_aside(con, table, corrections)
    con.execute("drop view contenders")


def _find_repeated_keys(con: duckdb.DuckDBPyConnection, table: Table, accepted: str | None) -> None:
    key = names(table.key)
    con.execute(f"""
        create table repeated as
        select {key} from typed where problem__ is null group by all having count(*) > 1
    """)
    if accepted:
        con.execute(f"""
            insert into repeated
            select distinct {key}
            from {_parquet(accepted)} as old
            where exists (
                select 1 from typed as new where new.problem__ is null and {_same_key(table)}
            ) and not exists (select 1 from repeated as new where {_same_key(table)})
        """)


def _gather_contenders(con: duckdb.DuckDBPyConnection, table: Table, accepted: str | None) -> None:
    """All rows of the repeated keys. `seq__` is null for a row that is already accepted."""
    columns = names([column.name for column in table.columns], "old")
    repeated = f"exists (select 1 from repeated as new where {_same_key(table)})"
    known = f"""
        union all
        select {columns}, null, batch, source_file, row_number
        from {_parquet(accepted or "")} as old
        where {repeated}
    """
    con.execute(f"""
        create view contenders as
        select {columns}, {SEQ} as seq__, null::bigint as batch, null::varchar as source_file,
            null::bigint as row_number
        from typed as old
        where problem__ is null and {repeated}
        {known if accepted else ""}
    """)


def _set_segments_aside(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """None of the rows that one file has of a key at once is the row of that key."""
    key, deleted = names(table.key), name(DELETED) if table.can_be_deleted else "false"
    content = f"row({names([column.name for column in table.columns])})"
    con.execute(f"""
        insert into outcomes
        select seq__, false, {text(SEVERAL_ROWS.format(key=table.key[0].removesuffix("_id")))}
        from (
            select seq__,
                min({content}) over one is distinct from max({content}) over one as is__several
            from contenders
            where seq__ is not null and not {deleted}
            window one as (partition by {key}, {UPDATED_AT}, seq__ // {FILES_APART})
        )
        where is__several
    """)


def _drop_unchanged(con: duckdb.DuckDBPyConnection, table: Table, which: str = "true") -> None:
    """The last row wins: a row is a duplicate when it says what the one before it said."""
    content = f"row({names([column.name for column in table.columns])})"
    con.execute(f"""
        insert into outcomes
        select seq__, true, null
        from (
            select
                seq__,
                {content} is not distinct from lag({content}) over arrival as is__unchanged
            from contenders
            where {which}
            window arrival as (
                partition by {names(table.key)}
                order by seq__ nulls first, batch, source_file, row_number
            )
        )
        where seq__ is not null and is__unchanged
    """)


def _drop_repeated(con: duckdb.DuckDBPyConnection, table: Table, which: str = "true") -> None:
    """Keep each content once, as `contents`: its first new row, or -1 when it is accepted."""
    columns = names([column.name for column in table.columns])
    con.execute(f"""
        create table contents as
        select {columns}, min(coalesce(seq__, -1)) as first__seq
        from contenders
        where {which}
        group by {columns}
    """)
    con.execute(f"""
        insert into outcomes
        select seq__, true, null
        from contenders
        where {which} and seq__ is not null and seq__ not in (select first__seq from contents)
    """)


def _set_conflicts_aside(
    con: duckdb.DuckDBPyConnection, table: Table, corrections: Collection[int]
) -> None:
    """The first content of a key (and instant) stays; a deletion contradicts nothing."""
    deleted = name(DELETED) if table.can_be_deleted else "false"
    if table.version == "updated_at":
        group = names((*table.key, UPDATED_AT))
        first = f"min(first__seq) filter (where not {deleted})"
    else:
        group, first = names(table.key), "min(first__seq)"
    corrects = "false"
    if table.version == "updated_at" and corrections:
        listed = ", ".join(str(number) for number in corrections)
        corrects = f"winner__ = -1 and first__seq // {FILES_APART} in ({listed})"
    con.execute(f"""
        insert into outcomes
        select first__seq, false, {text(CONFLICTS[table.version])}
        from (
            select first__seq, {deleted} as is__deletion,
                {first} over (partition by {group}) as winner__
            from contents
        )
        where first__seq > winner__ and not is__deletion and not ({corrects})
    """)
    con.execute("drop table contents")


def _parquet(pattern: str) -> str:
    return f"read_parquet({text(pattern)}, union_by_name = true, hive_partitioning = false)"


def _same_key(table: Table) -> str:
    """SQL: the same key in relations `old` and `new`; a part of a key may be null."""
    return " and ".join(
        f"old.{name(part)} is not distinct from new.{name(part)}" for part in table.key
    )
