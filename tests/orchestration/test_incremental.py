"""Random splits and orders of the same rows, built batch by batch, give what one full build gives.

The rows come late, twice, corrected and deleted (see `shuffled_world`), and the as-of instant moves
with them. What depends on the way there, the batch numbers and the edition that last changed a
value, is not compared. `PILOTAGE_SPLITS` says how many splits are tried; the first is the default.
"""

import os
from pathlib import Path

import pytest

from tests.orchestration.shuffled_world import split, split_in_time, world
from tests.orchestration.warehouse import Warehouse

SPLITS = int(os.environ.get("PILOTAGE_SPLITS", "1"))
pytestmark = pytest.mark.builds(1 + 3 * SPLITS)

SEED = 11
BATCHES = 3
MODELS = ("+path:models/marts,resource_type:model", "resource_type:seed")
WAY_THERE = {"batch", "computed_at", "edition"}
# what each edition published, and what became of it since
HISTORY = {"kpis.kpi_editions"}
# nothing of this world bears on them: no contact, ticket or customer changes them, or not so few
EMPTY = {
    "kpis.measures_dashboards",
    "kpis.measures_half_hours",
    "kpis.measures_servqual",
    "kpis.measures_skills",
    "kpis.measures_trainings",
    "kpis.measures_writing",
    "kpis.objective_progress",
    "reports.value_bridge",
}
PRIVATE = {
    "build.intermediate.int_contact_agents_summed": "select *",
    "build.intermediate.int_agent_half_hours_summed": "select *",
}


def tables(warehouse: Warehouse) -> dict[str, list[tuple]]:
    published = warehouse.published(WAY_THERE)
    return {
        **{table: rows for table, rows in published.items() if table not in HISTORY},
        **warehouse.tables(PRIVATE),
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple]]:
    with pytest.MonkeyPatch.context() as patch:
        whole = Warehouse(tmp_path_factory.mktemp("whole"), patch, MODELS)
        whole.land(world(SEED), "all")
        whole.build()
        return tables(whole)


def test_the_world_has_rows_for_every_table(expected: dict[str, list[tuple]]) -> None:
    """An empty table would prove nothing."""
    assert {table for table, rows in expected.items() if not rows} == EMPTY


@pytest.mark.parametrize("number", range(SPLITS))
def test_batches_in_any_order_give_what_a_full_build_gives(
    number: int,
    expected: dict[str, list[tuple]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deal = split if number % 2 else split_in_time
    parts = Warehouse(tmp_path / "parts", monkeypatch, MODELS)
    for at, batch in enumerate(deal(world(SEED), BATCHES, SEED + number), start=1):
        parts.land(batch, str(at))
        parts.build(data_tests=at == BATCHES)
    found = tables(parts)
    for table, expected_rows in expected.items():
        lacking = [row for row in expected_rows if row not in found[table]]
        more = [row for row in found[table] if row not in expected_rows]
        assert found[table] == expected_rows, (table, lacking[:3], more[:3])
