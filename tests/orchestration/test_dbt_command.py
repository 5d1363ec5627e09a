"""dbt does what the command says, whatever the caller's environment would have it do."""

import os
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from dbt_common.exceptions import DbtRuntimeError

from orchestration.run.steps import initialise
from orchestration.system.paths import PROJECT_ROOT, data_paths
from orchestration.warehouse import dbt_command
from orchestration.warehouse.landed_first import Plugin as LandedFirst

FILES = {
    "dbt_project.yml": "name: small\nprofile: small\n",
    "profiles.yml": """
        small:
          target: local
          outputs:
            local: {type: duckdb, path: "{{ env_var('PILOTAGE_DATA_DIR') }}/small.duckdb"}
        """,
    "models/numbers.sql": "select null as number union all select {{ var('other', 1) }}",
    "models/numbers.yml": """
        models:
          - name: numbers
            columns: [{name: number, data_tests: [not_null]}]
        """,
}
FOREIGN = {
    "DBT_RESOURCE_TYPES": "model",
    "DBT_EXCLUDE_RESOURCE_TYPES": "test",
    "DBT_INDIRECT_SELECTION": "empty",
    "DBT_FULL_REFRESH": "true",
    "DBT_EMPTY": "true",
    "DBT_FAIL_FAST": "true",
    "DBT_STORE_FAILURES": "true",
    "DBT_WARN_ERROR": "true",
    "DBT_WRITE_JSON": "false",
    "DBT_TARGET": "nowhere",
    "DBT_PROFILE": "nobody",
    "DBT_PROJECT_DIR": "/nowhere",
    "DBT_PROFILES_DIR": "/nowhere",
    "DBT_ENGINE_RESOURCE_TYPES": "model",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project of one model with a null in it, and the test that finds the null."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
    monkeypatch.setattr(dbt_command, "PROJECT_ROOT", tmp_path)
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    return tmp_path


def test_no_variable_of_dbt_changes_what_is_built_and_tested(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    outcome = dbt_command.invoke(["build"])
    assert outcome.exception is None
    found = {result.node.name: (result.status, result.failures) for result in outcome.result}
    assert found == {"numbers": ("success", None), "not_null_numbers_number": ("fail", 1)}
    assert (project / "target" / "manifest.json").exists()
    assert dict(os.environ) == before


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
