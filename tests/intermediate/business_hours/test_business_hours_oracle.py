"""Calendars and instants drawn at random: the look-up gives what counting day by day gives.

The calendars have what real ones have one at a time: midday breaks, nights, round-the-clock days,
overlaps, hours that change, teams and zones of their own, clocks that change by an hour or by half.
"""

import random
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.oracles.business_time import BusinessHours, Opening
from tests.oracles.compiled import (
    CALENDAR_MODELS,
    build_calendar,
    compiled,
    compiled_models,
    sandbox,
)

FIRST = datetime(2025, 9, 1, tzinfo=UTC)
AS_OF = datetime(2026, 11, 15, tzinfo=UTC)
TEAMS = (None, "desk", "night", "island", "overseas")
ZONES = (
    None,
    "Europe/Paris",
    "Indian/Antananarivo",
    "America/New_York",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
)
SPANS = """
    select span_id, ended_at_business_clock - began_at_business_clock as open_seconds
    from {{ with_business_clocks("spans", "team", ["began_at", "ended_at"]) }} as clocked
"""


class Sql(NamedTuple):
    models: dict[str, str]
    spans: str


@pytest.fixture(scope="module")
def sql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sql]:
    work = tmp_path_factory.mktemp("compiled")
    yield Sql(compiled_models(CALENDAR_MODELS, work), compiled(SPANS, work))


@pytest.mark.parametrize("seed", range(6))
def test_business_seconds_are_those_counted_day_by_day(sql: Sql, seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    hours = _hours(dice)
    spans = [_span(dice, number) for number in range(250)]
    connection = sandbox(tmp_path, FIRST, AS_OF)
    connection.execute("delete from reference.business_calendars")
    connection.execute("delete from reference.business_holidays")
    connection.executemany(
        "insert into reference.business_calendars values (?, ?, ?, ?, ?, ?, ?, ?)",
        [astuple(opening) for opening in hours.openings],
    )
    connection.executemany(
        "insert into reference.business_holidays values (?, ?, 'a holiday')", list(hours.holidays)
    )
    connection.execute(
        "create table spans (span_id integer, team varchar, began_at timestamptz,"
        " ended_at timestamptz)"
    )
    connection.executemany("insert into spans values (?, ?, ?, ?)", spans)
    build_calendar(connection, sql.models)

    found = dict(connection.execute(sql.spans).fetchall())

    expected = {number: hours.open_seconds(team, *span) for number, team, *span in spans}
    assert {number for number, seconds in found.items() if seconds is None} == {
        number for number, seconds in expected.items() if seconds is None
    }
    known = {number: seconds for number, seconds in expected.items() if seconds is not None}
    assert {number: float(found[number]) for number in known} == pytest.approx(known)
    assert len(set(known.values())) > 50, "an easy test proves little"


def _hours(dice: random.Random) -> BusinessHours:
    openings = []
    for team in TEAMS:
        zone = dice.choice(ZONES)
        for _ in range(dice.randrange(1, 12)):
            valid_from = FIRST.date() + timedelta(days=dice.randrange(-30, 300))
            openings.append(
                Opening(
                    calendar=dice.choice(("standard", "other")),
                    team=team,
                    weekday=dice.randrange(1, 8),
                    opens_at=_time(dice),
                    closes_at=_time(dice),
                    valid_from=dice.choice((date(1900, 1, 1), valid_from)),
                    valid_to=dice.choice(
                        (None, None, valid_from + timedelta(days=dice.randrange(200)))
                    ),
                    time_zone=dice.choice((zone, zone, dice.choice(ZONES))),
                )
            )
    holidays = {
        (dice.choice(("standard", "other")), FIRST.date() + timedelta(days=dice.randrange(440)))
        for _ in range(40)
    }
    return BusinessHours(tuple(openings), frozenset(holidays), "Europe/Paris")


def _time(dice: random.Random) -> time:
    """Often midnight, and the hours in which clocks change."""
    return dice.choice(
        (time(0), time(1, 45), time(2, 30), time(dice.randrange(24), dice.choice((0, 15, 30))))
    )


def _span(dice: random.Random, number: int) -> tuple[int, str | None, datetime, datetime]:
    seconds = (AS_OF - FIRST).total_seconds()
    began = FIRST + timedelta(seconds=dice.choice((0, dice.randrange(int(seconds)))))
    lasted = dice.choice((0, dice.randrange(7200), dice.randrange(300_000), dice.randrange(10**7)))
    ended = min(began + timedelta(seconds=lasted), AS_OF)
    return number, dice.choice((*TEAMS, "unheard_of")), began, ended
