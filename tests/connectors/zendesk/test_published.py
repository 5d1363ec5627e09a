"""Zendesk's raw files alone, through the whole pipeline: the right figures are published."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.connectors.zendesk import world
from tests.connectors.zendesk.figures import monthly
from tests.connectors.zendesk.oracle import Meaning, meaning
from tests.published import publish

pytestmark = pytest.mark.builds(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory into which somebody dropped Zendesk's files, and ran the pipeline."""
    folder = tmp_path_factory.mktemp("zendesk")
    inbox = folder / "landing" / "inbox" / "zendesk"
    inbox.mkdir(parents=True)
    for name, content in world.native().items():
        (inbox / name).write_text(content)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def published(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(data / "published" / "pilotage.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def right(data: Path) -> Meaning:
    return meaning(data / "landing" / "inbox" / "zendesk")


def test_figures_are_the_oracle_s(published: duckdb.DuckDBPyConnection, right: Meaning) -> None:
    expected = monthly(right)
    found = {
        kpi: (numerator, denominator)
        for kpi, numerator, denominator in published.execute("""
            select kpi_id, cast(numerator as double), cast(denominator as bigint)
            from kpis.kpi_values
            where period_grain = 'month' and slice_type = 'total'
                and period_start = date '2026-03-01'
        """).fetchall()
    }
    assert {kpi: found.get(kpi) for kpi in expected} == expected


def test_vendor_s_figures_are_explained(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("""
        select subject_id, metric, reason
        from reports.vendor_reconciliation
        order by cast(subject_id as int), metric
    """).fetchall()
    reasons = {(subject, metric): reason for subject, metric, reason in rows}
    assert len(reasons) == len(rows)
    different = {key: reason for key, reason in reasons.items() if reason != "equal"}
    assert different == {
        ("5", "first_resolution_seconds"): "closed_without_solve",
        ("5", "full_resolution_seconds"): "closed_without_solve",
        ("10", "replies"): "created_by_agent",
        ("18", "first_resolution_seconds"): "closed_without_solve",
        ("18", "full_resolution_seconds"): "closed_without_solve",
        ("998", "reopens"): "unknown_subject",
        ("998", "replies"): "unknown_subject",
    }


def test_what_is_odd_is_a_finding(published: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        published.execute("""
            select finding, count(*) from kpis.findings where table_name is not null group by 1
        """).fetchall()
    )
    for note in (
        *("schedules", "holidays", "sla_policies", "follow_ups"),
        *("higher_levels", "ratings_without_ticket", "survey_answers_left_out"),
    ):
        assert found.get(note), note
