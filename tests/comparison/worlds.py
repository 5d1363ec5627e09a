"""A world built at any revision of the project: in a work tree and an environment of its own.

Both revisions land the same files, those that the first one makes, under the same pseudonym key.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from orchestration.system.paths import PROJECT_ROOT, DataPaths

PSEUDONYM_KEY = "c" * 64
# Looks from the end of the examples' year, whatever the clock says.
BUILD_EXAMPLES = """
import sys
from pathlib import Path
from tests.orchestration import worked_examples
worked_examples.FOLDER = Path(sys.argv[1])
worked_examples.build_examples(worked_examples.DataPaths(Path(sys.argv[2])))
"""
EXAMPLES = Path("tests", "fixtures", "worked_examples")

Build = Callable[[Path, Path, Path | None], Path]


def check_out(revision: str, tree: Path) -> Path:
    """Check a revision out into `tree`, with what it needs to run; return its tree.

    Raises ValueError when another revision stands there.
    """
    wanted = _said(PROJECT_ROOT, "rev-parse", "--verify", f"{revision}^{{commit}}")
    if not tree.exists():
        _run(PROJECT_ROOT, None, "git", "worktree", "add", "--detach", str(tree), wanted)
        _run(tree, None, str(tree / ".ci" / "setup"), "dev")
    elif (found := _said(tree, "rev-parse", "HEAD")) != wanted:
        raise ValueError(
            f"{tree} is at {found[:7]}, not at {revision}; keep that in another folder"
        )
    return tree


def remove(tree: Path) -> None:
    """Remove a tree that was checked out, and git's record of it."""
    _run(PROJECT_ROOT, None, "git", "worktree", "remove", "--force", str(tree))


def build_demo(tree: Path, data: Path, first: Path | None) -> Path:
    """Publish the demonstration world of the caller's size (`PILOTAGE_DEMO_CUSTOMERS`, `…_MONTHS`),
    or what the `first` world landed; return the edition."""
    paths = DataPaths(data)
    if paths.pointer.exists():
        return paths.pointer
    if first is None:
        _run(tree, data, str(tree / ".venv" / "bin" / "pilotage"), "demo")
    else:
        shutil.copytree(DataPaths(first).inbox, paths.inbox, copy_function=os.link)
        # says from when the world is looked at
        shutil.copy(DataPaths(first).demo_truth, paths.demo_truth)
    _run(tree, data, str(tree / ".venv" / "bin" / "pilotage"), "run")
    return paths.pointer


def build_examples(tree: Path, data: Path, first: Path | None) -> Path:
    """Build the worked examples, those of the `first` world's tree; return the marts."""
    if (data / "warehouse" / "built.json").exists():
        return DataPaths(data).marts_db
    examples = (first.parent / "tree" if first else tree) / EXAMPLES
    python = str(tree / ".venv" / "bin" / "python")
    _run(tree, data, python, "-c", BUILD_EXAMPLES, str(examples), str(data))
    return DataPaths(data).marts_db


WORLDS: dict[str, Build] = {"demo": build_demo, "examples": build_examples}


def _said(tree: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=tree, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _run(tree: Path, data: Path | None, *command: str) -> None:
    """Run a command in a tree on a data directory. Raises RuntimeError with what it said."""
    environment = os.environ.copy()
    if data is not None:
        environment |= {
            "PILOTAGE_DATA_DIR": str(data),
            "PILOTAGE_PSEUDONYM_KEY": PSEUDONYM_KEY,
            "DBT_TARGET_PATH": str(data / "dbt" / "target"),
            "DBT_LOG_PATH": str(data / "dbt" / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
