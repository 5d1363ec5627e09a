"""The small world, landed and published."""

import shutil
from pathlib import Path

import pytest
from small_world import World, drop_all, plant_elsewhere, publish_edition

from orchestration.landing.contract import Contract, load_contract
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from tests.orchestration.publication.small_marts import verdict_on


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PILOTAGE_PSEUDONYM_KEY", raising=False)


@pytest.fixture(autouse=True)
def _gate_that_passes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate itself takes seconds: only who asks for it by `real_gate` gets it."""
    if "real_gate" not in request.fixturenames:
        monkeypatch.setattr("orchestration.publication.reissue.judge", verdict_on)


@pytest.fixture
def real_gate() -> None:
    """Ask the gate about editions that are issued anew."""


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(PROJECT_ROOT)


@pytest.fixture(scope="session")
def landed_world(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Path:
    """The data directory of the small world, made once."""
    made = World(DataPaths(tmp_path_factory.mktemp("small") / "data"), contract)
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("PILOTAGE_PSEUDONYM_KEY", raising=False)
        drop_all(made)
        made.accept()
        publish_edition(made.paths, "e1")
        plant_elsewhere(made.paths)
    return made.paths.root


@pytest.fixture
def world(tmp_path: Path, contract: Contract, landed_world: Path) -> World:
    """People landed from every kind of file, in an edition, and planted where others write."""
    shutil.copytree(landed_world, tmp_path / "data", symlinks=True)
    return World(DataPaths(tmp_path / "data"), contract)
