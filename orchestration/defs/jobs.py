"""When the warehouse runs: one job, every morning or when a file arrives."""

import json
import time
from dataclasses import asdict, dataclass

import dagster as dg

from orchestration.defs.automation import SCHEDULE_STATUS, SENSOR_STATUS
from orchestration.run.pending import inbox_listing, reasons_to_run
from orchestration.system.paths import data_paths

SETTLED_AFTER_SECONDS = 30
# After an attempt that published nothing: twice as long each time.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 3600

publish_edition = dg.define_asset_job(
    "publish_edition",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Accept, build, gate and publish in one process: the warehouse has one writer.",
)

every_morning = dg.ScheduleDefinition(
    name="every_morning",
    job=publish_edition,
    cron_schedule="0 5 * * *",
    execution_timezone="Europe/Paris",
    default_status=SCHEDULE_STATUS,
)


@dataclass(frozen=True)
class Seen:
    """What the sensor knows of the inbox: the listing that was published last, and the one that a
    run was asked for since, how often, and when last (epoch)."""

    published: str | None = None
    asked: str | None = None
    attempts: int = 0
    asked_at: float = 0

    @property
    def next_attempt_at(self) -> float:
        wait = FIRST_WAIT_SECONDS * 2 ** max(self.attempts - 1, 0)
        return self.asked_at + min(wait, LONGEST_WAIT_SECONDS)


@dg.sensor(job=publish_edition, minimum_interval_seconds=60, default_status=SENSOR_STATUS)
def inbox_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Run while the inbox lists files (names, sizes, times) that are not published yet.

    A run that failed is asked for again, after a while that doubles with each attempt: a lock that
    was held or a full disk is no reason to keep what came from readers for good. A file that
    changed within the last seconds may still be on its way in: wait for the next look.
    """
    seen, paths, now = _read_cursor(context.cursor), data_paths(), time.time()
    listing = inbox_listing(paths.inbox)
    if listing is None or listing.digest == seen.published:
        return dg.SkipReason("No file came or changed.")
    if now - listing.newest < SETTLED_AFTER_SECONDS:
        return dg.SkipReason("A file changed a moment ago: it may not be complete.")
    if not reasons_to_run(paths, None):
        published = Seen(published=listing.digest)
        return dg.SensorResult(
            skip_reason=dg.SkipReason("All that came is published."), cursor=_cursor(published)
        )
    attempts = seen.attempts if seen.asked == listing.digest else 0
    if _is_running(context):
        return dg.SkipReason("A run is under way.")
    has_failed = attempts == 1 and _has_failed(context, _key(listing.digest, attempts))
    if attempts and now < seen.next_attempt_at and not has_failed:
        return dg.SkipReason("The last run published nothing: waiting before the next attempt.")
    asked = Seen(seen.published, listing.digest, attempts + 1, now)
    request = dg.RunRequest(run_key=_key(listing.digest, asked.attempts))
    return dg.SensorResult(run_requests=[request], cursor=_cursor(asked))


def _key(digest: str, attempt: int) -> str:
    """Return the key of a run, of which Dagster never starts a second one."""
    return f"{digest}-{attempt}"


def _cursor(seen: Seen) -> str:
    return json.dumps(asdict(seen))


def _read_cursor(cursor: str | None) -> Seen:
    """Return what the cursor says; nothing for one that is not of this form."""
    try:
        return Seen(**json.loads(cursor or ""))
    except (ValueError, TypeError):
        return Seen()


def _is_running(context: dg.SensorEvaluationContext) -> bool:
    unfinished = [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ]
    return _any_run(context, dg.RunsFilter(job_name=publish_edition.name, statuses=unfinished))


def _has_failed(context: dg.SensorEvaluationContext, key: str) -> bool:
    failed = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    return _any_run(context, dg.RunsFilter(tags={"dagster/run_key": key}, statuses=failed))


def _any_run(context: dg.SensorEvaluationContext, filters: dg.RunsFilter) -> bool:
    try:
        return context.instance.get_runs_count(filters) > 0
    except dg.DagsterInvariantViolationError:
        # evaluated without an instance, nothing is known of runs
        return False
