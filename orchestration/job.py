"""Running the Dagster job inside this process, and saying in its stead what went wrong."""

import logging

from orchestration.environment import prepare_dagster_home
from orchestration.errors import GateRefused, PilotageError
from orchestration.paths import DataPaths

JOB = "publish_edition"
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_job(paths: DataPaths, as_of: str | None) -> None:
    """Accept, build, gate and publish in one run of the job, kept in Dagster's history.

    `as_of` is the user's text. Raises the step's own PilotageError, or GateRefused with what
    the gate found.
    """
    from orchestration.build import parse

    parse()
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    import dagster as dg

    from orchestration.definitions import defs

    prepare_dagster_home(paths)
    job = defs().resolve_job_def(JOB)
    config = SILENT | {"resources": {"warehouse": {"config": {"as_of": as_of}}}}
    with dg.DagsterInstance.get() as instance:
        try:
            job.execute_in_process(instance=instance, run_config=config)
        except dg.DagsterAssetCheckFailedError:
            raise GateRefused(_verdict_text(paths)) from None
        except Exception as error:
            raise _own_error(error) from error


def _own_error(error: BaseException) -> BaseException:
    """Return the PilotageError behind Dagster's wrapping, else the error itself."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PilotageError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return error


def _verdict_text(paths: DataPaths) -> str:
    from orchestration.gate import describe, read_verdict
    from orchestration.steps import candidate_path

    verdict = read_verdict(candidate_path(paths))
    return describe(verdict) if verdict else "The gate refused the candidate."
