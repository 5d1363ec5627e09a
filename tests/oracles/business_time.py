"""Business hours the slow way: every local day between two instants, one opening after the other.

Plain Python on the seeds themselves. It shares nothing with the models that it is there to judge.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Opening:
    """A row of business_calendars; `team` None means every team."""

    calendar: str
    team: str | None
    weekday: int
    opens_at: time
    closes_at: time
    valid_from: date
    valid_to: date | None
    time_zone: str | None

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class BusinessHours:
    """What the stewards wrote, and the zone of rows that name none."""

    openings: tuple[Opening, ...]
    holidays: frozenset[tuple[str, date]]
    time_zone: str

    def open_seconds(self, team: str | None, start: datetime, end: datetime) -> float | None:
        """Return the seconds between two instants in which the team was open.

        None where one of them lies on a day (of UTC) of which nobody knows.
        """
        if not all(self._is_known(team, at.astimezone(UTC).date()) for at in (start, end)):
            return None
        day = start.astimezone(UTC).date() - timedelta(days=3)
        last = end.astimezone(UTC).date() + timedelta(days=3)
        spans = []
        while day <= last:
            for opened_at, closed_at in self._on(team, day):
                if opened_at < end and closed_at > start:
                    spans.append((max(opened_at, start), min(closed_at, end)))
            day += timedelta(days=1)
        return _covered(spans)

    def _ruling(self, team: str | None, day: date) -> list[Opening]:
        own = [row for row in self.openings if row.team == team and row.in_force(day)]
        of_all = [row for row in self.openings if row.team is None and row.in_force(day)]
        return own if team is not None and own else of_all

    def _is_known(self, team: str | None, day: date) -> bool:
        """Hours are in force, and each calendar that closes on holidays names some in that year."""
        years: dict[str, set[int]] = {}
        for calendar, closed in self.holidays:
            years.setdefault(calendar, set()).add(closed.year)
        ruling = self._ruling(team, day)
        return bool(ruling) and all(
            day.year in years.get(row.calendar, {day.year}) for row in ruling
        )

    def _on(self, team: str | None, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The openings of a local day as instants."""
        if not self._is_known(team, day):
            return
        for row in self._ruling(team, day):
            if row.weekday != day.isoweekday() or (row.calendar, day) in self.holidays:
                continue
            closing_day = day if row.closes_at > row.opens_at else day + timedelta(days=1)
            zone = row.time_zone or self.time_zone
            yield _instant(day, row.opens_at, zone), _instant(closing_day, row.closes_at, zone)


def read_business_hours(seeds: Path) -> BusinessHours:
    """Read the seeds of a project."""
    parameters = {row["parameter"]: row["value"] for row in _rows(seeds / "parameters.csv")}
    return BusinessHours(
        openings=tuple(
            Opening(
                calendar=row["calendar"],
                team=row["team"] or None,
                weekday=int(row["weekday"]),
                opens_at=time.fromisoformat(row["opens_at"]),
                closes_at=time.fromisoformat(row["closes_at"]),
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                time_zone=row["time_zone"] or None,
            )
            for row in _rows(seeds / "business_calendars.csv")
        ),
        holidays=frozenset(
            (row["calendar"], date.fromisoformat(row["holiday_date"]))
            for row in _rows(seeds / "business_holidays.csv")
        ),
        time_zone=parameters["business_time_zone"],
    )


def _instant(day: date, wall_clock: time, zone: str) -> datetime:
    """The first of two equal times, an hour later where a time is skipped: Python's fold of 0."""
    return datetime.combine(day, wall_clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that at least one span covers."""
    seconds, reached = 0.0, None
    for start, end in sorted(spans):
        if reached is None or start > reached:
            reached = start
        if end > reached:
            seconds += (end - reached).total_seconds()
            reached = end
    return seconds


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
