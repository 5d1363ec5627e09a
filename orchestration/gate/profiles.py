"""What a batch of accepted rows looks like in a few numbers: the memory that arrival checks use."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.contract import TIMES, UPDATED_AT, Column, Table
from orchestration.system import sql
from orchestration.system.files import write_json
from orchestration.system.paths import DataPaths

MOST_VALUES = 50


@dataclass(frozen=True)
class Profile:
    """One batch: `days` covered by its events, the `newest` and `oldest` instants (ISO 8601, UTC).

    `null_shares` by optional column, `shares` by coded column and value; shares lie in [0, 1].
    """

    rows: int
    days: int | None
    newest: str | None
    oldest: str | None = None
    null_shares: dict[str, float] = field(default_factory=dict)
    shares: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def rows_per_day(self) -> float | None:
        return self.rows / self.days if self.days else None

    @property
    def newest_at(self) -> datetime | None:
        return datetime.fromisoformat(self.newest) if self.newest else None

    @property
    def oldest_at(self) -> datetime | None:
        return datetime.fromisoformat(self.oldest) if self.oldest else None


def batch_numbers(paths: DataPaths, table: Table) -> list[int]:
    """Return the accepted batches of a table, oldest first; 0 holds its columns only."""
    directory = paths.accepted / table.source / table.name
    numbers = (path.name.removeprefix("batch=") for path in directory.glob("batch=*"))
    return sorted(int(number) for number in numbers if number.isdigit() and int(number) > 0)


def batch_directory(paths: DataPaths, table: Table, batch: int) -> Path:
    return paths.accepted / table.source / table.name / f"batch={batch}"


def batch_files(paths: DataPaths, table: Table, batch: int) -> str:
    """Return the pattern of a batch's files as a literal in SQL."""
    return sql.text(sql.pattern(batch_directory(paths, table, batch), "*.parquet"))


def profile(paths: DataPaths, table: Table, batch: int) -> Profile:
    """Return the profile of a batch, from its check file when it has been taken before."""
    try:
        stored = json.loads(paths.arrival_checks(batch).read_text(encoding="utf-8"))
        return Profile(**stored["profile"])
    except (OSError, ValueError, KeyError, TypeError):
        return take(paths, table, batch)


def take(paths: DataPaths, table: Table, batch: int) -> Profile:
    """Read the batch's rows and return their profile; a batch may have left no file."""
    if not any(batch_directory(paths, table, batch).glob("*.parquet")):
        return Profile(rows=0, days=None, newest=None)
    event, times = event_column(table), past_times(table)
    optional, coded = optional_columns(table), coded_columns(table)
    newest = ", ".join(f"max(cast({sql.name(time.name)} as timestamptz))" for time in times)
    select = [
        "count(*)",
        f"count(distinct cast({sql.name(event.name)} as date))" if event else "null",
        f"greatest({newest})" if newest else "null",
        f"min(cast({sql.name(event.name)} as timestamptz))" if event else "null",
        *(f"count({sql.name(column.name)})" for column in optional),
    ]
    source = f"from read_parquet({batch_files(paths, table, batch)}, hive_partitioning = false)"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows, days, newest_at, oldest_at, *filled = connection.execute(
            f"select {', '.join(select)} {source}"
        ).fetchone()
        shares = {
            column.name: _shares(
                connection.execute(
                    f"select {sql.name(column.name)}, count(*) {source} "
                    f"where {sql.name(column.name)} is not null group by all order by all"
                ).fetchall()
            )
            for column in coded
        }
    return Profile(
        rows=rows,
        days=days or None,
        newest=_utc(newest_at),
        oldest=_utc(oldest_at),
        null_shares={
            column.name: 1 - count / rows for column, count in zip(optional, filled, strict=True)
        }
        if rows
        else {},
        shares={name: values for name, values in shares.items() if len(values) <= MOST_VALUES},
    )


def _utc(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _shares(counts: Iterable[tuple[str, int]]) -> dict[str, float]:
    counts = list(counts)
    total = sum(count for _, count in counts)
    return {value: count / total for value, count in counts}


def write(paths: DataPaths, batch: int, content: dict[str, Any], taken: Profile) -> None:
    """Write a batch's check file, whole or not at all."""
    # what is lost can be taken again from the batch
    write_json(paths.arrival_checks(batch), content | {"profile": asdict(taken)}, lasting=False)


def past_times(table: Table) -> list[Column]:
    """Return the columns that say when something happened; plans for the future do not."""
    return [one for one in table.columns if one.data_type in TIMES and not one.may_be_future]


def event_column(table: Table) -> Column | None:
    """Return the column that dates a row: the first that is required, else the first there is."""
    times = [column for column in past_times(table) if column.name != UPDATED_AT]
    return next((column for column in times if column.required), times[0] if times else None)


def optional_columns(table: Table) -> list[Column]:
    return [one for one in table.columns if not one.required and one.name not in table.key]


def coded_columns(table: Table) -> list[Column]:
    """Return the columns that hold one of a few codes, never anything about a person."""
    return [
        column
        for column in table.columns
        if column.data_type == "varchar"
        and column.pii == "none"
        and (column.allowed or column.name == "channel")
    ]
