"""dbt does what the command says, whatever the caller's environment would have it do."""

import os
from contextlib import nullcontext
from pathlib import Path

import pytest
import yaml
from dbt_common.exceptions import DbtRuntimeError

from orchestration.run.steps import initialise
from orchestration.system.paths import PROJECT_ROOT, data_paths
from orchestration.warehouse import dbt_command
from orchestration.warehouse.landed_first import Plugin as LandedFirst
from tests.faults.small_project import EXPECTED, results, write_project
from tests.faults.variables import hostile


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project of one model with a null in it, and the test that finds the null."""
    write_project(tmp_path)
    monkeypatch.setattr(dbt_command, "PROJECT_ROOT", tmp_path)
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(dbt_command, "dbt_target_path", lambda: tmp_path / "target")
    monkeypatch.setattr(dbt_command, "dbt_log_path", lambda: tmp_path / "logs")
    return tmp_path


def test_no_variable_of_dbt_changes_what_is_built_and_tested(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in hostile().items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    assert results() == EXPECTED
    assert (project / "target" / "manifest.json").exists()
    assert dict(os.environ) == before


def test_dbt_alone_does_what_its_variables_say(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test above would say nothing."""
    monkeypatch.setattr(dbt_command, "_own_settings", nullcontext)
    monkeypatch.setenv("DBT_RESOURCE_TYPES", "model")
    assert results().keys() == {"numbers"}


def test_a_plain_dbt_build_says_what_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path))
    with pytest.raises(DbtRuntimeError, match="run `pilotage accept` first"):
        LandedFirst("landed_first", {})
    initialise(data_paths())
    assert LandedFirst("landed_first", {}).name == "landed_first"


def test_dbt_asks_it_before_it_opens_a_database() -> None:
    profile = yaml.safe_load((PROJECT_ROOT / "profiles.yml").read_text(encoding="utf-8"))
    (plugin,) = profile["pilotage"]["outputs"]["local"]["plugins"]
    assert plugin["module"] == LandedFirst.__module__
