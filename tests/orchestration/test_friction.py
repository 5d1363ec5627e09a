"""The friction that the demonstration world has planted comes out first, and not without it.

Calls about a late delivery that follow a bot that gave up are transferred, repeated and complained
about (`orchestration.demo.effects`). Two worlds that differ in nothing else go the whole way.
"""

from pathlib import Path

import duckdb
import pytest

from orchestration.build import build
from orchestration.demo.effects import Effects
from orchestration.demo.world import write_demo
from orchestration.environment import prepare_environment
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.paths import PROJECT_ROOT
from orchestration.run_context import RunContext

MODELS = ("+transitions,resource_type:model", "resource_type:seed")
PLANTED = ("delivery", "bot failed", "phone handled")


def greatest_friction(
    root: Path, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> tuple[tuple[str, str, str], float, float]:
    """Land and build a world; return its costliest transition, what it costs, and the next."""
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(root))
    monkeypatch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
    paths = prepare_environment()
    write_demo(paths.inbox, root / "truth.json", customers=2500, months=6, effects=effects)
    accept(paths, load_contract(PROJECT_ROOT))
    context = RunContext("friction", None, 0, latest_batch(paths), None)
    report = build(paths, context, None, select=MODELS)
    assert report.error is None, report.error
    with duckdb.connect(str(paths.marts_db), read_only=True) as marts:
        first, second = marts.execute(
            "select reason_group, from_step, to_step, friction_cost_eur"
            " from journeys.transitions order by friction_rank limit 2"
        ).fetchall()
    return first[:3], float(first[3]), float(second[3])


def test_the_planted_friction_comes_out_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transition, cost, next_cost = greatest_friction(tmp_path / "planted", Effects(), monkeypatch)
    assert transition == PLANTED
    assert cost > 1.5 * next_cost


def test_nothing_of_the_kind_comes_out_where_none_was_planted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = Effects().without("friction")
    transition, _, _ = greatest_friction(tmp_path / "plain", effects, monkeypatch)
    assert transition != PLANTED
