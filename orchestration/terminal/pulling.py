"""`pilotage pull`: asks a vendor, and says what came."""

from datetime import UTC, datetime

from orchestration.pull.run import pull
from orchestration.pull.vendors import VENDORS
from orchestration.system.console import stdout
from orchestration.system.errors import UsageError
from orchestration.system.paths import DataPaths


def pull_vendor(paths: DataPaths, name: str, since: str | None) -> None:
    """Pull a vendor by name; `since` is a date, in UTC unless it has an offset.

    `UsageError` for what is neither.
    """
    if name not in VENDORS:
        raise UsageError(f"No vendor is called {name!r}; known are {', '.join(VENDORS)}.")
    try:
        first = _instant(since) if since else None
    except ValueError:
        raise UsageError(f"--since {since!r} is no date; write it as 2026-01-31.") from None
    done = pull(paths, VENDORS[name], first)
    out = stdout()
    for kind, records in done.records.items():
        out.print(f"{kind}: {records:,} records", markup=False)
    if done.files:
        out.print(
            f"{len(done.files)} files in {paths.inbox / name}; `pilotage run` reads them.",
            markup=False,
        )
    else:
        out.print("Nothing new.", markup=False)


def _instant(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
