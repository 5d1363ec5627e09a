"""What dbt must know about a run, and what the last successful build knew.

`warehouse/run_context.json` is written before dbt and read by it as a source;
`warehouse/built.json` is written after a build that succeeded.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from orchestration.system.errors import UsageError
from orchestration.system.files import read_json, write_json
from orchestration.system.paths import DataPaths
from orchestration.system.seals import SEAL, flaw, sealed

BUSINESS_ZONE = ZoneInfo("Europe/Paris")
KIND = "built"
Record = TypeVar("Record", "RunContext", "Built")


@dataclass(frozen=True)
class RunContext:
    """One run: `as_of` is an instant in UTC or None (now); batches are numbers of the ledger.

    Batches in (`previous_batch`, `latest_batch`] are new to the warehouse, which was built as of
    `previous_as_of`. `checked_at` is the instant that freshness is judged by.
    `project_fingerprint` is set when the run builds.
    """

    edition: str
    as_of: str | None
    previous_batch: int
    latest_batch: int
    previous_as_of: str | None
    started_at: str | None = None
    checked_at: str | None = None
    project_fingerprint: str | None = None


@dataclass(frozen=True)
class Built:
    """The last successful build of the whole project.

    `as_of` is what the caller gave. `observed` is what the models looked from, instant and date,
    as the engine writes them. `files` says what the warehouse's files were when it ended, in the
    data directory `root`. Not `is_whole` once a build on top of it has failed.
    """

    edition: str
    as_of: str | None
    latest_batch: int
    fingerprint: str
    finished_at: str
    observed: list[str | None]
    files: list[list[int]]
    root: str
    is_whole: bool = True


def parse_as_of(text: str, today: date | None = None, option: str = "--as-of") -> str:
    """Return an instant in UTC, ISO 8601 with `Z`, from a date or an instant.

    A date means the end of that day in Europe/Paris; an instant without offset is Paris time.
    Raises UsageError when it cannot be read or lies in the future.
    """
    today = today or datetime.now(BUSINESS_ZONE).date()
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            instant = datetime.combine(day + timedelta(days=1), time(), BUSINESS_ZONE)
        else:
            instant = datetime.fromisoformat(text)
            instant = instant if instant.tzinfo else instant.replace(tzinfo=BUSINESS_ZONE)
            day = instant.astimezone(BUSINESS_ZONE).date()
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {text!r} is neither a date nor an instant; "
            "write 2026-06-30 or 2026-06-30T18:00:00+02:00."
        ) from None
    if day > today:
        raise UsageError(f"{option} {text} lies in the future; give a day up to {today}.")
    return _utc(instant)


def new_context(
    latest_batch: int,
    built: Built | None,
    as_of: str | None = None,
    now: datetime | None = None,
    checked_at: str | None = None,
) -> RunContext:
    """Describe a run that starts now on top of the last successful build.

    Freshness is judged from `checked_at`, else from the instant that the caller looks from, else
    from now.
    """
    now = now or datetime.now(UTC)
    return RunContext(
        edition=f"{now:%Y%m%dT%H%M%SZ}-{latest_batch:08d}",
        as_of=as_of,
        previous_batch=built.latest_batch if built else 0,
        latest_batch=latest_batch,
        previous_as_of=built.observed[0] if built else None,
        started_at=_utc(now),
        checked_at=as_of or checked_at or _utc(now),
    )


def write_context(paths: DataPaths, context: RunContext) -> None:
    write_json(paths.run_context, asdict(context))


def read_context(paths: DataPaths) -> RunContext | None:
    """Return the last run's context; None when there is none or it cannot be read."""
    return _read(paths.run_context, RunContext)


def write_built(paths: DataPaths, built: Built) -> None:
    write_json(_built_path(paths), sealed(asdict(built), KIND))


def forget_built(paths: DataPaths) -> None:
    """Say that the warehouse holds nothing whole, until the next build succeeds."""
    _built_path(paths).unlink(missing_ok=True)


def read_built(paths: DataPaths) -> Built | None:
    """Return the last successful build; None means that nothing is known, so build afresh.

    Nothing is known, either, of a record that was altered, or is not signed by the operator's key.
    """
    stored = read_json(_built_path(paths))
    return _record(stored, Built) if stored and flaw(stored, KIND) is None else None


def _built_path(paths: DataPaths) -> Path:
    return paths.warehouse / "built.json"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _read(path: Path, kind: type[Record]) -> Record | None:
    try:
        return _record(json.loads(path.read_text(encoding="utf-8")), kind)
    except (OSError, ValueError):
        return None


def _record(stored: dict[str, Any], kind: type[Record]) -> Record | None:
    try:
        return kind(**{name: one for name, one in stored.items() if name != SEAL})
    except (TypeError, AttributeError):
        return None
