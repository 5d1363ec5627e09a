"""Demonstration worlds of many seeds, built in folders of their own, for `python -m tests.…` pages.

What was found in a world is kept in a file, so that a run that was stopped goes on.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from orchestration.demo.effects import Effects
from orchestration.demo.world import write_demo
from orchestration.system.paths import PROJECT_ROOT, DataPaths


def kept(file: Path, find: Callable[[], Any]) -> Any:
    """Return what a JSON file holds; without one, what `find` returns, and keep it there."""
    if not file.exists():
        found = find()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found), encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))


@contextmanager
def built(
    customers: int,
    months: int,
    seed: int,
    effects: Effects,
    commands: Callable[[Path], Sequence[Sequence[str]]],
) -> Iterator[DataPaths]:
    """Write a world, run the programs of this environment that `commands` names, yield its paths.

    `commands` is given the world's folder; what stands there goes at the end.
    """
    with tempfile.TemporaryDirectory(prefix="pilotage-world-") as folder:
        paths = DataPaths(Path(folder))
        paths.inbox.mkdir(parents=True)
        write_demo(paths.inbox, paths.demo_truth, customers, months, seed, effects)
        for program, *arguments in commands(Path(folder)):
            subprocess.run(
                [str(Path(sys.executable).with_name(program)), *arguments],
                cwd=PROJECT_ROOT,
                env=os.environ | {"PILOTAGE_DATA_DIR": folder},
                check=True,
                stdout=subprocess.DEVNULL,
            )
        yield paths


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Return the rows of a query by the names of its columns."""
    rows = connection.execute(query)
    columns = [column[0] for column in rows.description]
    return [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]


def seeds_asked(description: str | None, seeds: int, findings: Path) -> range:
    """Return the seeds that the command line asks for; with --afresh forget what was found."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=seeds)
    parser.add_argument("--first", type=int, default=101, help="the first seed")
    parser.add_argument("--afresh", action="store_true", help="forget the worlds of earlier runs")
    options = parser.parse_args()
    if options.afresh:
        shutil.rmtree(findings, ignore_errors=True)
    return range(options.first, options.first + options.seeds)
