"""Every rule of the contract sets its row aside, with its reason; a row that fits is typed."""

import re
from datetime import date
from decimal import Decimal

import pytest

from orchestration.landing.contract import load_contract
from orchestration.landing.rules import QUOTE

from .conftest import CONTRACT, write_contract

BASE = {"contact_id": "c1", "channel": "phone", "queued_at": "2026-06-01T10:00:00Z"}


@pytest.fixture
def judged(landing):
    """Accept one row of contacts and return its reason; None when it is accepted."""

    def judge(**values: str) -> str | None:
        row = BASE | values
        quoted = ",".join('"' + value.replace('"', '""') + '"' for value in row.values())
        landing.drop("contacts.csv", f"{','.join(row)}\n{quoted}\n")
        report = landing.accept()
        assert report.received == 1 and not report.refused
        aside = landing.quarantined()
        return aside[0][1] if aside else None

    return judge


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"contact_id": ""}, "contact_id: required, but missing"),
        ({"contact_id": "  "}, "contact_id: required, but missing"),
        ({"contact_id": "'"}, "contact_id: required, but missing"),
        ({"contact_id": "1.23457E+11"}, "contact_id: digits lost to scientific notation"),
        ({"contact_id": "2e+20"}, "contact_id: digits lost to scientific notation"),
        ({"queued_at": ""}, "queued_at: required, but missing"),
        ({"channel": "fax"}, "channel: not one of phone, chat"),
        ({"wait_seconds": "a while"}, "wait_seconds: not a number"),
        ({"wait_seconds": "1,5"}, "wait_seconds: not a number"),
        ({"wait_seconds": "1_000"}, "wait_seconds: not a number"),
        ({"wait_seconds": "nan"}, "wait_seconds: not a number"),
        ({"wait_seconds": "0x1F"}, "wait_seconds: not a number"),
        (
            {"wait_seconds": "123456789012345"},
            "wait_seconds: too large, at most 14 digits before the point",
        ),
        ({"wait_seconds": "-0.0001"}, "wait_seconds: below 0"),
        ({"agents": "2.5"}, "agents: not an integer"),
        ({"agents": "two"}, "agents: not an integer"),
        ({"agents": "99999999999"}, "agents: too large"),
        ({"agents": "10"}, "agents: above 9"),
        ({"is_test": "maybe"}, "is_test: not true or false"),
        ({"is_test": "x"}, "is_test: not true or false"),
        ({"is_deleted": "2"}, "is_deleted: not true or false"),
        ({"born_on": "1980-02-30"}, "born_on: impossible date"),
        ({"born_on": "01/02/1980"}, "born_on: not a date (ISO 8601)"),
        ({"born_on": "2026-07-03"}, "born_on: in the future"),
        ({"queued_at": "yesterday"}, "queued_at: not an instant (ISO 8601)"),
        ({"queued_at": "2026-02-30T10:00:00Z"}, "queued_at: impossible date or time"),
        ({"queued_at": "2026-02-30T10:00:00"}, "queued_at: impossible date or time"),
        ({"queued_at": "2026-03-29T02:30:00"}, "queued_at: does not exist, clocks went forward"),
        ({"queued_at": "2026-07-02T12:00:01Z"}, "queued_at: in the future"),
        ({"answered_at": "2026-06-01T09:59:59Z"}, "answered_at: before queued_at"),
        ({"answered_at": "2026-06-01T11:59:59"}, "answered_at: before queued_at"),
        (
            {"customer_ref": "x", "customer_ref_type": "fax"},
            "customer_ref_type: not one of customer_id",
        ),
        (
            {"channel": "fax", "wait_seconds": "-1", "queued_at": ""},
            "channel: not one of phone, chat; queued_at: required, but missing; "
            "wait_seconds: below 0",
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_set_aside(judged, values: dict, reason: str) -> None:
    found = judged(**values)
    assert found is not None
    plain = re.sub(QUOTE, "", found)
    assert plain == reason or plain.startswith(reason + ",")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"channel": " Fax "}, 'channel: not one of phone, chat ("fax")'),
        ({"wait_seconds": "-0.5"}, 'wait_seconds: below 0 ("-0.5")'),
        ({"wait_seconds": 'a; "while"'}, "wait_seconds: not a number (\"a, 'while'\")"),
        ({"agents": "1" * 50}, f'agents: too large ("{"1" * 40}…")'),
        # nobody's address, and nothing of a person
        ({"channel": "jane@example.com"}, "channel: not one of phone, chat"),
        ({"queued_at": ""}, "queued_at: required, but missing"),
    ],
)
def test_a_reason_quotes_what_it_refuses(judged, values: dict, reason: str) -> None:
    assert judged(**values) == reason


def test_a_value_of_a_column_about_people_is_not_quoted(tmp_path, landing) -> None:
    landing.contract = load_contract(
        write_contract(
            tmp_path / "other", CONTRACT.replace("future: allowed, pii: none", "pii: quasi")
        )
    )
    landing.drop("contacts.csv", "contact_id,channel,queued_at,due_on\nc1,phone,2026-06-01,soon\n")
    landing.accept()
    assert landing.quarantined() == [(1, "due_on: not a date (ISO 8601)")]


def test_reasons_are_counted_without_what_they_quote(landing) -> None:
    lines = "".join(f"c{at},{code},2026-06-01\n" for at, code in enumerate(["fax", "telex", "x;y"]))
    landing.drop("contacts.csv", f"contact_id,channel,queued_at\n{lines}")
    landing.accept()
    assert landing.ledger(1)["reasons"] == [
        {"reason": "channel: not one of phone, chat", "rows": 3}
    ]


@pytest.mark.parametrize(
    ("values", "column", "typed"),
    [
        ({"contact_id": " c1\t"}, "contact_id", "c1"),
        ({"contact_id": "\u00a0c1"}, "contact_id", "c1"),
        ({"reason": ""}, "reason", None),
        ({"reason": " late  parcel "}, "reason", "late  parcel"),
        ({"note": "  as said \n"}, "note", "  as said \n"),
        ({"note": "   "}, "note", None),
        ({"wait_seconds": "+12.50"}, "wait_seconds", Decimal("12.5")),
        ({"wait_seconds": " 1e3 "}, "wait_seconds", Decimal(1000)),
        ({"wait_seconds": ".12345"}, "wait_seconds", Decimal("0.1235")),
        ({"wait_seconds": "99999999999999.9999"}, "wait_seconds", Decimal("99999999999999.9999")),
        ({"agents": "2.0"}, "agents", 2),
        ({"agents": "9"}, "agents", 9),
        ({"is_test": "OUI"}, "is_test", True),
        ({"is_test": "1"}, "is_test", True),
        ({"is_test": "Non"}, "is_test", False),
        ({"is_test": "FALSE"}, "is_test", False),
        ({"is_test": "0"}, "is_test", False),
        ({"is_test": "VRAI"}, "is_test", True),
        ({"is_test": "Yes"}, "is_test", True),
        ({"is_test": "t"}, "is_test", True),
        ({"is_test": "faux"}, "is_test", False),
        ({"is_test": "no"}, "is_test", False),
        ({"is_test": "F"}, "is_test", False),
        ({"channel": " PHONE "}, "channel", "phone"),
        ({"contact_id": "542.0"}, "contact_id", "542"),
        ({"contact_id": "542.00"}, "contact_id", "542"),
        ({"contact_id": "4.20"}, "contact_id", "4.20"),
        ({"contact_id": "v2.0"}, "contact_id", "v2.0"),
        ({"contact_id": '="004512"'}, "contact_id", "004512"),
        ({"contact_id": "'004513"}, "contact_id", "004513"),
        ({"contact_id": "2e10"}, "contact_id", "2e10"),
        ({"is_deleted": ""}, "is_deleted", False),
        ({"born_on": "1980-02-29"}, "born_on", date(1980, 2, 29)),
        ({"due_on": "2031-01-01"}, "due_on", date(2031, 1, 1)),
        ({"queued_at": "2026-07-02T11:59:59Z"}, "queued_at::varchar", "2026-07-02 11:59:59+00"),
        ({"queued_at": "2025-10-26T02:30:00"}, "queued_at::varchar", "2025-10-26 00:30:00+00"),
        ({"answered_at": "2026-06-01T10:00:00Z"}, "answered_at::varchar", "2026-06-01 10:00:00+00"),
    ],
)
def test_a_row_that_fits_is_typed(judged, landing, values: dict, column: str, typed) -> None:
    assert judged(**values) is None
    assert landing.rows("contacts", column) == [(typed,)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("e1,sold,", "amount: required when kind is sold"),
        ("e1,asked,", None),
        ("e1,sold,3", None),
    ],
)
def test_a_column_required_for_some_kinds_of_rows(landing, line: str, reason: str | None) -> None:
    landing.drop("contact_events.csv", f"event_id,kind,amount\n{line}\n")
    landing.accept()
    aside = landing.quarantined("contact_events")
    assert aside == ([(1, reason)] if reason else [])


def test_a_column_required_for_some_kinds_counts_when_the_file_lacks_it(landing) -> None:
    landing.drop("contact_events.csv", "event_id,kind\ne1,sold\ne2,asked\n")
    landing.accept()
    assert landing.quarantined("contact_events") == [(1, "amount: required when kind is sold")]


def test_a_deletion_needs_its_key_and_keeps_nothing_else(landing) -> None:
    landing.drop(
        "contacts.csv",
        "contact_id,channel,queued_at,note,updated_at,is_deleted\n"
        "c1,fax,never,Jane Doe,2026-06-01T10:00:00Z,true\n"
        ",phone,2026-06-01,x,,true\n"
        "c3,,,,soon,oui\n",
    )
    landing.accept()
    assert landing.rows("contacts", "contact_id, channel, queued_at, note, is_deleted") == [
        ("c1", None, None, None, True)
    ]
    assert landing.rows("contacts", "updated_at::varchar") == [("2026-06-01 10:00:00+00",)]
    assert landing.quarantined() == [
        (2, "contact_id: required, but missing"),
        (3, 'updated_at: not an instant (ISO 8601) ("soon")'),
    ]


def test_a_file_of_deletions_may_lack_required_columns_and_no_other_file(landing) -> None:
    landing.drop("contacts_gone.csv", "contact_id,is_deleted\nc1,true\nc2,1\n")
    assert landing.accept().accepted == 2
    landing.drop("contacts_some.csv", "contact_id,is_deleted\nc3,true\nc4,false\n")
    assert landing.refusal(landing.accept()) == "lacks required column channel, queued_at"
    assert len(landing.rows("contacts")) == 2
    landing.drop("contacts_z.csv", "contact_id,channel,queued_at\nc5,phone,2026-06-01\n")
    assert landing.accept().accepted == 1
    assert landing.rows("contacts", "contact_id") == [("c1",), ("c2",), ("c5",)]


def test_the_quarantine_keeps_the_row_as_its_file_says_it(landing) -> None:
    landing.drop("contacts.csv", "channel;contact_id;colour;queued_at\n fax ;c1;rouge;\n")
    landing.accept()
    assert landing.quarantine() == [
        (
            "contacts.csv",
            1,
            'channel: not one of phone, chat ("fax"); queued_at: required, but missing',
            '{"channel":" fax ","contact_id":"c1","colour":"rouge","queued_at":null}',
        )
    ]


def test_a_table_without_deletions_is_judged_all_the_same(tmp_path, landing) -> None:
    root = write_contract(
        tmp_path / "other",
        """
        sources:
          - name: calls
            tables:
              - name: plain
                config: {meta: {key: [id], version: first_wins}}
                columns:
                  - {name: id, data_type: bigint, config: {meta: {required: true, pii: none}}}
                  - {name: reason, data_type: varchar, config: {meta: {pii: none}}}
        """,
    )
    landing.contract = load_contract(root)
    landing.drop("plain.csv", "id,reason\n1,a\nx,b\n1,a\n1,c\n")
    report = landing.accept()
    assert (report.accepted, report.quarantined, report.duplicate) == (1, 2, 1)


@pytest.mark.parametrize(
    "written",
    ["ask jane@example.com", "06 12 34 56 78", "0612345678", "call +44 7700 900123 first"],
)
def test_an_identifier_in_a_code_is_refused_without_being_quoted(judged, written: str) -> None:
    assert judged(reason=written) == "reason: holds an e-mail address or a telephone number"


@pytest.mark.parametrize(
    "written", ["billing", "2026-06-12 10:00", "order 0123", "12 34 56 78", "v1.2.3.4"]
)
def test_what_is_no_identifier_stays_a_code(judged, written: str) -> None:
    assert judged(reason=written) is None


def test_a_key_may_be_a_number_that_looks_like_a_telephone(judged) -> None:
    assert judged(contact_id="0612345678") is None
    assert judged(contact_id="06 12 34 56 78") == (
        "contact_id: holds an e-mail address or a telephone number"
    )
