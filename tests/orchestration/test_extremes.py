"""Whatever the landing contract accepts can be computed and published."""

import csv
from datetime import datetime

import pytest

from orchestration.gate import describe
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.run.steps import initialise, judge_candidate, make_candidate
from orchestration.system.environment import prepare_environment
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse.build import build
from orchestration.warehouse.run_context import new_context
from tests.orchestration import extremes

pytestmark = pytest.mark.builds(1)


def test_every_extreme_value_that_is_accepted_leads_to_an_edition(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "data" / "dbt" / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "data" / "dbt" / "logs"))
    paths, contract = prepare_environment(), load_contract(PROJECT_ROOT)
    initialise(paths)
    landed = extremes.rows(contract)
    for table in contract.tables.values():
        folder = paths.inbox / table.source
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [column.name for column in table.columns])
            writer.writeheader()
            writer.writerows(landed[table.name])
    report = accept(paths, contract, now=datetime.fromisoformat(extremes.NOW))
    print(f"{report.accepted} of {report.received} extreme rows accepted")
    assert not report.refused
    # the ends of what is accepted, not of what is refused
    reasons = [(batch.table, batch.reasons) for batch in report.batches if batch.quarantined]
    assert report.accepted > 0.95 * report.received, reasons
    built = build(paths, new_context(latest_batch(paths), None), None)
    assert built.error is None, built.error
    make_candidate(paths)
    verdict = judge_candidate(paths)
    assert verdict.success, describe(verdict)
