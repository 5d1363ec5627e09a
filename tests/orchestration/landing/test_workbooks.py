"""Workbooks land as the CSV that their owner would have saved."""

import io
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from orchestration.landing.mappings.declared import as_entry, parse_mapping, write_mapping
from orchestration.landing.workbooks import NotReadable, as_csv
from tests.orchestration.landing.conftest import Landing


def workbook(*rows: tuple, before: int = 0, empty_first: bool = False) -> bytes:
    """A workbook of these rows, after some empty ones."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True})
    forms = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        time: book.add_format({"num_format": "hh:mm:ss"}),
        timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
    }
    if empty_first:
        book.add_worksheet("notes")
    sheet = book.add_worksheet("calls")
    for at, row in enumerate(rows, start=before):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(at, column, cell, forms.get(type(cell)))
    book.close()
    return out.getvalue()


def text_of(content: bytes) -> list[str]:
    return b"".join(as_csv(content)).decode().splitlines()


def test_cells_are_written_as_what_they_are() -> None:
    row = (7.0, 7.5, True, datetime(2026, 1, 31, 9, 30), "a,\u00e9", None, timedelta(hours=26))
    assert text_of(workbook(("n", "x", "b", "at", "text", "none", "took"), row)) == [
        "n,x,b,at,text,none,took",
        '7,7.5,true,2026-01-31 09:30:00,"a,\u00e9",,26:00:00',
    ]


def test_empty_rows_and_empty_sheets_are_left_out() -> None:
    content = workbook(("n",), (None,), (1,), before=3, empty_first=True)
    assert text_of(content) == ["n", "1"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"n;x\n1;2\n"])
def test_what_is_no_workbook_is_said(content: bytes) -> None:
    with pytest.raises(NotReadable):
        b"".join(as_csv(content))


def test_a_workbook_in_the_contracts_form_lands(landing: Landing) -> None:
    header = ("rate_date", "currency", "units")
    content = workbook(header, (date(2026, 1, 31), "USD", 1.1), (date(2026, 2, 28), "USD", 1.2))
    landing.drop("rates.xlsx", content)
    report = landing.accept()
    assert (report.received, report.accepted, report.refused) == (2, 2, [])
    # the same workbook is the same file
    assert landing.accept().skipped == ["calls/rates.xlsx"]


def test_a_broken_workbook_is_refused_and_the_rest_goes_on(landing: Landing) -> None:
    landing.drop("rates.xlsx", b"PK\x03\x04 nothing")
    landing.drop("rates.csv", "rate_date,currency,units\n2026-01-01,USD,1.1\n")
    report = landing.accept()
    assert [one.file for one in report.refused] == ["calls/rates.xlsx"]
    assert "not a readable workbook" in report.refused[0].reason
    assert report.accepted == 1


def test_a_mapped_workbook_is_read_by_its_headers(landing: Landing) -> None:
    said = {
        "pattern": "Cours*.xlsx",
        "table": "rates",
        "columns": {"rate_date": "Jour", "currency": "Devise", "units": "Cours"},
    }
    mapping = parse_mapping(said, "calls", landing.contract, "test")
    assert as_entry(mapping)["table"] == "rates"
    write_mapping(landing.paths, mapping, landing.contract)
    landing.drop(
        "Cours 2026.xlsx", workbook(("Jour", "Devise", "Cours"), (date(2026, 1, 31), "USD", 1.1))
    )
    assert landing.accept().accepted == 1
