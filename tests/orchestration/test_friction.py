"""The friction that the demonstration world has planted comes out first, and not without it.

Calls about a late delivery that follow a bot that gave up are transferred, repeated and complained
about (`orchestration.demo.effects`). Two worlds that differ in nothing else go the whole way.
"""

from pathlib import Path

import pytest

from orchestration.demo.effects import Effects
from orchestration.demo.world import write_demo
from orchestration.landing.accept import accept
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(2)

MODELS = ("+transitions",)
RANKED = {
    "journeys.transitions": (
        "select friction_rank, reason_group, from_step, to_step, friction_cost_eur"
    )
}
PLANTED = ("delivery", "bot failed", "phone handled")


def frictions(root: Path, effects: Effects, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """Land and build a world; return its transitions, the costliest first."""
    warehouse = Warehouse(root, monkeypatch, MODELS)
    truth = root / "truth.json"
    write_demo(warehouse.paths.inbox, truth, customers=2500, months=6, effects=effects)
    accept(warehouse.paths, warehouse.contract)
    # the largest world that is built: one of the two proves the data tests on it
    warehouse.build(data_tests=effects == Effects())
    return warehouse.tables(RANKED)["journeys.transitions"]


def test_the_planted_friction_comes_out_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = frictions(tmp_path, Effects(), monkeypatch)
    assert first[1:4] == PLANTED
    assert float(first[4]) > 1.25 * float(second[4])


def test_nothing_of_the_kind_comes_out_where_none_was_planted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = frictions(tmp_path, Effects().without("friction"), monkeypatch)
    assert first[1:4] != PLANTED
