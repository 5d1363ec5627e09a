"""Dagster's job inside this process, and its interface beside it."""

import logging
import signal
import subprocess
import sys
from pathlib import Path

from orchestration.console import reporter
from orchestration.environment import prepare_dagster_home
from orchestration.errors import PilotageError
from orchestration.paths import PROJECT_ROOT, DataPaths

JOB = "publish_edition"
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_job(as_of: str | None) -> None:
    """Accept, build, gate and publish in one run of the job.

    The run is not kept in Dagster's history: writing its hundreds of events to SQLite takes longer
    than building a small warehouse. What was published, and why, stands beside each edition.
    `as_of` is the user's text. Raises the PilotageError of the step that failed.
    """
    from orchestration.build import parse

    _silence("dagster", "great_expectations")
    with reporter().step("Prepare"):
        parse()
        import dagster as dg

        from orchestration.definitions import defs

        job = defs().resolve_job_def(JOB)
    config = SILENT | {"resources": {"warehouse": {"config": {"as_of": as_of}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        try:
            job.execute_in_process(instance=instance, run_config=config)
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
        except Exception as error:
            raise _own_error(error) or error from error


def serve_interface(paths: DataPaths, port: int) -> int:
    """Run Dagster's interface until it is stopped, and return its exit status."""
    from orchestration.build import parse

    parse()
    prepare_dagster_home(paths)
    dg = Path(sys.executable).with_name("dg")
    # Only this machine: the interface asks nobody who they are.
    address = ["--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([dg, "dev", "--use-active-venv", *address], cwd=PROJECT_ROOT)
    # Ctrl-C reaches Dagster by itself; it needs a while to stop its own processes.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def _silence(*libraries: str) -> None:
    """Keep the libraries' own log lines from the terminal; what matters comes as an error."""
    for library in libraries:
        logger = logging.getLogger(library)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


def _own_error(error: BaseException) -> PilotageError | None:
    """Return the PilotageError behind Dagster's wrapping, or None when there is none."""
    # A library may raise one error while handling another and leave them naming each other.
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, PilotageError):
            return cause
        if cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            waiting += [cause.__cause__, cause.__context__]
    return None
