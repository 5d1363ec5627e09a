"""A few of the corrupt batches of `python -m tests.corruption`, on a small world."""

from pathlib import Path

import pytest

from tests.corruption.__main__ import clean, corrupt
from tests.corruption.classes import CLASSES
from tests.corruption.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("corruption")
    return World(folder, customers=900, months=14, seed=5)


def test_units_are_refused_and_the_rest_is_seen(world: World) -> None:
    seen = {one.name: corrupt(world, one, seed=1)[0] for one in CLASSES}
    assert {seen[one.name] for one in CLASSES if one.is_unit and "half" not in one.name} == {
        "refuse"
    }
    missed = sorted(name for name, severity in seen.items() if severity == "nothing")
    assert len(missed) <= len(CLASSES) // 5, missed


def test_clean_days_raise_no_alarm(world: World) -> None:
    assert clean(world, 1) == []
