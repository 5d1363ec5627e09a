"""Random splits and orders of the same rows, built batch by batch, give what one full build gives.

The rows come late, twice, corrected and deleted (see `shuffled_world`). What depends on the way
there, the batch numbers and the edition that last changed a value, is not compared.
"""

from pathlib import Path

import duckdb
import pytest

from orchestration.build import build
from orchestration.environment import prepare_environment
from orchestration.fingerprint import project_fingerprint
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.paths import PROJECT_ROOT, DataPaths
from orchestration.run_context import Built, RunContext
from tests.orchestration.shuffled_world import World, drop, split, world

MODELS = ("+path:models/marts,resource_type:model", "resource_type:seed")
COMPARED = {
    "core.contacts": "select * exclude (batch)",
    "core.tickets": "select *",
    "core.ticket_open_intervals": "select *",
    "core.survey_answers": "select *",
    "kpis.measures_contacts": "select *",
    "kpis.measures_self_service": "select *",
    "kpis.kpi_values": "select * exclude (computed_at, edition)",
}


class Warehouse:
    """A data directory that batches are dropped into and built one after the other."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PILOTAGE_DATA_DIR", str(root))
        # one key, or the same reference would have another pseudonym in each warehouse
        monkeypatch.setenv("PILOTAGE_PSEUDONYM_KEY", "k" * 64)
        monkeypatch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
        monkeypatch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
        self.paths: DataPaths = prepare_environment()
        self.contract = load_contract(PROJECT_ROOT)
        self.built: Built | None = None

    def land(self, rows: World, name: str) -> None:
        drop(rows, self.paths.inbox, name)
        report = accept(self.paths, self.contract)
        assert not report.refused
        # a row that comes after its own deletion is set aside; nothing else is
        assert {batch.table for batch in report.batches if batch.quarantined} <= {
            "contact_legs",
            "ticket_events",
        }

    def build(self, afresh: bool = False) -> None:
        built = None if afresh else self.built
        latest = latest_batch(self.paths)
        previous = built.latest_batch if built else 0
        context = RunContext(f"edition {latest}", None, previous, latest, None)
        report = build(self.paths, context, built, select=MODELS)
        assert report.error is None, report.error
        assert (report.full_refresh is not None) == (built is None)
        self.built = Built(context.edition, None, latest, project_fingerprint(PROJECT_ROOT), "")

    def tables(self) -> dict[str, list[tuple]]:
        with duckdb.connect(str(self.paths.marts_db), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            return {
                table: con.execute(f"{select} from {table} order by all").fetchall()
                for table, select in COMPARED.items()
            }


@pytest.mark.parametrize("seed", [11, 12])
def test_batches_in_any_order_give_what_a_full_build_gives(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = world(seed)

    whole = Warehouse(tmp_path / "whole", monkeypatch)
    whole.land(rows, "all")
    whole.build()
    expected = whole.tables()
    assert all(expected.values()), "an empty table would prove nothing"

    parts = Warehouse(tmp_path / "parts", monkeypatch)
    for number, batch in enumerate(split(rows, batches=3, seed=seed)):
        parts.land(batch, str(number))
        parts.build()
    for table, expected_rows in expected.items():
        assert parts.tables()[table] == expected_rows, table
