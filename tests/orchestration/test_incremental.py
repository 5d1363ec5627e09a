"""Random splits and orders of the same rows, built batch by batch, give what one full build gives.

The rows come late, twice, corrected and deleted (see `shuffled_world`). What depends on the way
there, the batch numbers and the edition that last changed a value, is not compared.
"""

from pathlib import Path

import pytest

from tests.orchestration.shuffled_world import split, world
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(4)

SEED = 11
BATCHES = 3
MODELS = ("+path:models/marts,resource_type:model", "resource_type:seed")
COMPARED = {
    "core.contacts": "select * exclude (batch)",
    "core.tickets": "select *",
    "core.ticket_open_intervals": "select *",
    "core.survey_answers": "select *",
    "core.customer_months": "select *",
    "kpis.measures_contacts": "select *",
    "kpis.measures_self_service": "select *",
    "kpis.kpi_values": "select * exclude (computed_at, edition)",
    "kpis.kpi_quantiles": "select *",
    "kpis.agent_kpi_values": "select * exclude (computed_at, edition)",
    "build.intermediate.int_contact_agents_summed": "select *",
}


def test_batches_in_any_order_give_what_a_full_build_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = world(SEED)

    whole = Warehouse(tmp_path / "whole", monkeypatch, MODELS)
    whole.land(rows, "all")
    whole.build()
    expected = whole.tables(COMPARED)
    assert all(expected.values()), "an empty table would prove nothing"

    parts = Warehouse(tmp_path / "parts", monkeypatch, MODELS)
    for number, batch in enumerate(split(rows, BATCHES, SEED), start=1):
        parts.land(batch, str(number))
        parts.build(data_tests=number == BATCHES)
    found = parts.tables(COMPARED)
    for table, expected_rows in expected.items():
        assert found[table] == expected_rows, table
