"""Superset and datacontract-cli on a published edition: what they show, against its figures.

    python -m tests.bi [--edition FILE] [--picture FOLDER]

Both run in an environment of their own (`make test-bi` makes it). Without `--edition` a small
demonstration world is published first, in a folder that goes at the end. No part of `make test`: it
takes three minutes, or ten on a busy machine.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb

from orchestration.bi.charts import Chart
from orchestration.bi.dashboard import DASHBOARD, charts, export
from orchestration.demo.effects import Effects
from orchestration.system.language import LANGUAGES
from tests.bi.contracts import ask_contracts
from tests.bi.oracle import Rows, comparable, expected
from tests.bi.superset import Superset, picture, running
from tests.demo_worlds import built

CUSTOMERS, MONTHS, SEED = 800, 14, 7


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bi")
    parser.add_argument("--edition", type=Path, help="a published file; default: a small world")
    parser.add_argument("--picture", type=Path, help="folder for a picture of each dashboard")
    given = parser.parse_args()
    with edition(given.edition) as file, tempfile.TemporaryDirectory() as folder:
        with timed("Contracts"):
            wrong = ask_contracts(file, Path(folder))
        wrong += ask_superset(file, Path(folder), given.picture)
    for one in wrong:
        print(one)
    print("Failed." if wrong else "Passed.")
    return bool(wrong)


@contextmanager
def edition(given: Path | None) -> Iterator[Path]:
    """Yield the file of the edition that is asked for, or of a world made for it."""
    if given is not None:
        yield given.absolute()
        return

    def commands(_: Path) -> list[tuple[str, ...]]:
        return [("pilotage", "run")]

    with ExitStack() as worlds:
        with timed("A small world"):
            paths = worlds.enter_context(built(CUSTOMERS, MONTHS, SEED, Effects(), commands))
        yield paths.pointer


@contextmanager
def timed(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


def ask_superset(file: Path, folder: Path, pictures: Path | None) -> list[str]:
    """Import both dashboards, ask every chart for its data; return what is wrong."""
    # a copy of its own, which another edition takes the place of below
    opened = folder / "pilotage.duckdb"
    opened.symlink_to(file.resolve())
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    started = time.perf_counter()
    with running(folder) as superset, duckdb.connect(str(file), read_only=True) as con:
        print(f"Superset is up: {time.perf_counter() - started:.1f} s", flush=True)
        for language in LANGUAGES:
            with timed(f"Import, {language}"):
                superset.import_dashboard(export(opened, language))
        for language in LANGUAGES:
            with timed(f"Charts, {language}"):
                wrong += compare(superset, con, language)
        for language in LANGUAGES if pictures else ():
            with timed(f"Picture, {language}"):
                to = pictures / f"superset-{language}.png"
                picture(superset, f"pilotage-{DASHBOARD}-{language}", to)
        wrong += follows(superset, opened, file, folder)
    return wrong


def compare(superset: Superset, con: duckdb.DuckDBPyConnection, language: str) -> list[str]:
    """Return the charts of a dashboard that show anything but what the edition says."""
    slug = f"pilotage-{DASHBOARD}-{language}"
    saved = superset.get(f"/api/v1/dashboard/{slug}/charts")["result"]
    ids = {one["slice_name"]: one["id"] for one in saved}
    wrong, points = [], 0
    for chart in charts(language):
        shown = data(superset, chart, ids[chart.title])
        wanted = expected(con, chart, language)
        points += len(shown)
        if comparable(shown) != comparable(wanted):
            wrong.append(
                f"{language} {chart.key}: Superset shows {comparable(shown)[:5]}, "
                f"the edition says {comparable(wanted)[:5]}"
            )
    print(f"{len(ids)} charts, {points} rows, {len(wrong)} differ", flush=True)
    return wrong


def data(superset: Superset, chart: Chart, number: int) -> Rows:
    """Return the rows that Superset has for a chart, in the order of its columns and metrics."""
    [answer] = superset.get(f"/api/v1/chart/{number}/data/?force=true")["result"]
    names = [*([chart.x_axis] if chart.x_axis else []), *chart.columns]
    names += [one.label for one in chart.metrics]
    rows = [tuple(row[name] for name in names) for row in answer["data"]]
    # a figure of no rows is one row of nothing
    return [] if chart.kind == "big_number_total" and rows == [(None,)] else rows


def follows(superset: Superset, opened: Path, file: Path, folder: Path) -> list[str]:
    """Put another edition in the place of the one that Superset opened, and ask again."""
    other = folder / "next.duckdb"
    shutil.copyfile(file.resolve(), other)
    other.chmod(0o644)
    with duckdb.connect(str(other)) as con:
        con.execute("update reports.direction set value = value + 1")
    link = folder / "link"
    link.symlink_to(other)
    link.replace(opened)
    with duckdb.connect(str(other), read_only=True) as con:
        differ = compare(superset, con, LANGUAGES[0])
    print(f"The next edition is {'not ' if differ else ''}what a running Superset shows")
    return [f"after another edition: {one}" for one in differ]


if __name__ == "__main__":
    sys.exit(main())
