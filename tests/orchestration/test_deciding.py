"""A decision from the terminal: what is refused, what is asked again, what lies in the inbox."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.run.steps import initialise
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.terminal.cli import app
from orchestration.warehouse.run_context import BUSINESS_ZONE

EDITION = """
create schema kpis;
create schema steering;
create table kpis.kpi_catalogue as
select * from (values
    ('fcr_rate', 'First contact resolution', 'active'), ('aov_eur', 'Average order', 'active'),
    ('bsc_index', 'Index', 'draft')
) as kpis (kpi_id, name_en, status);
create table kpis.kpi_values as
select * from (values
    ('fcr_rate', 'total', 'all'), ('fcr_rate', 'team', 'north'), ('fcr_rate', 'team', 'south'),
    ('fcr_rate', 'channel', 'phone'), ('aov_eur', 'brand', 'lumeo')
) as cells (kpi_id, slice_type, slice_value);
create table steering.decisions as
select 'DEC-001' as decision_id, 'fcr_rate' as kpi_id, date '2026-03-01' as decided_on,
    'Coach the team' as action, 'team' as slice_type, 'north' as slice_value,
    'south' as control_slice_value, 0.06::decimal(18, 4) as expected_change,
    date '2026-06-01' as review_on, 'acted' as status,
    timestamptz '2026-03-02T10:00:00Z' as updated_at, 'improved' as verdict
"""
TODAY = datetime.now(BUSINESS_ZONE).date()
FULL = {
    "--kpi": "fcr_rate",
    "--action": "Coach the team",
    "--slice-type": "team",
    "--slice-value": "north",
    "--control": "south",
    "--expected-change": "0,06",
    "--expected-gain-eur": "42000",
    "--confidence": "0.7",
    "--effort-days": "24",
    "--cost-eur": "9500.5",
    "--owner-role": "Operations manager",
    "--decided-on": "2026-03-01",
    "--review-on": "2026-06-01",
    "--objective": "OBJ-03",
}


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A data directory with a small published edition."""
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PILOTAGE_PSEUDONYM_KEY", "k" * 64)
    paths = DataPaths(tmp_path)
    paths.published.mkdir()
    with duckdb.connect(str(paths.pointer)) as edition:
        edition.execute(EDITION)
    return paths


def decide(*arguments: str, answers: str = "") -> Any:
    return CliRunner().invoke(app, ["decide", *arguments], input=answers)


def options(**changed: str | None) -> list[str]:
    """The full decision with some options changed, or left out."""
    chosen: dict[str, str | None] = {
        **FULL,
        **{f"--{k.replace('_', '-')}": changed[k] for k in changed},
    }
    return [part for name, value in chosen.items() if value is not None for part in (name, value)]


def recorded(paths: DataPaths) -> list[dict[str, Any]]:
    """The rows in the inbox, the oldest file first."""
    files = (paths.inbox / "steering").glob("decisions_*.jsonl")
    rows = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return sorted(rows, key=lambda row: row["updated_at"])


def test_a_decision_by_options_is_a_row_of_the_contract_that_lands(paths: DataPaths) -> None:
    done = decide("DEC-002", *options())
    assert done.exit_code == 0, done.output
    [row] = recorded(paths)
    assert row | {"updated_at": None} == {
        "decision_id": "DEC-002",
        "kpi_id": "fcr_rate",
        "objective_id": "OBJ-03",
        "signal_id": None,
        "level": None,
        "owner_role": "Operations manager",
        "decided_on": "2026-03-01",
        "action": "Coach the team",
        "slice_type": "team",
        "slice_value": "north",
        "control_slice_value": "south",
        "expected_change": 0.06,
        "expected_gain_eur": 42000,
        "confidence": 0.7,
        "effort_days": 24,
        "cost_eur": 9500.5,
        "review_on": "2026-06-01",
        "status": "observed",
        "updated_at": None,
        "is_deleted": None,
    }
    contract = load_contract(PROJECT_ROOT)
    initialise(paths)
    report = accept(paths, contract)
    assert (report.refused, report.quarantined) == ([], 0)
    [landed] = duckdb.sql(
        "select decision_id, cost_eur, review_on, updated_at from read_parquet("
        f"'{paths.accepted}/steering/decisions/batch=[1-9]*/*.parquet')"
    ).fetchall()
    assert landed[:3] == ("DEC-002", pytest.approx(9500.5), datetime(2026, 6, 1).date())
    assert abs(landed[3] - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_second_call_records_a_new_version_of_what_is_known(paths: DataPaths) -> None:
    assert decide("DEC-001", "--status", "measured").exit_code == 0
    assert decide("DEC-001", "--cost-eur", "10").exit_code == 0
    published, waiting = recorded(paths)
    assert published["status"] == "measured"
    assert published["control_slice_value"] == "south" and published["expected_change"] == 0.06
    assert published["decided_on"] == "2026-03-01"
    # the one that has not landed yet is known, too
    assert (waiting["status"], waiting["cost_eur"]) == ("measured", 10)
    assert waiting["updated_at"] > published["updated_at"]


def test_a_newer_published_version_counts_before_an_older_recorded_one(paths: DataPaths) -> None:
    assert decide("DEC-001", "--status", "closed").exit_code == 0
    with duckdb.connect(str(paths.pointer)) as edition:
        later = datetime.now(UTC) + timedelta(days=1)
        edition.execute(
            "update steering.decisions set updated_at = ?, status = 'adjusted'", [later]
        )
    assert decide("DEC-001", "--cost-eur", "10").exit_code == 0
    assert [row["status"] for row in recorded(paths)] == ["closed", "adjusted"]


def test_without_options_it_asks_and_asks_again(paths: DataPaths) -> None:
    answers = [
        "",
        "",
        "fcr_rte",
        "fcr_rate",
        "Coach the team",
        "team",
        "north",
        "north",
        "south",
        "0.06",
        "",
        "70",
        "0.7",
        "",
        "",
        "",
        "",
        "",
        "",
    ]
    done = decide(answers="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    for said in ("--kpi is missing", "did you mean fcr_rate", "compare with another", "0 and 1"):
        assert said in done.output
    [row] = recorded(paths)
    assert row["decision_id"].startswith("DEC-2")
    assert (row["kpi_id"], row["slice_value"], row["control_slice_value"]) == (
        "fcr_rate",
        "north",
        "south",
    )
    assert (row["confidence"], row["expected_gain_eur"], row["status"]) == (0.7, None, "observed")
    assert row["decided_on"] == str(TODAY)


def test_a_decision_about_everything_is_asked_for_no_slice(paths: DataPaths) -> None:
    done = decide(answers="DEC-003\nfcr_rate\nOpen later\n\n" + "\n" * 9)
    assert done.exit_code == 0, done.output
    [row] = recorded(paths)
    assert (row["slice_type"], row["slice_value"], row["control_slice_value"]) == (None, None, None)


def test_nobody_who_answers_is_wrong_usage(paths: DataPaths) -> None:
    done = decide()
    assert isinstance(done.exception, UsageError)
    assert "--help" in str(done.exception)
    assert recorded(paths) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kpi": None}, "--kpi is missing"),
        ({"kpi": "bsc_index"}, "No KPI 'bsc_index'"),
        ({"kpi": "aov_eur"}, "aov_eur is cut by brand"),
        ({"slice_type": "site"}, "fcr_rate is cut by channel, team"),
        ({"slice_type": None}, "--slice-type"),
        ({"slice_value": None}, "--slice-value is missing"),
        ({"slice_value": "nort"}, "did you mean north"),
        ({"control": "north"}, "compare with another"),
        ({"control": "phone"}, "No team 'phone'"),
        ({"confidence": "1.01"}, "not between 0 and 1"),
        ({"effort_days": "-1"}, "not between 0 and"),
        ({"cost_eur": "much"}, "no number"),
        ({"cost_eur": "nan"}, "not between"),
        ({"expected_change": "0.00001"}, "more than 4 decimals"),
        ({"decided_on": "01/03/2026"}, "no date"),
        ({"decided_on": str(TODAY + timedelta(days=2))}, "in the future"),
        ({"decided_on": "1989-12-31"}, "before 1990-01-01"),
        ({"review_on": "2026-03-01"}, "does not come after 2026-03-01"),
        ({"status": "done"}, "none of observed"),
    ],
)
def test_what_does_not_fit_is_wrong_usage_and_leaves_nothing(
    paths: DataPaths, changed: dict[str, str | None], said: str
) -> None:
    done = decide(*options(**changed))
    assert isinstance(done.exception, UsageError), done.output
    assert said in str(done.exception)
    assert recorded(paths) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["DEC-001", "--decided-on", "2026-06-01"], "does not come after"),
        (["DEC-001", "--slice-value", "south"], "compare with another"),
        (["DEC-001", "--slice-type", "channel"], "--slice-value is missing"),
        (["DEC-009", "--status", "acted"], "a new one needs --kpi"),
    ],
)
def test_a_change_is_checked_with_what_leans_on_it(
    paths: DataPaths, arguments: list[str], said: str
) -> None:
    done = decide(*arguments)
    assert isinstance(done.exception, UsageError), done.output
    assert said in str(done.exception)
    assert recorded(paths) == []


def test_without_an_edition_nothing_can_be_checked(paths: DataPaths) -> None:
    paths.pointer.unlink()
    done = decide(*options())
    assert isinstance(done.exception, UsageError)
    assert "pilotage run" in str(done.exception)
