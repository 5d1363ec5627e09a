"""Which commands `make check` runs for which changed files, and what it says of a failed build."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.system.errors import PilotageError
from tests.check import world
from tests.check.__main__ import commands

MYPY = ["mypy"]


def names(*changed: str) -> list[list[str]]:
    """The commands with what they look at, the options left out."""
    return [
        [word for word in command if not word.startswith("-")]
        for command in commands([Path(one) for one in changed])
    ]


def test_each_kind_of_file_has_its_own_commands() -> None:
    lock = "orchestration/system/lock.py"
    ruff, formatted, mypy, *tests = names(lock)
    assert [ruff, formatted, mypy] == [["ruff", "check", lock], ["ruff", "format", lock], MYPY]
    assert "tests/orchestration/test_lock.py" in tests[0]
    model = "models/marts/core/contacts.sql"
    assert names(model)[0] == ["sqlfluff", "lint", model]


def test_a_file_that_is_gone_is_not_looked_at() -> None:
    assert all(command[0] == "pytest" for command in names("models/marts/core/gone.sql"))


def test_what_dbt_could_not_do_ends_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = SimpleNamespace(success=False, exception=RuntimeError("locked"), result=None)
    monkeypatch.setattr(world, "load_manifest", lambda: None)
    monkeypatch.setattr(world, "invoke", lambda arguments, manifest: outcome)
    with pytest.raises(PilotageError, match="dbt stopped: locked"):
        world.run("build")
