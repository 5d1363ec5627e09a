"""`make check`: style and types of what changed, and the tests and tables that it reaches.

Files are compared with where the branch left main. What dbt reads is compared with the small world
that is kept in `.test_data/check`, made at the first check and again when other rows would land.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from orchestration.system.errors import PilotageError
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse.build import BuildReport
from tests.check import world
from tests.check.changes import changed_files, nearest_tests
from tests.orchestration.pages import ASKED, queries

BIN = Path(sys.executable).parent
# as it was before the kept world's own settings
ENVIRONMENT = dict(os.environ)
PYTHON_FOLDERS = ("orchestration", "tests", "benchmarks")
# dbt has its own parsed project for style, in an empty warehouse in memory.
LINT = {"DBT_TARGET_PATH": ".test_data/lint/target", "DBT_LOG_PATH": ".test_data/lint/logs"}

# pytest's status when everything is left out
NO_TESTS = 5


def main() -> None:
    """Check, say what was asked, and end with status 1 when anything failed."""
    changed = changed_files(PROJECT_ROOT)
    with ThreadPoolExecutor(max_workers=1) as other_core:
        style = other_core.submit(run_all, commands(changed))
        tables_hold = check_world([path for path in changed if path.parent in ASKED])
        files_hold = style.result()
    print("Passed." if tables_hold and files_hold else "Failed.")
    sys.exit(not (tables_hold and files_hold))


def commands(changed: list[Path]) -> list[list[str]]:
    """Return the commands that look at the changed files, and run the tests that belong to them."""
    present = [path for path in changed if (PROJECT_ROOT / path).is_file()]
    python = _names(present, ".py")
    yaml = _names(present, ".yml") + _names(present, ".yaml")
    sql = [name for name in _names(present, ".sql") if name.startswith(("models/", "tests/"))]
    found = []
    if python:
        found += [["ruff", "check", *python], ["ruff", "format", "--check", *python], ["mypy"]]
    if yaml:
        found.append(["yamllint", "--strict", *yaml])
    if sql:
        found.append(["sqlfluff", "lint", *sql])
    tests = nearest_tests(changed, _sources())
    if tests:
        # those that build worlds are left to `make test`
        found.append(["pytest", "-m", "not builds", *map(str, tests)])
    return found


def _names(paths: list[Path], ending: str) -> list[str]:
    return [path.as_posix() for path in paths if path.suffix == ending]


def _sources() -> dict[Path, str]:
    return {
        path.relative_to(PROJECT_ROOT): path.read_text(encoding="utf-8")
        for folder in PYTHON_FOLDERS
        for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))
    }


def run_all(asked: list[list[str]]) -> bool:
    """Run the commands one after the other, and print what a failed one said."""
    outcomes = [run(command) for command in asked]
    return all(outcomes)


def run(command: list[str]) -> bool:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=PROJECT_ROOT,
        env=ENVIRONMENT | (LINT if command[0] == "sqlfluff" else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    passed = done.returncode == 0 or (command[0] == "pytest" and done.returncode == NO_TESTS)
    print(f"{' '.join(command[:2])}: {'passed' if passed else 'failed'}", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    return passed


def check_world(pages: list[Path]) -> bool:
    """Build and test what changed since the kept world was made, and ask it the pages' queries."""
    try:
        print(f"dbt: {_check_nodes()}", flush=True)
        _ask(pages)
    except (PilotageError, duckdb.Error) as error:
        print(f"dbt: failed: {error}", flush=True)
        return False
    return True


def _check_nodes() -> str:
    known = world.record()
    if known is None:
        print("dbt: making the small world, which takes some minutes and is kept", flush=True)
        return _counted(world.make())
    if known["checked"] == world.project():
        return "nothing that it reads changed since the last check"
    found = world.reached(known)
    if found is None:
        print("dbt: much has changed: making the small world again", flush=True)
        return _counted(world.make())
    return _counted(world.build_again(known, found))


def _counted(report: BuildReport) -> str:
    return f"{report.models} models and seeds built, {report.tests} tests passed"


def _ask(pages: list[Path]) -> None:
    with duckdb.connect(str(world.paths().marts_db), read_only=True) as marts:
        for page in pages:
            for sql in queries(PROJECT_ROOT / page) if (PROJECT_ROOT / page).is_file() else []:
                marts.execute(sql)
            print(f"{page}: every query runs", flush=True)


if __name__ == "__main__":
    main()
