"""A command that is killed at any of its steps leaves nothing that the next does not mend."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.forgetting.erase import Order
from tests.faults.kills import (
    CASES,
    Case,
    Field,
    Kill,
    _compare,
    announced,
    kill_all,
    kill_side_by_side,
    prepare,
)
from tests.faults.readers import ANEW, BACK, FORTH, Backward, Found, read
from tests.faults.victim import pages, processes
from tests.faults.world import World, copied, make_world

CASE = {case.command: case for case in CASES}


def mended(case: Case, folder: Path) -> int:
    """Kill without chance, and return how often; nothing may be found."""
    kills, seen = kill_all(replace(case, at_random=0, is_every=False), folder)
    assert [one for one in kills if one.found] == []
    assert seen["reads"] > 0
    assert (seen["torn"], seen["backward"], seen["incomplete"]) == (0, 0, 0)
    return len(kills)


def test_a_kill_at_each_step_that_accept_names_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.kills.chosen", lambda steps, is_every: announced(steps))
    assert mended(CASE["accept"], tmp_path) == 5


def test_a_kill_in_each_function_of_publish_is_mended(tmp_path: Path) -> None:
    assert mended(CASE["publish"], tmp_path) > 5


# --- what looks would see it -----------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("read"), write_pages=pages)


def test_a_reader_sees_what_is_torn(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    published, current = copy.paths.published, copy.current
    whole = read(published)
    assert (whole.edition, whole.pages, whole.torn, whole.incomplete) == ("e2", "e2", [], [])
    (current / "site" / "kpi.html").write_text("<html>e")
    assert read(published).torn
    (current / "verdict.json").write_text("{")
    assert read(published).incomplete
    shutil.copy(copy.former / "verdict.json", current / "verdict.json")
    assert read(published).incomplete
    assert read(published, ANEW).between
    content = (current / "pilotage.duckdb").read_bytes()
    (current / "pilotage.duckdb").unlink()
    (current / "pilotage.duckdb").write_bytes(content[: len(content) // 2])
    assert "Error" in read(published).torn[0]


def test_a_reader_sees_an_edition_that_goes_backwards() -> None:
    for way, order, is_back in (
        (FORTH, ("e1", "e2"), False),
        (FORTH, ("e2", "e1"), True),
        (BACK, ("e2", "e1"), False),
        (BACK, ("e1", "e2"), True),
        (ANEW, ("e1", "e2"), True),
    ):
        seen = Backward()
        assert seen.steps_back(Found(order[0]), way) == []
        assert bool(seen.steps_back(Found(order[1]), way)) is is_back


def test_what_is_lost_doubled_or_left_is_blamed(tmp_path: Path) -> None:
    made = prepare(CASE["publish"], processes(), tmp_path)
    batch = "landing/accepted/interactions/contacts"

    def blamed(made: Field, harm: str) -> set[str]:
        world, kill = made.ready(), Kill("publish", "by the test")
        assert made.command(world)
        accepted = world.paths.root / batch
        if harm == "lost":
            (accepted / "batch=1" / "rows.parquet").unlink()
        elif harm == "doubled":
            shutil.copy(accepted / "batch=1" / "rows.parquet", accepted / "batch=1" / "x.parquet")
        elif harm == "left over":
            (world.paths.batches / ".00000003.json.partial").touch()
        _compare(made, world, kill)
        return {what for what, _ in kill.found}

    assert blamed(made, "none") == set()
    assert "lost" in blamed(made, "lost")
    assert "doubled" in blamed(made, "doubled")
    assert blamed(made, "left over") == {"left over"}


def no_world(root: Path) -> tuple[World, Order | None]:
    raise RuntimeError("nothing to kill")


def test_a_case_that_cannot_be_tried_is_told_and_takes_no_other_with_it(tmp_path: Path) -> None:
    kills, counted = kill_side_by_side(tmp_path, [Case("gate", no_world)], 1)
    assert [(one.command, one.found) for one in kills] == [
        ("gate", [("repaired by hand", "nothing to kill")])
    ]
    assert not counted["gate"]
