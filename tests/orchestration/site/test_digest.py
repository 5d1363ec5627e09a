"""The digest says what moved, in either language, and nothing of single persons."""

from pathlib import Path

import pytest

from orchestration.site.digest import Digest, read_alerts, read_digest
from tests.orchestration.small_edition import RECORD, write_edition
from tests.orchestration.worked_examples import Run


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "en")
    write_edition(tmp_path / "pilotage.duckdb")
    return tmp_path / "pilotage.duckdb"


def lines(digest: Digest, heading: str) -> list[str]:
    [group] = [one for one in digest.groups if one.heading == heading]
    return group.shown


def test_newest_final_figures_that_moved(database: Path) -> None:
    digest = read_digest(database, RECORD)
    # the one whose status moved comes first; a provisional month is none, nor is a slice
    assert lines(digest, "What changed") == [
        "Resolution: 80.0% (May 2026), before 70% (Apr 2026); ■ alert → ● good",
        "Repeats: 15.0% (Apr 2026), before 12.5%",
        "1 newest figure moved that is still provisional.",
    ]
    assert digest.title == (
        "Pilotage, edition of 3 Jun 2026: 2 KPIs moved, 2 alerts to act on, 1 open signal"
    )


def test_a_first_edition_is_compared_with_nothing(database: Path) -> None:
    digest = read_digest(database, RECORD | {"changes": None})
    assert lines(digest, "What changed") == ["First edition: nothing to compare it with."]
    assert "0 KPIs moved" in digest.title


def test_an_edition_in_which_nothing_moved(database: Path) -> None:
    digest = read_digest(database, RECORD | {"edition": "e4", "changes": {"kpis": []}})
    assert lines(digest, "What changed") == ["No final figure moved."]


def test_alerts_of_every_report_but_the_agents_own(database: Path) -> None:
    assert [one.line for one in read_alerts(database)] == [
        "Repeats: 15.0% (target 12.8%). Boss → Find the cause",
        "Repeats, north: –. Boss",
    ]
    assert "jeanne" not in read_digest(database, RECORD).text


def test_signals_findings_freshness_and_verdict(database: Path) -> None:
    digest = read_digest(database, RECORD)
    assert lines(digest, "Open signals") == ["Reason that surges. Boss → Act"]
    assert lines(digest, "Findings on the data") == ["Error, billing/orders. It <stopped>."]
    assert lines(digest, "Freshness of sources") == [
        "1 of 2 sources were fresh when the run checked.",
        "billing/orders stale. Boss",
    ]
    assert lines(digest, "Verdict") == ["1,199 of 1,200 checks passed, 1 with a warning."]


def test_text_and_html_say_the_same(database: Path) -> None:
    digest = read_digest(database, RECORD)
    assert digest.text.splitlines()[0] == digest.title
    assert "\n\nOpen signals\n- Reason that surges. Boss → Act\n\n" in digest.text
    assert "<li" in digest.html and "It &lt;stopped&gt;." in digest.html
    for group in digest.groups:
        for line in group.shown:
            assert f"- {line}\n" in digest.text


def test_french(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "fr")
    digest = read_digest(database, RECORD)
    assert digest.title == (
        "Pilotage, édition du 3 juin 2026 : "
        "2 indicateurs ont bougé, 2 alertes à traiter, 1 signal ouvert"
    )
    assert "- Réitération : 15,0 % (objectif 12,8 %). Cheffe → Chercher la cause\n" in digest.text
    assert "■ alerte → ● bon" in digest.text
    assert '<html lang="fr">' in digest.html


def test_long_lists_say_how_many_are_left_out(database: Path) -> None:
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into kpis.findings select 'error', 'x', 's', 't', i::varchar, i "
            "from range(20) as r (i)"
        )
    found = lines(read_digest(database, RECORD), "Findings on the data")
    assert len(found) == 7
    assert found[-1] == "and 15 more"


def test_a_real_edition_has_one(worked_examples: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queries fit the tables as dbt builds them."""
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "en")
    digest = read_digest(worked_examples.paths.marts_db, RECORD)
    [said] = [one for one in lines(digest, "Freshness of sources") if "when the run checked" in one]
    assert " of 0 " not in said
    assert len(digest.groups) == 6
