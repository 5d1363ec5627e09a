"""How many rows a batch has, and when its events were: what freshness is told from."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.contract import TIMES, UPDATED_AT, Column, Table
from orchestration.system import sql
from orchestration.system.files import read_json, write_json
from orchestration.system.paths import DataPaths


@dataclass(frozen=True)
class Profile:
    """Rows, `days` covered by their events, the `newest` and `oldest` instants (ISO 8601, UTC)."""

    rows: int
    days: int | None
    newest: str | None
    oldest: str | None = None

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
        return _take_again(paths, table, batch)


def _take_again(paths: DataPaths, table: Table, batch: int) -> Profile:
    """Read the batch's rows; it may have left no file."""
    if not any(batch_directory(paths, table, batch).glob("*.parquet")):
        return Profile(rows=0, days=None, newest=None)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return take(connection, table, batch_files(paths, table, batch))


def take(connection: duckdb.DuckDBPyConnection, table: Table, files: str) -> Profile:
    """Return the profile of the rows in `files`, a pattern as a literal in SQL."""
    event, times = event_column(table), past_times(table)
    newest = ", ".join(f"max(cast({sql.name(time.name)} as timestamptz))" for time in times)
    select = [
        "count(*)",
        f"count(distinct cast({sql.name(event.name)} as date))" if event else "null",
        f"greatest({newest})" if newest else "null",
        f"min(cast({sql.name(event.name)} as timestamptz))" if event else "null",
    ]
    rows, days, newest_at, oldest_at = connection.execute(
        f"select {', '.join(select)} from read_parquet({files}, hive_partitioning = false)"
    ).fetchall()[0]
    return Profile(rows, days or None, _utc(newest_at), _utc(oldest_at))


def together(paths: DataPaths, table: Table) -> Profile | None:
    """Return what all batches of a table are together, as its last check file says; None without
    any."""
    numbers = batch_numbers(paths, table)
    if not numbers:
        return None
    stored = read_json(paths.arrival_checks(numbers[-1])) or {}
    try:
        return Profile(**stored["together"])
    except (KeyError, TypeError):
        known = None
        for number in numbers:
            known = _added(known, profile(paths, table, number))
        return known


def _added(before: Profile | None, one: Profile) -> Profile:
    if before is None:
        return one
    newest = max(filter(None, (before.newest, one.newest)), default=None)
    oldest = min(filter(None, (before.oldest, one.oldest)), default=None)
    return Profile(before.rows + one.rows, None, newest, oldest)


def _utc(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def write(
    paths: DataPaths, table: Table, batch: int, content: dict[str, Any], taken: Profile
) -> None:
    """Write a batch's check file, whole or not at all, with what the table is up to there."""
    earlier = [number for number in batch_numbers(paths, table) if number < batch]
    before = read_json(paths.arrival_checks(earlier[-1])) if earlier else None
    known: Profile | None = None
    if before and "together" in before:
        known = Profile(**before["together"])
    else:
        for number in earlier:
            known = _added(known, profile(paths, table, number))
    kept = {"profile": asdict(taken), "together": asdict(_added(known, taken))}
    # what is lost can be taken again from the batch
    write_json(paths.arrival_checks(batch), content | kept, lasting=False)


def past_times(table: Table) -> list[Column]:
    """Return the columns that say when something happened; plans for the future do not."""
    return [one for one in table.columns if one.data_type in TIMES and not one.may_be_future]


def event_column(table: Table) -> Column | None:
    """Return the column that dates a row: the first that is required, else the first there is."""
    times = [column for column in past_times(table) if column.name != UPDATED_AT]
    return next((column for column in times if column.required), times[0] if times else None)
