"""What follows when much of a source is in quarantine: a warning, KPIs withheld, no edition.

A small world of contacts, whose next export is worse each time; then it is corrected.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.system.paths import PROJECT_ROOT, DataPaths

pytestmark = pytest.mark.builds(4)

HEADER = "contact_id,channel,direction,queue_entered_at,answered_at,ended_at,disposition"
MONDAYS = ("2026-05-04", "2026-05-11", "2026-05-18", "2026-05-25")


def contacts(name: str, day: str, good: int, bad: int) -> list[str]:
    """Rows of one day; a bad one has a disposition that the contract does not know."""
    return [
        f"{name}-{number},phone,inbound,{day}T09:00:00+02:00,{day}T09:00:10+02:00,"
        f"{day}T09:05:00+02:00,{'answered' if number < good else 'lost'}"
        for number in range(good + bad)
    ]


class World:
    """A data directory, and what its runs said."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root)

    def land(self, name: str, rows: list[str]) -> None:
        path = self.paths.inbox / "interactions" / f"contacts_{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADER, *rows]) + "\n")

    def pilotage(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {"PILOTAGE_DATA_DIR": str(self.paths.root)}
        for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
            environment.pop(name, None)
        return subprocess.run(
            [sys.executable, "-m", "orchestration", *arguments],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self) -> subprocess.CompletedProcess:
        """As of a day on which the newest rows are fresh."""
        return self.pilotage("run", "--as-of", "2026-05-25T20:00:00+02:00")

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.paths.pointer), read_only=True) as edition:
            return edition.execute(sql).fetchall()

    def statuses(self) -> dict[str, str]:
        """Of the share of contacts that were answered, by day."""
        return dict(
            self.query(
                "select cast(period_start as varchar), status from kpis.kpi_values"
                " where kpi_id = 'answer_rate' and period_grain = 'day' and slice_type = 'total'"
                " and sample_size > 0 order by 1"
            )
        )

    def findings(self) -> set[str]:
        return {
            finding
            for (finding,) in self.query(
                "select finding from kpis.findings where table_name = 'contacts'"
            )
        }

    @property
    def edition(self) -> str:
        return self.paths.pointer.resolve().parent.name


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("missing") / "data")
    world.land("weeks_1_and_2", [row for day in MONDAYS[:2] for row in contacts(day, day, 300, 0)])
    accepted = world.pilotage("accept")
    assert accepted.returncode == 0, accepted.stderr
    yield world


def test_a_modest_share_is_a_warning(world: World) -> None:
    """20 of 800 are few, but 20 of the 200 that came last."""
    world.land("week_3", contacts(MONDAYS[2], MONDAYS[2], 180, 20))
    done = world.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(world.statuses()) == set(MONDAYS[:3])
    assert "withheld" not in world.statuses().values()
    assert {"rows_in_quarantine", "much_in_quarantine"} <= world.findings()
    assert "interactions/contacts: 10 % of its newest batch is in quarantine" in done.stderr


def test_a_large_share_withholds_what_the_batch_bears_on(world: World) -> None:
    world.land("week_4", contacts(MONDAYS[3], MONDAYS[3], 60, 40))
    done = world.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "too_much_in_quarantine" in world.findings()
    statuses = world.statuses()
    assert statuses[MONDAYS[3]] == "withheld"
    assert statuses[MONDAYS[1]] != "withheld"
    said = "interactions/contacts: 40 % of its newest batch is in quarantine; its KPIs are withheld"
    assert said in done.stderr
    assert said in world.pilotage("status").stderr


def test_nearly_everything_publishes_no_edition(world: World) -> None:
    before = world.edition
    world.land("week_4b", contacts("again", MONDAYS[3], 4, 96))
    done = world.run()
    assert done.returncode == 3
    assert world.edition == before
    assert "no_source_is_nearly_gone" in done.stderr
    assert "interactions/contacts: 96 % of its newest batch is in quarantine" in done.stderr


def test_corrected_rows_bring_back_the_edition_and_its_figures(world: World) -> None:
    world.land("week_4_corrected", contacts(MONDAYS[3], MONDAYS[3], 100, 0))
    world.land("week_4b_corrected", contacts("again", MONDAYS[3], 100, 0))
    world.land("week_3_corrected", contacts(MONDAYS[2], MONDAYS[2], 200, 0))
    done = world.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "withheld" not in world.statuses().values()
    assert world.findings() & {"rows_in_quarantine", "too_much_in_quarantine"} == set()
    assert "in quarantine" not in done.stderr
