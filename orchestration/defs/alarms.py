"""What Dagster tells people of by itself: runs that failed, and sources that are late."""

import json
from typing import Any

import dagster as dg

from orchestration.defs.automation import SENSOR_STATUS
from orchestration.run.announce import announce_failure, announce_freshness
from orchestration.system import errors
from orchestration.system.paths import data_paths

LOOK_EVERY_SECONDS = 15 * 60


@dg.run_failure_sensor(
    name="run_failures",
    default_status=SENSOR_STATUS,
    description="Tells the channels of notify.yml that want `failure` of a run that failed.",
)
def run_failures(context: dg.RunFailureSensorContext) -> None:
    said, is_refused = _cause(context)
    command = f"Dagster, {context.dagster_run.job_name}"
    for problem in announce_failure(data_paths(), command, said, is_refused):
        context.log.warning(problem)


def _cause(context: dg.RunFailureSensorContext) -> tuple[str, bool]:
    """Return what stopped the run, and whether the gate or a test did; of an error that nobody
    foresaw only its name, because its words may repeat a row."""
    for event in context.get_step_failure_events():
        error: Any = event.step_failure_data.error
        while error and error.cause:
            error = error.cause
        if error:
            known = getattr(errors, error.cls_name or "", None)
            if isinstance(known, type) and issubclass(known, errors.PilotageError):
                words = error.message.strip().removeprefix(f"{known.__module__}.{known.__name__}: ")
                return words, issubclass(known, errors.GateRefused)
            return str(error.cls_name), False
    return "The run ended before a step failed.", False


@dg.sensor(
    name="late_sources",
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=SENSOR_STATUS,
    description="Tells the channels of notify.yml that want `stale_source` of each source that is "
    "late by the clock, once an outage, and when it is fresh again.",
)
def late_sources(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Look at the published edition and the clock. The cursor shows which sources are late, and
    since when; what each channel was told stands in the data directory, for all who look."""
    report = announce_freshness(data_paths())
    for problem in report.problems:
        context.log.warning(problem)
    late = {one.place: one.late_since and one.late_since.isoformat() for one in report.late}
    fresh = report.promised - len(late)
    said = f"{fresh} of {report.promised} sources are fresh."
    if late:
        said = f"Late: {', '.join(late)}. {said}"
    return dg.SensorResult(skip_reason=dg.SkipReason(said), cursor=json.dumps(late))
