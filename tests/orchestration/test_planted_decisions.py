"""The decisions that the demonstration world has planted: one worked, one changed nothing.

The truth file says where, and counts how many customers came back to each team. The world is as
large as it takes to see the effect: with 2,500 customers its interval is wider than the effect.
"""

import json
from typing import Any

import duckdb
import pytest

from orchestration.demo.world import write_demo
from orchestration.landing.accept import accept
from orchestration.landing.ledger import latest_batch
from orchestration.warehouse.build import Part, build
from orchestration.warehouse.run_context import new_context
from tests.orchestration.planted import returns_avoided
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(1)

# eight months: decided in the fifth, reviewed after ninety days
CUSTOMERS, MONTHS = 6000, 8
Decisions = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Decisions, dict[str, Any]]:
    """Published decisions by id, and the truth."""
    root = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patch:
        warehouse = Warehouse(root / "data", patch, ())
        truth = root / "truth.json"
        write_demo(warehouse.paths.inbox, truth, CUSTOMERS, MONTHS)
        accept(warehouse.paths, warehouse.contract)
        part = Part(("+decisions,resource_type:model", "resource_type:seed"), "empty")
        context = new_context(latest_batch(warehouse.paths), None)
        report = build(warehouse.paths, context, None, part)
        assert report.error is None, report.error
    with duckdb.connect(str(warehouse.paths.marts_db), read_only=True) as con:
        found = con.execute("from steering.decisions")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["decision_id"]: row for row in rows}, json.loads(truth.read_text(encoding="utf-8"))


def test_the_decision_that_worked_is_an_improvement_as_large_as_it_was(
    world: tuple[Decisions, dict[str, Any]],
) -> None:
    decisions, truth = world
    planted = truth["planted"]["decision"]["effective"]
    found = decisions[planted["decision_id"]]
    assert (found["kpi_id"], found["slice_value"], found["control_slice_value"]) == (
        planted["kpi_id"],
        planted["team"],
        planted["control_team"],
    )
    assert (found["verdict"], found["method"]) == ("improved", "difference_in_differences")
    avoided = returns_avoided(truth["planted"])
    assert avoided > 0.05, "a small effect would prove little"
    assert found["effect_low"] < avoided < found["effect_high"]
    assert found["realised_gain_low_eur"] > 0


def test_the_decision_that_changed_nothing_is_no_improvement(
    world: tuple[Decisions, dict[str, Any]],
) -> None:
    decisions, truth = world
    planted = truth["planted"]["decision"]["without_effect"]
    found = decisions[planted["decision_id"]]
    assert found["verdict"] == "no_detectable_effect"
    assert found["effect_low"] < 0 < found["effect_high"]


def test_the_others_say_why_nothing_is_concluded(
    world: tuple[Decisions, dict[str, Any]],
) -> None:
    decisions, _ = world
    said = {name: (row["verdict"], row["verdict_reason"]) for name, row in decisions.items()}
    assert said["DEC-006"] == ("not_measurable", "no_control")
    assert said["DEC-008"] == ("not_measurable", "cancelled")
    assert said["DEC-009"] == ("too_early", "review_not_reached")
    assert all(
        row["method"] == "difference_in_differences"
        for row in decisions.values()
        if row["verdict"] in ("improved", "worsened")
    )
