"""`pilotage forget`: whom, without a trace in a history of commands, and nothing by accident."""

import io
import re
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import DataPaths
from orchestration.terminal.cli import app
from orchestration.terminal.forgetting import whom

AT = "2026-06-01T10:00:00Z"
EMAIL = "zelda.quillfeather@example.org"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH", "DAGSTER_HOME", "PILOTAGE_PSEUDONYM_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "en")
    inbox = tmp_path / "data" / "landing" / "inbox" / "billing"
    inbox.mkdir(parents=True)
    (inbox / "customers.csv").write_text(
        f"customer_id,email,created_at,updated_at\nC7700123,{EMAIL},{AT},{AT}\n"
    )
    assert CliRunner().invoke(app, ["accept"]).exit_code == 0
    return tmp_path / "data"


def said(*arguments: str, typed: str | None = None) -> tuple[BaseException | None, str]:
    result = CliRunner().invoke(app, ["forget", *arguments], input=typed)
    return result.exception, result.output


def test_standard_input_names_people_and_a_dry_run_changes_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*.parquet")}
    error, output = said("--dry-run", typed=f"{EMAIL}\n")
    assert error is None and re.search(r"accepted: \d+ mentions \(files: 1\)", output)
    assert EMAIL not in output
    assert before == {path: path.read_bytes() for path in root.rglob("*.parquet")}
    assert not (root / "vault" / "suppressed.txt").exists()


def test_nothing_is_forgotten_without_a_yes(root: Path) -> None:
    error, _ = said(typed=f"{EMAIL}\n")
    assert isinstance(error, UsageError) and "--yes" in str(error)
    assert not (root / "vault" / "forgetting.json").exists()


def test_with_a_yes_it_is_done_and_the_operator_told(root: Path) -> None:
    error, output = said("--yes", typed=f"{EMAIL}\n")
    assert error is None and "nothing found" in output and "customers.csv is yours" in output
    assert len(list((root / "receipts").glob("*.json"))) == 1
    error, _ = said("--resume")
    assert isinstance(error, UsageError)


def test_whom_reads_one_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "requests.txt"
    file.write_text("# ticket 12\nC1\n\n C2 \nC1\n")
    assert whom(None, file) == ["C1", "C2"]
    monkeypatch.setattr("sys.stdin", io.StringIO("C3\n"))
    assert whom(None, Path("-")) == ["C3"]
    with pytest.raises(UsageError):
        whom("C1", file)
    with pytest.raises(UsageError):
        whom(None, tmp_path / "none.txt")


def test_a_pull_and_a_forgetting_wait_for_each_other(root: Path) -> None:
    with FileLock(DataPaths(root).pull_lock):
        error, _ = said("--yes", typed=f"{EMAIL}\n")
    assert isinstance(error, PilotageError) and "pull" in str(error)
    assert not (root / "vault" / "forgetting.json").exists()
