"""The inbox is sorted by source, table and kind; what is nothing known is named."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.landing.contract import Contract
from orchestration.landing.files import FileRefused, identify, scan


@pytest.mark.parametrize(
    ("name", "table", "kind"),
    [
        ("contacts.csv", "contacts", "csv"),
        ("contacts_2026-07.csv.gz", "contacts", "csv"),
        ("contacts-july.jsonl", "contacts", "jsonl"),
        ("contacts.july.jsonl.gz", "contacts", "jsonl"),
        ("contacts2026.parquet", "contacts", "parquet"),
        ("contact_events_1.csv", "contact_events", "csv"),
        ("rates [new]*.csv", "rates", "csv"),
        ("CONTACTS.CSV", "contacts", "csv"),
        ("contacts.CSV.gz", "contacts", "csv"),
        ("Contacts.Parquet", "contacts", "parquet"),
        ("contacts (1).csv", "contacts", "csv"),
        ("contacts juin.csv", "contacts", "csv"),
        ("contact events.csv", None, None),
        ("contactsjuin.csv", None, None),
        ("contacts.txt", None, None),
        ("rates_[new]*.csv", "rates", "csv"),
    ],
)
def test_a_file_belongs_to_the_longest_table_name_it_begins_with(
    landing, name: str, table: str | None, kind: str | None
) -> None:
    path = landing.drop(name, "x")
    if table is None:
        with pytest.raises(FileRefused):
            identify(path, landing.contract)
        return
    found = identify(path, landing.contract)
    assert (found.table.name, found.kind, found.is_gzipped) == (table, kind, ".gz" in name)


def test_the_longest_of_several_table_names_wins(landing) -> None:
    rates = landing.contract.tables["calls", "rates"]
    daily = replace(rates, name="rates_daily")
    contract = Contract({("calls", "rates"): rates, ("calls", "rates_daily"): daily})
    found = identify(landing.drop("rates_daily_2026.csv", "x"), contract)
    assert found.table.name == "rates_daily"
    assert identify(landing.drop("rates_2026.csv", "x"), contract).table.name == "rates"


def test_a_table_name_must_be_whole(landing) -> None:
    assert identify(landing.drop("contact_events.csv", "x"), landing.contract).table.name == (
        "contact_events"
    )
    with pytest.raises(FileRefused, match="no table has a name"):
        identify(landing.drop("contact_log.csv", "x"), landing.contract)
    with pytest.raises(FileRefused, match="no table has a name"):
        identify(landing.drop("contactsold.csv", "x"), landing.contract)


def test_what_is_no_table_of_the_contract_is_refused_and_the_rest_goes_on(landing) -> None:
    landing.drop("rates.csv", "rate_date,currency,units\n2026-01-01,USD,1.1\n")
    landing.drop("rates.xls", "x")
    landing.drop("rates.parquet.gz", b"x")
    landing.drop("nothing.csv", "x")
    landing.drop("contacts.csv", "x", source="mail")
    (landing.paths.inbox / "loose.csv").write_text("x")
    (landing.paths.inbox / "calls" / "rates_2.csv").mkdir()
    landing.drop(".contacts.csv.part", "x")
    report = landing.accept()
    said = {refused.file: refused.reason for refused in report.refused}
    assert set(said) == {
        "calls/rates.xls",
        "calls/rates.parquet.gz",
        "calls/nothing.csv",
        "calls/rates_2.csv",
        "mail/contacts.csv",
        "loose.csv",
    }
    assert "unknown kind of file; use .csv" in said["calls/rates.xls"]
    assert "save a workbook as .xlsx" in said["calls/rates.xls"]
    assert "no table has a name that 'nothing' begins with: contacts" in said["calls/nothing.csv"]
    assert said["calls/rates_2.csv"] == "is a directory; a file is expected"
    assert "unknown source 'mail'; the contract knows calls" in said["mail/contacts.csv"]
    assert "not in a source's directory" in said["loose.csv"]
    assert report.accepted == 1


def test_a_link_to_nothing_is_refused(landing) -> None:
    path = landing.paths.inbox / "calls" / "rates.csv"
    path.parent.mkdir(parents=True)
    path.symlink_to(Path("/nowhere/rates.csv"))
    _, refusals = scan(landing.paths.inbox, landing.contract, {})
    assert "vanished" in refusals[0].reason


def test_a_name_that_is_no_text_is_refused(landing) -> None:
    landing.drop("rates.csv", "rate_date,currency,units\n2026-01-01,USD,1.1\n")
    odd = os.fsencode(landing.paths.inbox / "calls") + b"/rates_\xff.csv"
    Path(os.fsdecode(odd)).write_text("x")
    report = landing.accept()
    assert report.refused[0].file == "calls/rates_?.csv"
    assert "not UTF-8; rename it" in landing.refusal(report)
    assert report.accepted == 1
