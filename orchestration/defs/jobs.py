"""When the warehouse runs: one job, every morning or when a file arrives."""

import time

import dagster as dg

from orchestration.run.pending import inbox_listing
from orchestration.system.paths import data_paths

SETTLED_AFTER_SECONDS = 30

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
)


@dg.sensor(job=publish_edition, minimum_interval_seconds=60)
def inbox_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Run when the inbox lists other files (names, sizes, times) than at the last run.

    A file that changed within the last seconds may still be on its way in: wait for the next look.
    """
    listing = inbox_listing(data_paths().inbox)
    if listing is None or listing.digest == context.cursor:
        return dg.SkipReason("No file came or changed.")
    if time.time() - listing.newest < SETTLED_AFTER_SECONDS:
        return dg.SkipReason("A file changed a moment ago: it may not be complete.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=listing.digest)], cursor=listing.digest
    )
