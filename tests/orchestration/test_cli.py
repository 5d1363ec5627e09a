"""The commands' promises: exit statuses, one-line errors, nothing heavy where nothing is done."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths

COMMANDS = [
    "init",
    "accept",
    "build",
    "gate",
    "publish",
    "rollback",
    "editions",
    "status",
    "kpi",
    "explain",
    "open",
    "demo",
    "run",
    "decide",
    "digest",
    "check-freshness",
    "accept-batch",
    "notify",
    "clean",
    "dev",
]
HEAVY = ("dagster", "dagster_dbt", "dbt", "great_expectations", "pandas", "pyarrow")


def pilotage(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run one command on the data directory `root`, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration", *arguments],
        env=os.environ | {"PILOTAGE_DATA_DIR": str(root)} | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def assert_refused(done: subprocess.CompletedProcess, status: int, *words: str) -> None:
    """The error names what, where and what next on standard error, in at most two lines."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.strip().splitlines()) <= 2
    for word in words:
        assert word in done.stderr


def test_help_lists_every_command(tmp_path: Path) -> None:
    done = pilotage(tmp_path, "--help")
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    done = pilotage(tmp_path, command, "--help")
    assert done.returncode == 0
    assert f"Usage: python -m orchestration {command}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["run", "--fast"], ["demo", "--customers", "none"], ["demo", "--months=0"]],
)
def test_bad_usage_exits_2(tmp_path: Path, arguments: list[str]) -> None:
    done = pilotage(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "build"])
def test_a_wrong_as_of_exits_2_and_touches_nothing(tmp_path: Path, command: str) -> None:
    assert_refused(
        pilotage(tmp_path, command, "--as-of", "soon"), 2, "--as-of 'soon'", "2026-06-30"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_demo_size_exits_2(tmp_path: Path) -> None:
    done = pilotage(tmp_path, "run", PILOTAGE_DEMO_CUSTOMERS="many")
    assert_refused(done, 2, "PILOTAGE_DEMO_CUSTOMERS='many'")


def test_a_data_directory_that_is_a_file_exits_2(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_refused(
        pilotage(tmp_path / "file", "init"), 2, str(tmp_path / "file"), "PILOTAGE_DATA_DIR"
    )


def test_two_editions_to_roll_back_to_exit_2(tmp_path: Path) -> None:
    assert_refused(pilotage(tmp_path, "rollback", "one", "--to", "two"), 2, "one", "two")


def test_a_run_says_what_it_clears_after_a_crash(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    file = paths.inbox / "interactions" / "contacts.csv"
    file.parent.mkdir(parents=True)
    file.write_text("contact_id\n")
    paths.published.mkdir()
    (paths.published / ".pilotage.duckdb.partial").write_bytes(b"half")
    # an unusable key ends the run right after
    done = pilotage(tmp_path, "run", PILOTAGE_PSEUDONYM_KEY="short")
    assert done.stdout.splitlines() == ["Removed the half-made .pilotage.duckdb.partial."]
    assert done.returncode == 2


def test_a_command_waits_for_nobody(tmp_path: Path) -> None:
    with hold(DataPaths(tmp_path), "pilotage run"):
        done = pilotage(tmp_path, "build")
    assert_refused(done, 1, f"`pilotage run` (pid {os.getpid()})", "wait for it or stop it")


def test_reading_commands_need_no_lock(tmp_path: Path) -> None:
    with hold(DataPaths(tmp_path), "pilotage run"):
        assert pilotage(tmp_path, "status").returncode == 0
        assert pilotage(tmp_path, "editions").returncode == 0


@pytest.mark.parametrize("command", ["gate", "publish"])
def test_without_a_build_there_is_nothing_to_gate_or_publish(tmp_path: Path, command: str) -> None:
    assert_refused(pilotage(tmp_path, command), 1, "marts.duckdb", "`pilotage build`")


def test_an_unforeseen_error_is_one_line_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "built.json").mkdir()
    (tmp_path / "pilotage.lock").mkdir()
    assert_refused(pilotage(tmp_path, "publish"), 2, "cannot be used")
    debugged = pilotage(tmp_path, "publish", PILOTAGE_DEBUG="1")
    assert "Traceback" in debugged.stderr


def test_status_says_what_to_do_first_and_creates_nothing(tmp_path: Path) -> None:
    done = pilotage(tmp_path, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing yet: `pilotage run`" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_said_with_the_project_of_the_edition_if_there_is_one(
    tmp_path: Path,
) -> None:
    done = pilotage(tmp_path, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Pilotage \S+ \(dbt 1\.11\.\d+, DuckDB 1\.\d+\.\d+\)\n", done.stdout)


@pytest.mark.parametrize(
    "arguments", [["kpi"], ["kpi", "fcr_rate"], ["explain", "fcr_rate", "2026-03"]]
)
def test_questions_need_an_edition(tmp_path: Path, arguments: list[str]) -> None:
    assert_refused(pilotage(tmp_path, *arguments), 2, "Nothing is published yet")
    french = pilotage(tmp_path, *arguments, PILOTAGE_LANGUAGE="fr")
    assert_refused(french, 2, "Rien n’est encore publié")
    assert list(tmp_path.iterdir()) == []


def test_status_speaks_the_reader_s_language(tmp_path: Path) -> None:
    assert "Publié     rien encore" in pilotage(tmp_path, "status", LANG="fr_FR.UTF-8").stdout
    assert "Published  nothing yet" in pilotage(tmp_path, "status", LANG="C.UTF-8").stdout


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [(["--help"], ()), (["status"], ()), (["editions"], ()), (["accept"], ("pyarrow",))],
)
def test_a_command_imports_nothing_heavy_that_it_does_not_need(
    tmp_path: Path, arguments: list[str], needed: tuple[str, ...]
) -> None:
    code = (
        "import sys\n"
        "from orchestration.terminal.cli import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print('heavy', *[one for one in {HEAVY!r} if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PILOTAGE_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1].split()[1:] == list(needed)


def test_the_steps_of_a_run_need_no_dagster() -> None:
    code = (
        "import sys\n"
        "import orchestration.warehouse.build, orchestration.warehouse.dbt_command\n"
        "import orchestration.gate.arrival\n"
        "import orchestration.gate.runner, orchestration.landing.accept, dbt.cli.main\n"
        "import orchestration.publication.publish, great_expectations\n"
        "print([one for one in sys.modules if one.startswith('dagster')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def filled(root: Path) -> None:
    for folder in ("warehouse", "dbt", "dagster", "landing", "vault", "published", "mine"):
        (root / folder).mkdir()
        (root / folder / "file").touch()


def names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()} - {"pilotage.lock"}


def test_clean_keeps_what_cannot_be_made_again(tmp_path: Path) -> None:
    filled(tmp_path)
    assert pilotage(tmp_path, "clean", "--yes").returncode == 0
    assert names(tmp_path) == {"landing", "vault", "published", "mine"}


def test_clean_all_leaves_what_is_not_the_programs(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "notified.json").touch()
    assert pilotage(tmp_path, "clean", "--yes", "--all").returncode == 0
    assert names(tmp_path) == {"mine"}


def test_clean_without_anybody_to_ask_exits_2(tmp_path: Path) -> None:
    filled(tmp_path)
    assert_refused(pilotage(tmp_path, "clean"), 2, "--yes")
    assert "warehouse" in names(tmp_path)
