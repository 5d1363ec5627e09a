"""`pilotage connect`: which vendor a file looks like, and where it then lies."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.lineage.landed import kpis_reached, tables_of_kpis
from orchestration.system.errors import UsageError
from orchestration.terminal.connecting import connect
from tests.connectors.world import Landing

ACME = Path(__file__).parent / "acme"


@pytest.fixture
def acme(land: Callable[[str], Landing]) -> Landing:
    landing = land("acme")
    shutil.copytree(ACME, landing.paths.connectors / "acme")
    return landing


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: " ".join(capsys.readouterr().out.split())


def test_every_connector_is_listed_with_its_layouts(acme: Landing, said: Callable[[], str]) -> None:
    connect(acme.paths, None, False)
    assert "acme: Acme Desk (native, flat)" in said()


def test_a_connector_says_what_comes_out_and_what_does_not(
    acme: Landing, said: Callable[[], str]
) -> None:
    connect(acme.paths, "acme", False)
    text = said()
    assert "interactions.tickets: one row a ticket" in text
    assert "waiting time" in text
    assert "time_zone: Europe/Paris" in text
    assert "With interactions.ticket_events as well: backlog_aged_share" in text


def test_a_file_of_any_name_is_known_by_its_columns_and_put_where_it_is_read(
    acme: Landing, said: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "export-27.csv"
    file.write_text("ticket;created;channel;person;mood\nA;01/06/2023 12:00;mail;7;x\n")
    connect(acme.paths, str(file), True)
    text = said()
    assert "looks like Acme Desk, layout flat, table tickets: 4 of its 5 columns" in text
    assert "missing, and left empty: changed" in text
    assert "not read: mood" in text
    assert file.exists()
    assert len(acme.convert().taken) == 1
    assert acme.rows("interactions.tickets", "ticket_id") == [("A",)]


def test_nothing_is_copied_unless_somebody_agrees(
    acme: Landing, said: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps([{"id": 7, "email": "ana@example.org"}]))
    connect(acme.paths, str(file), False)
    assert "or say --yes" in said()
    assert list(acme.inbox.iterdir()) == []


def test_each_file_of_an_archive_is_looked_at(
    acme: Landing, said: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("people.csv", "id,email\n7,ana@example.org\n")
        archive.writestr("odd.csv", "colour,weight\nred,7\n")
        archive.writestr("README.txt", "Exported by hand.\n")
    connect(acme.paths, str(file), True)
    text = said()
    assert "all.zip/README.txt: unknown kind of file" in text
    assert "all.zip/people.csv: looks like Acme Desk, layout native, table people" in text
    assert "all.zip/odd.csv: looks like no export that is known" in text
    assert (acme.inbox / "all.zip").exists()


def test_a_delivery_without_a_suffix_is_looked_at(
    acme: Landing, said: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "acme-stream-1-2026-06-01-10-00-00-0f1e"
    file.write_text(json.dumps({"id": 7, "email": "ana@example.org"}) + "\n")
    connect(acme.paths, str(file), True)
    assert "looks like Acme Desk, layout native, table people" in said()
    assert len(acme.convert().taken) == 1


def test_a_copy_in_the_inbox_is_its_owners_alone(acme: Landing, tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps([{"id": 7, "email": "ana@example.org"}]))
    before = os.umask(0o022)
    try:
        connect(acme.paths, str(file), True)
    finally:
        os.umask(before)
    (copy,) = (path for path in acme.inbox.rglob("*") if path.is_file())
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_file_that_lacks_what_is_needed_is_not_put_there(acme: Landing, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text("ticket;channel;person\nA;mail;7\n")
    with pytest.raises(UsageError, match="cannot be read without created"):
        connect(acme.paths, str(file), True)
    assert list(acme.inbox.iterdir()) == []


def test_a_file_of_no_vendor_gets_a_draft_of_a_mapping(
    acme: Landing, said: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "appels.csv"
    file.write_text(
        "N° appel;Sens;Date d'entrée;Issue\n1;Entrant;15/06/2026 09:00;Abandonné\n",
        encoding="utf-8",
    )
    connect(acme.paths, str(file), True)
    assert "looks like no export of" in said()
    assert (acme.paths.mappings / "interactions.yml").exists()


def test_kpis_come_out_of_the_tables_that_their_figures_are_made_from() -> None:
    needed = tables_of_kpis()["reopen_rate"]
    assert needed == {"interactions.tickets", "interactions.ticket_events"}
    assert "reopen_rate" in kpis_reached(needed).whole
    assert kpis_reached({"interactions.tickets"}).partly["reopen_rate"] == (
        "interactions.ticket_events",
    )
    assert kpis_reached({"workforce.trainings"}).partly.get("reopen_rate") is None
