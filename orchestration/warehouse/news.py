"""What is new since the last successful build, and what the warehouse was when that ended."""

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb

from orchestration.landing.ledger import BatchRecord
from orchestration.system.files import wal_path
from orchestration.system.hashes import stamp
from orchestration.system.paths import DataPaths
from orchestration.warehouse.reach import AS_OF, News
from orchestration.warehouse.run_context import Built, RunContext

# The view that finds the as-of instant anew, and the table that holds what the last build found.
FOUND, OBSERVED = "int_as_of_found", AS_OF


def why_everything(paths: DataPaths, built: Built) -> str | None:
    """Return why the warehouse may hold something else than the last successful build left there.

    Then what new batches reach is not enough, and every model is built. A build that failed has
    left some models newer than others; by hand or by a plain `dbt build` anything may have changed.
    """
    if built.root != str(paths.root):
        return "the data directory was moved"
    if not built.is_whole:
        return "the last build failed"
    if built.files != file_stamps(paths):
        return "the warehouse was written to since the last build"
    return None


def find_news(paths: DataPaths, built: Built, ledger: Sequence[BatchRecord]) -> News:
    """Return what has landed since the last successful build, and whether it moves the as-of.

    `run_context.json` has to be this run's. Raises duckdb.Error when the warehouse cannot say.
    """
    new = [record for record in ledger if record.batch > built.latest_batch]
    as_of, as_of_date = observe(paths, FOUND)
    return News(
        tables=frozenset(
            (str(record.source), str(record.table)) for record in new if record.accepted
        ),
        as_of_moved=as_of != built.observed[0],
        date_moved=as_of_date != built.observed[1],
    )


def built_now(paths: DataPaths, context: RunContext, fingerprint: str) -> Built:
    """Describe the build that has just ended, in that warehouse as it stands."""
    return Built(
        edition=context.edition,
        as_of=context.as_of,
        latest_batch=context.latest_batch,
        fingerprint=fingerprint,
        finished_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        observed=observe(paths, OBSERVED),
        files=file_stamps(paths),
        root=str(paths.root),
    )


def observe(paths: DataPaths, relation: str) -> list[str | None]:
    """Return the as-of instant and its date, as texts in UTC, from one of the run's models."""
    with duckdb.connect(str(paths.build_db), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        row = connection.execute(
            "select cast(as_of as varchar), cast(as_of_date as varchar) "
            f"from intermediate.{relation}"
        ).fetchone()
    return list(row)


def file_stamps(paths: DataPaths) -> list[list[int]]:
    """Return what tells the warehouse's files, and their logs, from any that were written since."""
    files = [paths.build_db, paths.marts_db]
    logs = map(wal_path, files)
    stats = [path.stat() if path.exists() else None for path in (*files, *logs)]
    return [stamp(one) if one else [] for one in stats]
