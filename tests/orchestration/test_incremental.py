"""Random splits and orders of the same rows, built batch by batch, give what one full build gives.

The rows come late, twice, corrected and deleted (see `shuffled_world`), and the as-of instant moves
with them. What depends on the way there, the batch numbers and the edition that last changed a
value, is not compared. `PILOTAGE_SPLITS` says how many splits are tried; the first is the default.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from tests.orchestration.shuffled_world import World, split, split_in_time, world
from tests.orchestration.warehouse import Warehouse

SPLITS = int(os.environ.get("PILOTAGE_SPLITS", "1"))
pytestmark = pytest.mark.builds(5 + 3 * SPLITS)

SEED = 11
BATCHES = 3
MODELS = ("+path:models/marts,resource_type:model", "resource_type:seed")
WAY_THERE = {"batch", "computed_at", "edition"}
# what each edition published; how new the rows are that came, but for one after its own deletion
HISTORY = {
    "kpis.kpi_editions",
    "kpis.source_completeness",
    "kpis.source_freshness",
    "kpis.findings",
}
# nothing of this world bears on them: no contact, ticket or customer changes them, or not so few
# its few weeks are too short for a balance or a link
EMPTY = {
    # no vendor's own figures come with the demonstration
    "reports.vendor_reconciliation",
    "kpis.measures_dashboards",
    "kpis.measures_half_hours",
    "kpis.measures_lead_lags",
    "kpis.measures_scorecard",
    # and its contacts too few to be forecast
    "steering.volume_forecasts",
}
PRIVATE = {
    "build.intermediate.int_contact_agents_summed": "select *",
    "build.intermediate.int_agent_half_hours_summed": "select *",
    "build.intermediate.int_churn_features": "select *",
}
# One kind of row a batch, after all the others; half of the contacts are among these.
KINDS = {
    "contacts": {"contacts"},
    "merges": {"customer_merges"},
    "staff": {"agents"},
    "surveys": {"invitations", "answers"},
    "orders": {"orders"},
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
    assert_same(tables(parts), expected)


def test_batches_of_one_kind_build_what_they_reach_and_give_the_same(
    expected: dict[str, list[tuple]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, dealt = Warehouse(tmp_path / "kinds", monkeypatch, MODELS), by_kind(world(SEED))
    parts.land(dealt["first"], "first")
    everything = parts.build().models
    for kind in ("contacts", "merges", "staff"):
        parts.land(dealt[kind], kind)
        report = parts.build()
        assert (report.full_refresh, report.everything) == (None, None)
        assert 0 < report.models < everything, kind
    # a build that fails after some of its models; the next run has other tables, too
    parts.land(dealt["surveys"], "surveys")
    parts.stop_half_way("+survey_answers")
    parts.land(dealt["orders"], "orders")
    assert "was written to" in str(parts.build().everything)
    assert_same(tables(parts), expected)


def by_kind(rows: World) -> dict[str, World]:
    kind_of = {table: kind for kind, its_tables in KINDS.items() for table in its_tables}
    dealt: dict[str, World] = defaultdict(dict)
    for (source, table), its_rows in rows.items():
        dealt[kind_of.get(table, "first")][source, table] = its_rows
    contacts = ("interactions", "contacts")
    half = len(rows[contacts]) // 2
    dealt["first"][contacts], dealt["contacts"][contacts] = (
        rows[contacts][:half],
        rows[contacts][half:],
    )
    return dealt


def assert_same(found: dict[str, list[tuple]], expected: dict[str, list[tuple]]) -> None:
    for table, expected_rows in expected.items():
        lacking = [row for row in expected_rows if row not in found[table]]
        more = [row for row in found[table] if row not in expected_rows]
        assert found[table] == expected_rows, (table, lacking[:3], more[:3])
