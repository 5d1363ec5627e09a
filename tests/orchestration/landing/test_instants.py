"""Texts become instants in UTC: with an offset as they say, without one in the source's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from orchestration.landing import instants


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def utc(con, written: list[str], zone: str = "Europe/Paris") -> list[str | None]:
    """The instants that texts mean, shown in UTC."""
    rows = con.execute(
        f"""
        select strftime({instants.instant("t", "k", "w", zone)}, '%Y-%m-%dT%H:%M:%S.%g')
        from (select *, {instants.wall_clock("t", "k")} as w from (
            select *, {instants.form("t")} as k from (select unnest($1::varchar[]) as t)
        ))
        """,
        [written],
    ).fetchall()
    return [found.removesuffix(".000") if found else None for (found,) in rows]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-15T10:00:00Z", "2026-01-15T10:00:00"),
        ("2026-01-15 10:00:00Z", "2026-01-15T10:00:00"),
        ("2026-01-15T10:00:00z", "2026-01-15T10:00:00"),
        ("2026-01-15T10:00:00 Z", "2026-01-15T10:00:00"),
        ("2026-01-15 10:00:00 UTC", "2026-01-15T10:00:00"),
        ("2026-01-15T10:00:00+02:00", "2026-01-15T08:00:00"),
        ("2026-01-15T10:00:00+0200", "2026-01-15T08:00:00"),
        ("2026-01-15T10:00:00+02", "2026-01-15T08:00:00"),
        ("2026-01-15 10:00:00 +02:00", "2026-01-15T08:00:00"),
        ("2026-01-15T10:00:00-05:30", "2026-01-15T15:30:00"),
        ("2026-01-15T10:00:00+14:00", "2026-01-14T20:00:00"),
        ("2026-01-15T10:00+02:00", "2026-01-15T08:00:00"),
        ("2026-01-15T10:00Z", "2026-01-15T10:00:00"),
        ("2026-01-15T10:00:00.250+01:00", "2026-01-15T09:00:00.250"),
        ("2026-01-15T10:00:00,5Z", "2026-01-15T10:00:00.500"),
        ("2026-01-15T10:00:00.123456789Z", "2026-01-15T10:00:00.123"),
        ("2026-01-15T10:00:00", "2026-01-15T09:00:00"),
        ("2026-07-15 10:00", "2026-07-15T08:00:00"),
        ("2026-07-15", "2026-07-14T22:00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T22:59:59"),
    ],
)
def test_iso_8601_with_and_without_offset(con, written: str, meant: str) -> None:
    assert utc(con, [written]) == [meant]


@pytest.mark.parametrize(
    "written",
    [
        "15/01/2026 10:00",
        "2026/01/15 10:00:00",
        "2026-1-15 10:00:00",
        "2026-01-15T10",
        "2026-01-15T10:00:0Z",
        "-026-01-15T10:00:00",
        "2026-01-15 10:00:00 Europe/Paris",
        "2026-01-15T10:00:00+25:00",
        "2026-02-30T10:00:00Z",
        "2026-01-15T25:00:00",
        "2026-01-15 (BC)",
        "epoch",
        "infinity",
        "1768471200",
        "soon",
    ],
)
def test_anything_else_is_no_instant(con, written: str) -> None:
    assert utc(con, [written]) == [None]


def test_the_hour_that_autumn_repeats_is_its_first_occurrence(con) -> None:
    assert utc(con, ["2026-10-25T02:30:00"]) == ["2026-10-25T00:30:00"]
    assert utc(con, ["2026-10-25T03:00:00"]) == ["2026-10-25T02:00:00"]
    assert utc(con, ["2026-11-01T01:30:00"], "America/New_York") == ["2026-11-01T05:30:00"]


def test_the_hour_that_spring_skips_does_not_exist(con) -> None:
    written = ["2026-03-29T02:00:00", "2026-03-29T02:59:59", "2026-03-29T01:59:59"]
    assert utc(con, written) == [None, None, "2026-03-29T00:59:59"]
    assert utc(con, ["2026-03-29T03:00:00"]) == ["2026-03-29T01:00:00"]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC"])
def test_every_half_hour_of_a_year_agrees_with_the_time_zone_database(con, zone: str) -> None:
    tz, start = ZoneInfo(zone), datetime(2026, 1, 1)
    clocks = [start + timedelta(minutes=30 * step) for step in range(2 * 24 * 366)]
    expected = []
    for clock in clocks:
        moment = clock.replace(tzinfo=tz, fold=0).astimezone(UTC)
        exists = moment.astimezone(tz).replace(tzinfo=None) == clock
        expected.append(f"{moment:%Y-%m-%dT%H:%M:%S}" if exists else None)
    assert utc(con, [f"{clock:%Y-%m-%dT%H:%M:%S}" for clock in clocks], zone) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-02-28", "2026-02-28"),
        ("2026-02-28T00:00:00", "2026-02-28"),
        ("2026-02-28 00:00:00.000", "2026-02-28"),
        ("2026-02-28 00:00:00+00", "2026-02-28"),
        ("2026-02-30", None),
        ("2026-02-28T10:00:00", None),
        ("28/02/2026", None),
        ("2026-2-28", None),
        ("20260228", None),
    ],
)
def test_dates(con, written: str, meant: str | None) -> None:
    found = con.execute(f"select ({instants.date('t')})::varchar from (select $1 as t)", [written])
    assert found.fetchone() == (meant,)
