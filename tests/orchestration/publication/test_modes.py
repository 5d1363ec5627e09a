"""What is written is for its owner alone; what is published, everybody reads."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.publication.editions import Edition
from orchestration.publication.recovery import prune, rollback
from orchestration.system.environment import prepare_environment
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths


@pytest.fixture(autouse=True)
def _as_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path / "data"))
    before = os.umask(0o022)
    prepare_environment()
    yield
    os.umask(before)


def modes(root: Path) -> dict[str, int]:
    return {
        str(path.relative_to(root)): stat.S_IMODE(path.stat().st_mode)
        for path in [root, *root.rglob("*")]
        if not path.is_symlink()
    }


def test_readers_read_all_that_is_published(
    paths: DataPaths, published: Callable[[str], Edition]
) -> None:
    for edition in ("e1", "e2", "e3"):
        published(edition)
    rollback(paths, "e2")
    prune(paths, 1)
    for path, mode in modes(paths.published).items():
        is_directory = (paths.published / path).is_dir()
        assert mode & 0o055 == (0o055 if is_directory else 0o044), (path, oct(mode))


def test_everything_else_is_private(paths: DataPaths, published: Callable[[str], Edition]) -> None:
    published("e1")
    for file in (paths.warehouse / "new.json", paths.root / "dbt" / "target" / "run.json"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((paths.root / "dbt").stat().st_mode) == 0o700


def test_readers_pass_through_a_new_data_directory(tmp_path: Path) -> None:
    with hold(DataPaths(tmp_path / "new"), "pilotage run"):
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o711
