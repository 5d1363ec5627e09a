"""The built world that more than one module asks."""

import fcntl
import os
import pickle
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.system.environment import prepare_environment
from orchestration.system.paths import DataPaths
from tests.orchestration.parsed import shared_manifest
from tests.orchestration.worked_examples import Run, build_examples, run_unit_tests


@pytest.fixture(scope="session", autouse=True)
def project_parsed_once() -> Iterator[None]:
    """Whatever is built in this process takes the manifest that all worlds share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.warehouse.build.load_manifest", shared_manifest)
        patch.setattr("orchestration.warehouse.manifest.load_manifest", shared_manifest)
        yield


@pytest.fixture(scope="session")
def worked_examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The worked examples, landed together and built once by the real pipeline, whichever worker
    asks first. dbt's unit tests run on the same tables, of which they take the columns' types."""
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
            reports = build_examples(prepare_environment())
            outcome.write_bytes(pickle.dumps((*reports, run_unit_tests())))
    paths, (accepted, built, unit_tests) = DataPaths(root), pickle.loads(outcome.read_bytes())
    with duckdb.connect(str(paths.marts_db), read_only=True) as marts:
        # what is built and not published
        marts.execute(f"attach '{paths.build_db}' as build (read_only)")
        yield Run(paths, accepted, built, marts, unit_tests)
