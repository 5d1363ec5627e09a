"""One command writes at a time; who waits learns for whom, and a dead holder holds nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.system.errors import PilotageError
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths

HOLDER = """
import sys
from pathlib import Path
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths
with hold(DataPaths(Path(sys.argv[1])), "pilotage run"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another_process(root: Path) -> Iterator[subprocess.Popen]:
    """Hold the lock in a second process until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def test_a_second_process_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    with held_by_another_process(tmp_path) as holder:
        with pytest.raises(PilotageError) as error, hold(paths, "pilotage build"):
            pass
        assert f"`pilotage run` (pid {holder.pid}) has held {paths.lock} since " in str(error.value)
        assert "\n" not in str(error.value)


def test_the_lock_is_free_after_its_holder_is_killed(tmp_path: Path) -> None:
    with held_by_another_process(tmp_path) as holder:
        holder.kill()
        holder.wait()
        with hold(DataPaths(tmp_path), "pilotage build"):
            assert f'"pid": {os.getpid()}' in DataPaths(tmp_path).lock.read_text()


def test_the_lock_is_free_after_the_block(tmp_path: Path) -> None:
    with hold(DataPaths(tmp_path), "pilotage build"):
        pass
    with held_by_another_process(tmp_path):
        pass


def test_the_same_process_may_hold_it_twice(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    with hold(paths, "pilotage run"):
        with hold(paths, "Dagster run"):
            pass
        # The inner block must not have let go of it.
        refused = subprocess.run(
            [sys.executable, "-c", HOLDER, str(tmp_path)], capture_output=True, text=True, input=""
        )
        assert "`pilotage run`" in refused.stderr
