"""A temporary DuckDB database, the world's variables, and the SQL scripts beside this file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from orchestration.demo.effects import (
    STOPPED_DAYS,
    SURGE_BRAND,
    SURGE_DAYS,
    Effects,
)

SQL = Path(__file__).parent / "sql"
END_DATE = date(2026, 7, 1)
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Settings:
    """What determines the demo world, byte for byte. Dates are local days of Paris."""

    customers: int
    months: int
    seed: int
    effects: Effects

    @property
    def start_date(self) -> date:
        """First day: the world always ends on the same day, 30 June 2026."""
        return self.month(0)

    def month(self, number: int) -> date:
        """First day of a month, counted from 0."""
        total = END_DATE.year * 12 + END_DATE.month - 1 - self.months + number
        return date(total // 12, total % 12 + 1, 1)

    @property
    def decision_date(self) -> date:
        """When the decisions took effect: eight months before the end, or in the middle."""
        return self.month(self.months - min(8, self.months // 2)) + timedelta(days=2)

    @property
    def monthly_contacts(self) -> float:
        """Contacts a month to expect, roughly: sizes the staff and the chunks."""
        return 0.72 * self.customers

    @property
    def agent_seats(self) -> int:
        """Front-line seats: at least four dozen, so that teams can be compared."""
        return max(48, int(self.monthly_contacts / 170))

    def variables(self) -> dict[str, Any]:
        """Return the SQL variables that the scripts read."""
        return {
            **asdict(self.effects),
            "seed": self.seed,
            "data_directory": str(SQL.parent),
            "customers": self.customers,
            "aliases": max(8, self.customers // 66),
            "months": self.months,
            "start_date": self.start_date,
            "end_date": END_DATE,
            "start_at": utc(self.start_date),
            "end_at": utc(END_DATE),
            "surge_brand": SURGE_BRAND,
            "surge_from": END_DATE - timedelta(days=SURGE_DAYS),
            "evaluations_until": END_DATE - timedelta(days=STOPPED_DAYS),
            "decision_date": self.decision_date,
            "decision_at": utc(self.decision_date),
            "agent_seats": self.agent_seats,
            # Four evaluated exchanges an agent and month.
            "evaluation_rate": min(0.3, 4 * self.agent_seats / (0.8 * self.monthly_contacts)),
            "panel_rate": 0.002 + min(0.08, 160 / self.customers),
        }


def utc(day: date) -> datetime:
    """Return Paris midnight as a UTC instant without zone."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    return midnight.astimezone(UTC).replace(tzinfo=None)


@cache
def script(name: str) -> str:
    """Return the text of `sql/<name>.sql`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def run(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Run scripts in order."""
    for name in names:
        connection.execute(script(name))


def set_variables(connection: duckdb.DuckDBPyConnection, **values: Any) -> None:
    """Set SQL variables, readable as getvariable('name')."""
    for name, value in values.items():
        connection.execute(f'set variable "{name}" = $1', [value])


@contextmanager
def workshop(
    settings: Settings, threads: int | None, memory_limit: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a temporary database on disk with the variables set; remove it afterwards."""
    with TemporaryDirectory(prefix="pilotage-demo-") as directory:
        connection = duckdb.connect(str(Path(directory) / "world.duckdb"))
        try:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("set preserve_insertion_order = true")
            connection.execute(f"set threads = {threads or os.cpu_count() or 1}")
            if memory_limit:
                connection.execute("set memory_limit = $1", [memory_limit])
            set_variables(connection, **settings.variables())
            yield connection
        finally:
            connection.close()
