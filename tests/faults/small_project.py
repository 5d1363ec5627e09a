"""A dbt project of two nodes, built as the product builds: a variable that counts would show."""

import os
import tempfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from orchestration.warehouse import dbt_command

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
EXPECTED = {"numbers": ("success", None), "not_null_numbers_number": ("fail", 1)}


def write_project(folder: Path) -> None:
    """Write a model with a null in it, and the test that finds the null."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))


def results() -> dict[str, tuple[str, Any]]:
    """Build the project that `dbt_command` sees, and return what became of each node."""
    outcome = dbt_command.invoke(["build"])
    assert outcome.exception is None, outcome.exception
    return {result.node.name: (result.status, result.failures) for result in outcome.result}


def built_under(variables: dict[str, str]) -> bool:
    """True when the project is built and tested as ever while the caller sets these variables."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        write_project(Path(folder))
        patch.setattr(dbt_command, "PROJECT_ROOT", Path(folder))
        patch.setenv("PILOTAGE_DATA_DIR", folder)
        patch.setattr(dbt_command, "dbt_target_path", lambda: Path(folder, "target"))
        patch.setattr(dbt_command, "dbt_log_path", lambda: Path(folder, "logs"))
        for name, value in variables.items():
            patch.setenv(name, value)
        before = dict(os.environ)
        try:
            return results() == EXPECTED and dict(os.environ) == before
        except Exception:
            return False
