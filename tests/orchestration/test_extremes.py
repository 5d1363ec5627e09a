"""Whatever the landing contract accepts can be computed and published, and odd rows from the field
beside it come out right: one world of both, built once."""

import csv
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import duckdb
import pytest

from orchestration.gate import Verdict, describe
from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.run.steps import initialise, judge_candidate, make_candidate
from orchestration.system.environment import prepare_environment
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.build import BuildReport, build
from orchestration.warehouse.run_context import new_context
from tests.orchestration import extremes

pytestmark = pytest.mark.builds(1)

FIELD_CASES = PROJECT_ROOT / "tests" / "orchestration" / "landing" / "field_cases"
# those whose figures are under a brand of their own
WITH_FIGURES = ("02", "03", "04", "06", "10", "14", "20", "42")


class World(NamedTuple):
    accepted: AcceptReport
    built: BuildReport
    verdict: Verdict
    marts: duckdb.DuckDBPyConnection

    def query(self, sql: str) -> list[tuple]:
        return self.marts.execute(sql).fetchall()

    def figure(self, kpi: str, brand: str, month: str = "2026-06-01") -> tuple | None:
        """Numerator, denominator and sample of a month; None without such a figure."""
        return self.marts.execute(
            "select numerator, denominator, sample_size from kpis.kpi_values where kpi_id = ?"
            " and slice_type = 'brand' and slice_value = ? and period_grain = 'month'"
            " and period_start = cast(? as date) and sample_size > 0",
            [kpi, brand, month],
        ).fetchone()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("extremes") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_DATA_DIR", str(root))
        patch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
        paths, contract = prepare_environment(), load_contract(PROJECT_ROOT)
        initialise(paths)
        land(paths)
        accepted = accept(paths, contract, now=datetime.fromisoformat(extremes.NOW))
        built = build(paths, new_context(latest_batch(paths), None), None)
        assert built.error is None, built.error
        make_candidate(paths)
        verdict = judge_candidate(paths)
        with duckdb.connect(str(paths.marts_db), read_only=True) as marts:
            yield World(accepted, built, verdict, marts)


def land(paths: DataPaths) -> None:
    contract = load_contract(PROJECT_ROOT)
    for case in WITH_FIGURES:
        (inbox,) = FIELD_CASES.glob(f"{case}-*/inbox")
        for file in inbox.glob("*/*"):
            folder = paths.inbox / file.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, folder / f"{file.stem}_{case}{file.suffix}")
    landed = extremes.rows(contract)
    for table in contract.tables.values():
        folder = paths.inbox / table.source
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [column.name for column in table.columns])
            writer.writeheader()
            writer.writerows(landed[table.name])


def test_every_extreme_value_that_is_accepted_leads_to_an_edition(world) -> None:
    files = [
        (batch.table, file)
        for batch in world.accepted.batches
        for file in batch.files
        if file.name == f"{batch.table}.csv"
    ]
    received = sum(file.received for _, file in files)
    taken = sum(file.accepted for _, file in files)
    print(f"{taken} of {received} extreme rows accepted, in {len(files)} tables")
    assert not world.accepted.refused
    assert {table for table, _ in files} == set(extremes.rows(load_contract(PROJECT_ROOT)))
    # the ends of what is accepted, not of what is refused
    reasons = [(batch.table, batch.reasons) for batch in world.accepted.batches]
    assert taken > 0.97 * received, reasons
    assert world.verdict.success, describe(world.verdict)


def test_who_withholds_a_number_is_nobody(world) -> None:
    for brand, contacts in (("b02", 11), ("b02t", 8), ("b03", 8)):
        assert world.figure("identity_match_rate", brand) == (0, contacts, contacts)
        assert world.figure("fcr_observed", brand) is None
        assert world.figure("repeat_contact_rate", brand) is None


def test_currencies_are_the_same_in_any_case(world) -> None:
    for brand, amount in (("b04eur", 10), ("b04EUR", 10), ("b04usd", 8), ("b04USD", 8)):
        assert world.figure("arpu_eur", brand, "2026-05-01") == (10 * amount, 1, 1)
        assert world.figure("gross_mrr_churn_rate", brand, "2026-05-01") == (0, amount, 1)


def test_scores_off_the_scale_stop_nothing(world) -> None:
    found = world.query(
        "select answer_id from core.survey_answers where brand = 'b06' and is_counted order by all"
    )
    assert found == [("s60",), ("s65",)]


def test_the_repeated_hour_is_read_in_the_order_that_makes_rows_whole(world) -> None:
    found = world.query(
        "select contact_id, wait_seconds::int, epoch(ended_at - queue_entered_at)::int"
        " from core.contacts where brand = 'b10' order by all"
    )
    assert found == [("n1", 10, 300), ("n3", 10, 360), ("n4", 10, 185)]


def test_dates_that_mean_none_make_no_days(world) -> None:
    ids = ("m1", "m2", "m3", "m4", "m5", "m6")
    assert world.query(f"select count(*) from core.contacts where contact_id in {ids}") == [(0,)]


def test_channels_are_live_in_any_case(world) -> None:
    assert world.figure("service_level_20s", "b20") == (5, 5, 5)


def test_codes_that_no_seed_knows_are_published(world) -> None:
    found = world.query(
        "select row_count from kpis.unknown_codes where table_name = 'contacts' and code = 'voice'"
    )
    assert found == [(1,)]
    questions = world.query(
        "select code from kpis.unknown_codes where column_name = 'question_code' order by all"
    )
    assert ("xxx",) in questions and ("nps",) not in questions


def test_a_wait_of_days_is_a_wait(world) -> None:
    assert world.figure("service_level_20s", "b") == (8, 9, 9)
    waited = world.query(
        "select wait_seconds::int from core.contacts where contact_id = 'w1' and brand = 'b'"
    )
    assert waited == [(230_400,)]
    squares = world.query(
        "select sum(wait_seconds_squared_answered_live)::double from kpis.measures_contacts"
        " where brand = 'b' and channel = 'chat'"
    )
    assert squares == [(230_400.0**2,)]
