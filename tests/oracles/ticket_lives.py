"""What became of each ticket, by walking through the events of the accepted rows in Python.

It shares nothing with the models that it is there to judge: it reads the Parquet of the landing
and the seeds itself, and works ticket by ticket.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as parquet

from tests.oracles.business_time import BusinessHours

Row = dict[str, Any]

# of one instant, what the customer did comes before what an agent did, and a solve after it; what
# was open is solved before it is reopened
FIRST, LAST = ("customer_message", "reopened"), ("solved", "closed")
WORDS = ("customer_message", "public_reply", "reopened", "solved")
# by how much two clocks may differ
TOLERANCE = timedelta(seconds=1)
NEVER = datetime.min.replace(tzinfo=UTC)
MILLISECONDS = 0.0021


@dataclass
class Life:
    """What core.tickets should say of a ticket."""

    is_open: bool = True
    is_solved: bool = False
    first_reply_elapsed_seconds: float | None = None
    first_reply_open_seconds: float | None = None
    first_resolution_elapsed_seconds: float | None = None
    first_resolution_open_seconds: float | None = None
    full_resolution_elapsed_seconds: float | None = None
    full_resolution_open_seconds: float | None = None
    customer_wait_elapsed_seconds: float = 0
    customer_wait_open_seconds: float = 0
    reopen_count: int = 0


def ticket_lives(accepted: Path, hours: BusinessHours, as_of: datetime) -> dict[str, Life]:
    """Return the life of every ticket created by `as_of`, by its id.

    `accepted` is the folder of the accepted rows of a data directory.
    """
    events: dict[str, list[Row]] = defaultdict(list)
    for event in _first_versions(_read(accepted / "interactions" / "ticket_events"), "event_id"):
        events[event["ticket_id"]].append(event)
    tickets = _newest_versions(_read(accepted / "interactions" / "tickets"), "ticket_id")
    return {
        ticket["ticket_id"]: _life(ticket, events[ticket["ticket_id"]], hours, as_of)
        for ticket in tickets
        if ticket["created_at"] <= as_of
    }


def differences(marts: duckdb.DuckDBPyConnection, lives: dict[str, Life]) -> list[str]:
    """Return in words where core.tickets says otherwise; instants are kept to the millisecond."""
    columns = ["ticket_id", *asdict(Life())]
    rows = marts.execute(f"select {', '.join(columns)} from core.tickets").fetchall()
    published = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    found = [f"{ticket_id} is known to one only" for ticket_id in set(published) ^ set(lives)]
    for ticket_id in set(published) & set(lives):
        for column, expected in asdict(lives[ticket_id]).items():
            value = published[ticket_id][column]
            if not _same(value, expected):
                found.append(f"{ticket_id}: {column} is {value}, not {expected}")
    return found


def _life(ticket: Row, events: list[Row], hours: BusinessHours, as_of: datetime) -> Life:
    created_at, team = ticket["created_at"], ticket["team"]
    life = Life()
    waiting_since: datetime | None = created_at

    def since_creation(instant: datetime) -> tuple[float, float]:
        elapsed = (instant - created_at).total_seconds()
        return elapsed, _known(hours.open_seconds(team, created_at, instant))

    def waited_until(instant: datetime) -> None:
        nonlocal waiting_since
        if waiting_since is not None:
            life.customer_wait_elapsed_seconds += (instant - waiting_since).total_seconds()
            life.customer_wait_open_seconds += _known(
                hours.open_seconds(team, waiting_since, instant)
            )
        waiting_since = None

    last_word = "created"
    for event in _walked(events, life):
        at, kind = event["event_at"], event["event_type"]
        if not created_at - TOLERANCE <= at <= as_of:
            continue
        at = max(at, created_at)
        is_told_again = kind == last_word == "solved"
        last_word = kind if kind in WORDS else last_word
        if kind == "public_reply":
            if life.first_reply_elapsed_seconds is None:
                life.first_reply_elapsed_seconds, life.first_reply_open_seconds = since_creation(at)
            waited_until(at)
        elif kind == "customer_message" and life.is_open and waiting_since is None:
            waiting_since = at
        elif kind == "reopened":
            life.reopen_count += not life.is_open
            life.is_open, life.is_solved = True, False
            waiting_since = waiting_since or at
        elif kind in ("solved", "closed"):
            waited_until(at)
            life.is_open = False
            if kind == "solved" and not is_told_again:
                life.is_solved = True
                elapsed, in_hours = since_creation(at)
                if life.first_resolution_elapsed_seconds is None:
                    life.first_resolution_elapsed_seconds = elapsed
                    life.first_resolution_open_seconds = in_hours
                life.full_resolution_elapsed_seconds = elapsed
                life.full_resolution_open_seconds = in_hours
    waited_until(as_of)
    if not life.is_solved:
        life.full_resolution_elapsed_seconds = life.full_resolution_open_seconds = None
    return life


def _walked(events: list[Row], life: Life) -> Iterator[Row]:
    """The events in order; which comes first at one instant depends on the life until then."""
    for _, group in groupby(sorted(events, key=_instant), key=_instant):
        at_once = list(group)
        is_settled_first = life.is_open and any(row["event_type"] in LAST for row in at_once)
        yield from sorted(at_once, key=lambda row: _in_order(row, is_settled_first))


def _instant(event: Row) -> datetime:
    at: datetime = event["event_at"]
    return at


def _in_order(event: Row, is_settled_first: bool) -> tuple[int, int, str]:
    kind = event["event_type"]
    if kind == "reopened" and is_settled_first:
        return 3, 0, event["event_id"]
    if kind in FIRST:
        return 0, FIRST.index(kind), event["event_id"]
    if kind in LAST:
        return 2, LAST.index(kind), event["event_id"]
    return 1, 0, event["event_id"]


def _known(seconds: float | None) -> float:
    assert seconds is not None, "the calendar is known wherever tickets are"
    return seconds


def _read(folder: Path) -> list[Row]:
    """All accepted rows of a table, in the order in which they came."""
    rows = []
    for path in folder.glob("*/*.parquet"):
        rows += parquet.ParquetFile(path).read().to_pylist()
    return sorted(rows, key=lambda row: (row["batch"], row["row_number"]))


def _first_versions(rows: list[Row], key: str) -> list[Row]:
    """Events never change: the first that came stays, unless one says that it must disappear."""
    deleted = {row[key] for row in rows if row.get("is_deleted")}
    kept: dict[str, Row] = {}
    for row in rows:
        if row[key] not in deleted:
            kept.setdefault(row[key], row)
    return list(kept.values())


def _newest_versions(rows: list[Row], key: str) -> list[Row]:
    """The newest version stays; a deletion is one too, and final when it bears no instant."""
    final = {row[key] for row in rows if row.get("is_deleted") and row["updated_at"] is None}
    newest: dict[str, Row] = {}
    for row in rows:
        known = newest.get(row[key])
        if known is None or _age(row) > _age(known):
            newest[row[key]] = row
    return [row for row in newest.values() if not row.get("is_deleted") and row[key] not in final]


def _age(row: Row) -> tuple[datetime, bool]:
    return row["updated_at"] or NEVER, bool(row.get("is_deleted"))


def _same(value: Any, expected: Any) -> bool:
    if value is None or expected is None or isinstance(expected, bool):
        return value is expected
    return abs(float(value) - expected) < MILLISECONDS


def as_of_of(build: duckdb.DuckDBPyConnection) -> datetime:
    """Return the as-of instant of the last build, which the caller or the newest event set."""
    [(as_of,)] = build.execute("select as_of from intermediate.int_run_observed").fetchall()
    return as_of.astimezone(UTC)
