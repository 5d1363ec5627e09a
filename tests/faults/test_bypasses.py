"""Nobody gets round the gate who has everything but the operator's key."""

from pathlib import Path

import pytest

from tests.faults.bypasses import ATTEMPTS, Attempt, tried
from tests.faults.world import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("attacked"))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: f"{one.target}: {one.name}")
def test_no_attempt_gets_round(world: World, tmp_path: Path, attempt: Attempt) -> None:
    outcome = tried(attempt, world, tmp_path / "copy")
    assert outcome.what != "bypass", outcome


def test_without_a_key_some_do(tmp_path: Path) -> None:
    """What they are is in the table; that there are any shows that the others were no accident."""
    unsigned = make_world(tmp_path / "unsigned", has_key=False)
    [by_hand] = [one for one in ATTEMPTS if one.name == "made by hand with its line of history"]
    outcome = tried(by_hand, unsigned, tmp_path / "copy", has_key=False)
    assert outcome.what == "bypass"
