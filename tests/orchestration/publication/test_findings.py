"""Findings are read back the gravest first, and an edition without them has none."""

from pathlib import Path

import duckdb
import pytest

from orchestration.publication.findings import counted, read_findings
from orchestration.system.ages import spoken
from orchestration.terminal.findings import print_findings

ROWS = """
    values
    ('notice', 'Never came.', 'surveys', 'answers', null, null, null, 'Insight', 'Land it.'),
    ('warning', 'Unknown.', 'interactions', 'contacts', 'channel', 2, null, 'Steward', 'Add it.'),
    ('warning', 'Orphans.', 'interactions', 'contact_legs', null, 30,
        timestamptz '2026-06-01 10:00:00Z', 'Planning', 'Land the contacts.'),
    ('error', 'Stopped.', 'billing', 'orders', null, null,
        timestamptz '2026-06-01 10:00:00Z', 'Finance', 'Restart it.')
"""
COLUMNS = "severity, what, source, table_name, detail, row_count, since, owner_role, what_to_do"


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    path = tmp_path / "edition.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema kpis")
        con.execute(f"create table kpis.findings as from ({ROWS}) as rows ({COLUMNS})")
    return path


def test_the_gravest_stand_first(edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read_findings(edition)
    assert [one.what for one in found] == ["Stopped.", "Orphans.", "Unknown.", "Never came."]
    assert found[2].place == "interactions/contacts.channel"
    assert counted(found) == "1 error, 2 warnings, 1 notice"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_LANGUAGE", "fr")
        assert counted(found) == "1 erreur, 2 avertissements, 1 remarque"
    print_findings(edition)
    said = capsys.readouterr().out
    assert "Findings: 1 error, 2 warnings, 1 notice" in said
    assert "Planning: Land the contacts." in said
    assert "30 rows. Since 2026-06-01" in " ".join(said.split())


def test_a_finding_is_said_in_french_where_its_edition_can(
    edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "fr")
    assert read_findings(edition)[0].what == "Stopped."
    with duckdb.connect(str(edition)) as con:
        con.execute("alter table kpis.findings add column what_fr varchar")
        con.execute("update kpis.findings set what_fr = 'Arrêtée.' where what = 'Stopped.'")
    assert [one.what for one in read_findings(edition)[:2]] == ["Arrêtée.", "Orphans."]


def test_an_edition_without_the_table_has_none(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "old.duckdb")).close()
    assert read_findings(tmp_path / "old.duckdb") == []
    assert counted([]) == ""


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.4, "0 hours"), (1, "1 hour"), (47, "47 hours"), (71, "3 days"), (210_322, "24 years")],
)
def test_an_age_is_said_in_the_unit_that_fits(hours: float, said: str) -> None:
    assert spoken(hours) == said
