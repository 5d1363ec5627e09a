"""What a run is, no variable of the caller's decides; our own are listed with what they do."""

import os
import re
import subprocess
import sys

import pytest

from orchestration.system.environment import (
    DBT_PLACES,
    environment_of_dagster,
    forget_settings_of_dbt,
)
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse import build
from tests.faults.variables import UNLISTED, hostile
from tests.orchestration.parsed import parsed_once

OPERATIONS = PROJECT_ROOT / "docs" / "operations.md"


def test_dbt_lists_no_variable_that_would_stay() -> None:
    assert len(hostile()) > 100
    assert {name for name in hostile() if not name.startswith("DBT_")} == set()


def test_all_of_them_are_gone_before_dbt_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hostile().items():
        monkeypatch.setenv(name, value)
    forget_settings_of_dbt()
    assert {name for name in os.environ if name.startswith("DBT_")} == set(DBT_PLACES)


@pytest.mark.parametrize("module", ["orchestration.definitions", "orchestration.terminal.cli"])
def test_nothing_of_dbt_is_imported_before_they_are_gone(module: str) -> None:
    """Dagster imports our definitions, and they dbt; a command imports dbt when it needs it."""
    program = (
        f"import os, sys; sys.path.insert(0, {str(PROJECT_ROOT)!r})\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        is_dbt = name.split('.')[0] in ('dbt', 'dbt_common')\n"
        "        if is_dbt and 'DBT_RECORDER_MODE' in os.environ:\n"
        "            raise SystemExit(f'{name} is imported')\n"
        "sys.meta_path.insert(0, Watch())\n"
        f"import {module}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | UNLISTED,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is imported" not in done.stderr


def test_dagster_is_started_with_none_of_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY", "DAGSTER_DEFAULT_IO_MANAGER_MODULE"):
        monkeypatch.setenv(name, "x")
    found = {name for name in environment_of_dagster() if name.startswith("DAGSTER_")}
    assert found == {"DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY"}


def test_our_own_variables_are_listed_with_what_they_do() -> None:
    read = set()
    for file in [*PROJECT_ROOT.glob("orchestration/**/*.py"), PROJECT_ROOT / "profiles.yml"]:
        read |= set(re.findall(r"[\"'](PILOTAGE_[A-Z_]+)[\"']", file.read_text(encoding="utf-8")))
    listed = re.findall(r"^\| `(PILOTAGE_[A-Z_]+)`", OPERATIONS.read_text("utf-8"), re.MULTILINE)
    assert sorted(read) == sorted(listed)


def test_what_dbt_left_out_is_no_success() -> None:
    """Every model, seed and test that a build was to make or ask is counted."""
    expected = build.counted_nodes(parsed_once())
    tests = {one for one in expected if one.startswith("test.")}
    assert len(tests) > 300
    assert build._left_out(expected, expected) is None
    said = str(build._left_out(expected, expected - tests))
    assert f"dbt left out {len(tests)} of {len(expected)} models, seeds and tests" in said
