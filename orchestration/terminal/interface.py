"""Dagster's interface, for as long as somebody looks at it."""

import signal
import subprocess
import sys
from pathlib import Path

from orchestration.system.environment import prepare_dagster_home
from orchestration.system.paths import PROJECT_ROOT, DataPaths


def serve_interface(paths: DataPaths, port: int) -> int:
    """Run Dagster's interface until it is stopped, and return its exit status."""
    from orchestration.warehouse.manifest import parse

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
