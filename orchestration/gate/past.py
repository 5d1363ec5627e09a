"""What the rows of a table look like by day: counts, kept beside the ledger as its learned past.

Everything is a number of rows by (feature, day, value): how many rows had this code, this hour,
this magnitude, no value at all. So one way of comparing serves for all of them. The rows of a batch
are counted when they come; later batches read what was counted, and never the rows again.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from orchestration.gate import profiles
from orchestration.landing.contract import (
    DELETED,
    NUMBERS,
    TIMES,
    UPDATED_AT,
    Column,
    Contract,
    Table,
)
from orchestration.system import sql
from orchestration.system.files import read_json, write_json
from orchestration.system.paths import DataPaths

# What is remembered: a year and a month, so that yearly and quarterly waves are known.
DAYS = 400
MOST_ENDS = 4
# A column with more different codes than this holds no codes.
MOST_CODES = 60
# Magnitudes are quarters of an octave: 16 seconds and 16,000 are forty apart.
PER_OCTAVE = 4
# An identifier's form: the letters before its number, and whether letters stand in that, too. Its
# length grows as numbers do.
_PREFIX, _REST = r"'^[^0-9]{0,6}'", r"'^[^0-9]{0,6}[-0-9]*$'"
# UTF-8 read as Windows-1252 once, twice or by somebody else; none of it is French or English.
_MOJIBAKE = r"'Ã[\x{80}-\x{BF}\x{152}-\x{2122}]|â€|Â[\x{A0}-\x{BF}]|Ã‚|ï¿½|\x{FFFD}'"

# feature → day → value → rows
Facts = dict[str, dict[str, dict[str, int]]]


@dataclass(frozen=True)
class Features:
    """The columns of a table by what can be counted of them."""

    day: str | None
    instant: str | None
    columns: dict[str, str]
    """Feature → its value in SQL, for those that are a count by value."""
    shares: dict[str, tuple[str, str]]
    """Feature → a condition in SQL, and of which rows it is asked."""
    ids: tuple[str, ...]
    """Columns of which the rows by id are counted."""
    parents: dict[str, tuple[Table, str]]
    """Columns that name rows of another table, with its key."""
    ripening: frozenset[str]
    """Features that are filled in later, such as an end."""
    content: tuple[str, ...]
    """Columns that two different rows should not have alike."""


def features(contract: Contract, table: Table, zone: str) -> Features:
    """Say what is counted of a table. `zone` is where its hours and days are read."""
    event = profiles.event_column(table)
    instant = event.name if event and event.data_type == "timestamptz" else None
    day = None
    if event:
        day = f"cast({_local(event.name, zone)} as date)" if instant else sql.name(event.name)
    found: dict[str, str] = {}
    shares: dict[str, tuple[str, str]] = {}
    for column in table.columns:
        name, plain = column.name, sql.name(column.name)
        if name in (DELETED, UPDATED_AT) or (event and name == event.name):
            continue
        if not column.required and name not in table.key:
            shares[f"filled:{name}"] = (f"{plain} is not null", "true")
        if column.data_type in NUMBERS:
            found[f"size:{name}"] = _magnitude(plain)
        elif column.data_type == "timestamptz" and instant and not column.may_be_future:
            gap = f"date_diff('second', {sql.name(instant)}, {plain})"
            found[f"gap:{name}"] = _magnitude(gap)
        elif column.data_type == "boolean":
            found[f"code:{name}"] = f"cast({plain} as varchar)"
        elif _is_code(table, column):
            found[f"code:{name}"] = plain
        if column.data_type == "varchar" and (column.free_text or _is_code(table, column)):
            broken = f"{plain} is not null and regexp_matches({plain}, {_MOJIBAKE})"
            shares[f"text:{name}"] = (broken, f"{plain} is not null")
        if column.is_id and not column.pseudonym:
            rest = f"if(regexp_matches({plain}, {_REST}), '9', 'a9')"
            shape = f"regexp_extract({plain}, {_PREFIX}) || {rest}"
            found[f"shape:{name}"] = shape
    if instant:
        found["hour:" + instant] = f"cast(hour({_local(instant, zone)}) as varchar)"
    ripening = {
        f"filled:{column.name}"
        for column in table.columns
        if column.data_type in (*TIMES, "boolean")
    }
    content = tuple(
        column.name
        for column in table.columns
        if column.name not in (*table.key, UPDATED_AT, DELETED)
    )
    return Features(
        day=day,
        instant=instant,
        columns=found,
        shares=shares,
        ids=tuple(
            column.name
            for column in table.columns
            if (column.is_id or column.pseudonym) and table.key != (column.name,)
        ),
        parents=_parents(contract, table),
        ripening=frozenset(ripening),
        content=content if instant and len(content) >= 3 else (),
    )


def _local(column: str, zone: str) -> str:
    return f"timezone({sql.text(zone)}, {sql.name(column)})"


def _magnitude(value: str) -> str:
    """A number's place on a scale of quarter octaves; nought and less stand apart."""
    number = f"cast({value} as double)"
    return (
        f"case when {number} > 0 then cast(cast(floor({PER_OCTAVE} * log2({number})) as integer) "
        f"as varchar) when {number} = 0 then 'zero' when {number} < 0 then 'less' end"
    )


def _is_code(table: Table, column: Column) -> bool:
    return (
        column.data_type == "varchar"
        and column.pii == "none"
        and not column.free_text
        and not column.pseudonym
        and not column.is_id
        and table.key != (column.name,)
    )


def _parents(contract: Contract, table: Table) -> dict[str, tuple[Table, str]]:
    """A column called as the only key of another table names its rows."""
    keys: dict[str, list[Table]] = {}
    for other in contract.tables.values():
        if len(other.key) == 1 and other.key[0].endswith("_id"):
            keys.setdefault(other.key[0], []).append(other)
    found = {}
    for column in table.columns:
        owners = keys.get(column.name, [])
        if len(owners) == 1 and owners[0] is not table:
            found[column.name] = (owners[0], column.name)
    customers = keys.get("customer_id", [])
    if "customer_ref" in table.by_name and len(customers) == 1:
        found["customer_ref"] = (customers[0], "customer_id")
    return found


def count(
    connection: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    table: Table,
    counted: Features,
    files: str,
    came_on: date,
    same_time: list[str],
) -> Facts:
    """Count the rows of `files`, a pattern as a literal in SQL, by feature, day and value.

    A table without an event is dated `came_on`. `same_time` are patterns of accepted files that may
    hold the same events. Costs grow with the rows of `files` and a scan of their parents' keys.
    """
    day = counted.day or f"date {sql.text(came_on.isoformat())}"
    connection.execute(
        f"create or replace temp table came as select *, {day} as day__ "
        f"from read_parquet({files}, hive_partitioning = false)"
    )
    if DELETED in table.by_name:
        connection.execute(f"delete from came where {sql.name(DELETED)}")
    connection.execute("delete from came where day__ is null")
    parts = [
        f"select {sql.text(feature)}, day__, {value} as value__, count(*) from came "
        f"where value__ is not null group by 2, 3"
        for feature, value in counted.columns.items()
    ]
    parts += [part for name in counted.ids for part in _by_id(name)]
    parts += list(_joins(paths, counted))
    parts += list(_again(table, counted, same_time))
    facts = _shares(connection, counted)
    for part in parts:
        for feature, when, value, rows in connection.execute(part).fetchall():
            by_day = facts.setdefault(feature, {})
            by_day.setdefault(when.isoformat(), {})[str(value)] = rows
    return {name: kept for name, kept in facts.items() if not _has_too_many(name, kept)}


def _shares(connection: duckdb.DuckDBPyConnection, counted: Features) -> Facts:
    """Count rows, and those that fulfil the conditions, in one pass."""
    asked = ", ".join(
        f"count(*) filter (where {condition}), count(*) filter (where {of})"
        for condition, of in counted.shares.values()
    )
    facts: Facts = {}
    rows = connection.execute(
        f"select day__, count(*){', ' * bool(asked)}{asked} from came group by 1"
    ).fetchall()
    for when, n, *counts in rows:
        day = when.isoformat()
        facts.setdefault("rows", {})[day] = {"all": n}
        for at, feature in enumerate(counted.shares):
            yes, of = counts[2 * at], counts[2 * at + 1]
            if of:
                kept = {"yes": yes} if yes else {}
                facts.setdefault(feature, {})[day] = kept | ({"no": of - yes} if of > yes else {})
    return facts


def _has_too_many(feature: str, by_day: dict[str, dict[str, int]]) -> bool:
    if not feature.startswith(("code:", "shape:")):
        return False
    return len({value for values in by_day.values() for value in values}) > MOST_CODES


def _by_id(name: str) -> Iterator[str]:
    """How many rows one id has, and what part of the day's rows the commonest has."""
    by_id = (
        f"select day__, count(*) as n from came where {sql.name(name)} is not null "
        f"group by day__, {sql.name(name)}"
    )
    size = "case when n <= 4 then cast(n as varchar) when n <= 8 then '8' when n <= 16 then '16' "
    yield (
        f"select {sql.text('each:' + name)}, day__, {size} else 'more' end, count(*) "
        f"from ({by_id}) group by 2, 3"
    )
    yield (
        f"select {sql.text('most:' + name)}, day__, unnest(['one', 'others']), "
        f"unnest([max(n), sum(n) - max(n)]) from ({by_id}) group by 2"
    )


def _joins(paths: DataPaths, counted: Features) -> Iterator[str]:
    for name, (parent, key) in counted.parents.items():
        where = paths.accepted / parent.source / parent.name
        files = sql.text(sql.pattern(where, "*/*.parquet"))
        if not any(where.glob("batch=*/*.parquet")):
            continue
        keys = [f"select {sql.name(key)} as known from read_parquet({files}, union_by_name = true)"]
        if name == "customer_ref":
            refs = paths.accepted / parent.source / "customer_refs"
            if any(refs.glob("batch=*/*.parquet")):
                others = sql.text(sql.pattern(refs, "*/*.parquet"))
                keys.append(f"select ref_value from read_parquet({others}, union_by_name = true)")
            keys += [
                f"select {column} from read_parquet({files}, union_by_name = true)"
                for column in ("email", "phone")
                if column in parent.by_name
            ]
        # what is looked for is the small side
        yield f"""
            with wanted as materialized (
                select distinct {sql.name(name)} as known from came
                where {sql.name(name)} is not null
            ),
            found as materialized (
                select distinct known from ({" union all ".join(keys)})
                where known in (select known from wanted)
            )
            select {sql.text("known:" + name)}, day__,
                if({sql.name(name)} in (from found), 'yes', 'no') as is_known, count(*)
            from came where {sql.name(name)} is not null group by 2, 3
        """


def _again(table: Table, counted: Features, same_time: list[str]) -> Iterator[str]:
    """Rows that another row, of another key, is alike in everything but the key."""
    if not counted.content or not counted.instant:
        return
    content = f"hash({sql.names(counted.content)})"
    key = f"hash({sql.names(table.key)})"
    sides = [f"select {content} as content, {key} as key from came"]
    if same_time:
        instant = sql.name(counted.instant)
        bounds = f"{instant} between (select min({instant}) from came) and "
        bounds += f"(select max({instant}) from came)"
        sides.append(
            f"select {content}, {key} from read_parquet([{', '.join(same_time)}], "
            f"union_by_name = true, hive_partitioning = false) where {bounds}"
        )
    yield f"""
        with several as materialized (
            select content from ({" union all ".join(sides)})
            group by content having min(key) <> max(key)
        )
        select 'again:', day__, if({content} in (from several), 'yes', 'no') as is_again, count(*)
        from came group by 2, 3
    """


def overlapping(
    paths: DataPaths, table: Table, batches: Iterable[int], taken: profiles.Profile
) -> list[str]:
    """Return the patterns of those batches whose events may be the same as those of `taken`."""
    if not taken.oldest_at or not taken.newest_at:
        return []
    found = []
    for batch in batches:
        other = profiles.profile(paths, table, batch)
        if (
            other.oldest_at
            and other.newest_at
            and other.oldest_at <= taken.newest_at
            and other.newest_at >= taken.oldest_at
        ):
            found.append(profiles.batch_files(paths, table, batch))
    return found


@dataclass(frozen=True)
class Past:
    """The counts of the days before.

    `upto` is the last batch in it. `ends` says of the last batches how many rows their last day had
    when it came.
    """

    facts: Facts
    upto: int = 0
    ends: tuple[tuple[str, int], ...] = ()

    def ends_within_the_day(self, now: Facts) -> bool:
        """Did most of the last batches bring a part of their last day only, by what came since?"""
        rows, came_now = self.facts.get("rows", {}), now.get("rows", {})
        parts = [
            rows[day]["all"] + came_now.get(day, {}).get("all", 0) > 1.15 * came + 3
            for day, came in self.ends
            if day in rows
        ]
        return bool(parts) and sum(parts) * 2 > len(parts)


def path_of(paths: DataPaths, table: Table) -> Path:
    """Where the learned past of a table stands, beside the checks of its batches."""
    return paths.batches / "checks" / f"past_{table.source}__{table.name}.json"


def read(paths: DataPaths, table: Table) -> Past | None:
    """Return the learned past of a table; None where there is none or it is lost."""
    stored = read_json(path_of(paths, table)) or {}
    try:
        ends = tuple((str(day), int(rows)) for day, rows in stored["ends"])
        return Past(dict(stored["facts"]), int(stored["upto"]), ends)
    except (TypeError, KeyError, ValueError):
        return None


def write(paths: DataPaths, table: Table, learned: Past) -> None:
    """Keep the learned past; what is lost is counted again from the accepted rows."""
    content = {"upto": learned.upto, "ends": learned.ends, "facts": learned.facts}
    write_json(path_of(paths, table), content, lasting=False, indent=None)


def learn(before: Past, batch: int, facts: Facts, leave_out: Collection[str] = ()) -> Past:
    """Return the past with the counts of a batch; features of `leave_out` are not learned from."""
    merged = {feature: dict(by_day) for feature, by_day in before.facts.items()}
    _add(merged, {name: by_day for name, by_day in facts.items() if name not in leave_out})
    ends = before.ends
    days = facts.get("rows", {})
    if days:
        last = max(days)
        if not before.facts.get("rows") or last > max(before.facts["rows"]):
            ends = (*ends, (last, days[last].get("all", 0)))[-MOST_ENDS:]
    newest = max(merged.get("rows", {}), default=None)
    if newest:
        since = (date.fromisoformat(newest) - timedelta(days=DAYS)).isoformat()
        merged = {
            feature: {day: values for day, values in by_day.items() if day >= since}
            for feature, by_day in merged.items()
        }
    return Past(merged, batch, ends)


def begin_again(before: Past, wanted: Collection[str], since: str) -> Past:
    """Forget what `wanted` features were before `since`: what came then is usual from now on."""
    facts = {
        feature: {day: values for day, values in by_day.items() if day >= since}
        if feature in wanted
        else by_day
        for feature, by_day in before.facts.items()
    }
    return Past(facts, before.upto, before.ends)


def _add(merged: Facts, facts: Facts) -> None:
    for feature, by_day in facts.items():
        into = merged.setdefault(feature, {})
        for day, values in by_day.items():
            if feature.startswith("most:") and day in into:
                # of a day that came in parts the larger part is like it
                if sum(values.values()) > sum(into[day].values()):
                    into[day] = dict(values)
                continue
            known = dict(into.get(day, {}))
            for value, rows in values.items():
                known[value] = known.get(value, 0) + rows
            into[day] = known
