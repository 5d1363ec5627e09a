"""Dagster's interface, for as long as somebody looks at it."""

import signal
import subprocess
import sys

from orchestration.system.environment import environment_of_dagster, prepare_dagster_home
from orchestration.system.paths import PROJECT_ROOT, DataPaths


def serve_interface(paths: DataPaths, port: int, host: str) -> int:
    """Run Dagster's interface with its scheduler until it is stopped; return its exit status.

    It asks nobody who they are: `host` is this machine, unless something else keeps others out.
    """
    from orchestration.warehouse.manifest import parse

    parse()
    prepare_dagster_home(paths)
    # `dg dev` wants a checkout around the code, which an installed package has not
    quiet = ["-W", "ignore:Function `dev_command` is superseded"]
    dagster = [sys.executable, *quiet, "-m", "dagster", "dev", "-m", "orchestration.definitions"]
    address = ["--host", host, "--port", str(port)]
    process = subprocess.Popen([*dagster, *address], cwd=PROJECT_ROOT, env=environment_of_dagster())
    # Ctrl-C reaches Dagster by itself; it needs a while to stop its own processes.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()
