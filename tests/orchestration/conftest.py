"""The built world that more than one module asks."""

import fcntl
import os
import pickle
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.environment import prepare_environment
from orchestration.paths import DataPaths
from tests.orchestration.worked_examples import Run, build_examples


@pytest.fixture(scope="session")
def worked_examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The worked examples, landed together and built once by the real pipeline, whichever worker
    asks first."""
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        # all workers of one session have this one
        folder = folder.parent
    root, outcome = folder / "worked_examples", folder / "worked_examples.pickle"
    with (folder / "worked_examples.lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("PILOTAGE_DATA_DIR", str(root))
        patch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
        if not outcome.exists():
            outcome.write_bytes(pickle.dumps(build_examples(prepare_environment())))
    paths, (accepted, built) = DataPaths(root), pickle.loads(outcome.read_bytes())
    with duckdb.connect(str(paths.marts_db), read_only=True) as marts:
        yield Run(paths, accepted, built, marts)
