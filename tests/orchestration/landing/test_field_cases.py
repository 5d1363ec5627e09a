"""Files as people and programs make them, each after a fault that practitioners report: what lands
of them by the project's own contract. `field_cases/<case>/README` says symptom and right result."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from orchestration.landing import files
from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.contract import load_contract
from orchestration.system.paths import PROJECT_ROOT, DataPaths

from .conftest import Landing

CASES = Path(__file__).parent / "field_cases"
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def contract():
    return load_contract(PROJECT_ROOT)


@pytest.fixture
def field(tmp_path, contract) -> Landing:
    """A data directory with the project's own contract."""
    return Landing(DataPaths(tmp_path / "data"), contract)


def land(field: Landing, case: str) -> AcceptReport:
    """Lay a case into the inbox and accept it."""
    (inbox,) = CASES.glob(f"{case}-*/inbox")
    shutil.copytree(inbox, field.paths.inbox, dirs_exist_ok=True)
    return accept(field.paths, field.contract, now=NOW)


def drop(field: Landing, source: str, name: str, content: str | bytes) -> AcceptReport:
    field.drop(name, content, source)
    return accept(field.paths, field.contract, now=NOW)


def reasons(field: Landing, source: str, table: str) -> list[tuple[int, str]]:
    import duckdb

    found = sorted((field.paths.quarantine / source / table).glob("*/*.parquet"))
    with duckdb.connect() as con:
        return [
            row
            for file in found
            for row in con.execute(
                f"select row_number, reason from '{file}' order by all"
            ).fetchall()
        ]


CONTACT = "contact_id,channel,direction,queue_entered_at,disposition\n"
A_CALL = "phone,inbound,2026-06-01T09:00:00+02:00,abandoned\n"


def test_a_withheld_number_is_nobody(field) -> None:
    report = land(field, "02")
    assert set(field.rows("contacts", "customer_ref", "interactions")) == {(None,)}
    (contacts,) = [batch for batch in report.batches if batch.table == "contacts"]
    assert contacts.refused_identifiers == [{"column": "customer_ref", "rows": 19}]


@pytest.mark.parametrize(
    ("reference", "kind", "is_one"),
    [
        ("Numéro masqué", "", False),
        ("#N/A", "", False),
        ("--", "customer_id", False),
        ("000", "customer_id", False),
        ("2,5E+10", "", False),
        ("K-17", "", True),
        ("100", "", True),
        ("NA12", "customer_id", True),
    ],
)
def test_a_placeholder_is_no_customer(field, reference: str, kind: str, is_one: bool) -> None:
    header = CONTACT.replace("contact_id,", "contact_id,customer_ref,customer_ref_type,")
    row = f"c1;{reference};{kind};" + A_CALL.replace(",", ";")
    drop(field, "interactions", "contacts.csv", header.replace(",", ";") + row)
    ((found,),) = field.rows("contacts", "customer_ref", "interactions")
    assert (found is not None) == is_one


def test_placeholder_addresses_of_customers_are_none(field) -> None:
    land(field, "03")
    held = field.rows("customers", "customer_id, email is not null, phone is not null", "billing")
    assert held == [
        ("p31", False, False),
        ("p32", False, False),
        ("p33", False, False),
        ("p34", True, False),
    ]


def test_currencies_are_written_one_way_and_unknown_ones_reported(field) -> None:
    land(field, "04")
    for table in ("orders", "documents", "subscription_events"):
        found = field.rows(table, "currency", "billing")
        assert [code for (code,) in found] == ["EUR", "EUR", "USD", "USD"]
    report = drop(
        field,
        "billing",
        "orders_2.csv",
        "order_id,customer_id,ordered_at,net_amount,currency\n"
        "a,c,2026-06-01,1, chf \nb,c,2026-06-01,1,Euro\nc,c,2026-06-01,1,\n",
    )
    assert report.batches[0].unknown_codes == [{"column": "currency", "code": "EURO", "rows": 1}]


def test_a_score_between_two_whole_numbers_is_set_aside(field) -> None:
    land(field, "06")
    assert [score for (score,) in field.rows("answers", "score", "surveys")] == [10, 3]
    assert reasons(field, "surveys", "answers") == [
        (2, 'score: not a whole number ("9.5")'),
        (3, 'score: not a whole number ("8.5")'),
        (4, 'score: not a whole number ("6.5")'),
        (5, 'score: not a whole number ("6.5")'),
    ]


@pytest.mark.parametrize("line", ["sep=;\r\n", "\ufeffsep=;\n", "SEP=,\n"])
def test_a_line_that_names_the_separator_is_no_header(field, line: str) -> None:
    assert land(field, "08").accepted == 1
    mark = line.strip("\ufeff\r\n")[-1]
    text = line + (CONTACT + "2," + A_CALL).replace(",", mark)
    report = drop(field, "interactions", "contacts_2.csv", text)
    assert (report.accepted, report.refused) == (1, [])


def test_rows_that_cross_the_repeated_hour_are_read_so_that_they_are_whole(field) -> None:
    land(field, "10")
    times = "epoch(answered_at - queue_entered_at), epoch(ended_at - queue_entered_at)"
    assert field.rows("contacts", f"contact_id, {times}", "interactions") == [
        ("n1", 10, 300),
        ("n3", 10, 360),
        ("n4", 10, 185),
    ]
    minutes = "epoch(ended_at - started_at) / 60"
    lasted = dict(field.rows("agent_activity", f"activity_id, {minutes}", "interactions"))
    assert lasted["x2"] == 25


def test_what_is_wrong_in_any_order_is_still_refused(field) -> None:
    header = "contact_id,channel,direction,queue_entered_at,ended_at,disposition\n"
    drop(
        field,
        "interactions",
        "contacts.csv",
        header
        + "a,phone,inbound,2026-10-25 03:10:00,2026-10-25 02:50:00,abandoned\n"
        + "b,phone,inbound,2026-10-25T02:50:00+02:00,2026-10-25T02:10:00+02:00,abandoned\n"
        + "c,phone,inbound,2026-10-25T02:50:00+02:00,2026-10-25 02:10:00,abandoned\n",
    )
    assert [row for row, _ in reasons(field, "interactions", "contacts")] == [1, 2]


def test_dates_that_mean_no_date_are_set_aside(field) -> None:
    report = land(field, "14")
    assert report.accepted == 1
    assert field.rows("subscription_events", "event_id", "billing") == [("s3",)]
    said = [reason for _, reason in reasons(field, "interactions", "contacts")]
    assert 'queue_entered_at: before 1990-01-01 ("1970-01-01T00:00:00Z")' in said
    # a date of birth of a career, and of a person: not quoted
    assert (1, "hired_on: before 1950-01-01") in reasons(field, "workforce", "agents")


def test_a_bound_begins_at_the_midnight_of_the_source(field) -> None:
    rows = "a,phone,inbound,1990-01-01,abandoned\nb,phone,inbound,1989-12-31,abandoned\n"
    drop(field, "interactions", "contacts.csv", CONTACT + rows)
    assert field.rows("contacts", "contact_id", "interactions") == [("a",)]


def test_characters_that_no_text_can_hold_are_replaced(field) -> None:
    report = land(field, "15")
    assert (report.accepted, report.quarantined) == (8, 0)
    texts = dict(field.rows("ticket_events", "event_id, text", "interactions"))
    assert texts["e2"] == "bad\ufffdbyte"
    assert texts["e3"] == "cut emoji \ufffd"
    assert texts["e4"] == "emoji \U0001f600 ok"
    assert texts["n2"] == "a\ufffdb"


def test_an_escaped_backslash_is_no_escape(field) -> None:
    start = '{"event_id":"a","ticket_id":"t","event_at":"2026-06-01","event_type":"solved","team":"'
    end = '"}\n'
    lines = [r"C:\\ud83d\\u0000", r"\ud83d\ud83d\ude00\ude00", r"\uD83D\\ude00"]
    text = "".join(start.replace('"a"', f'"{at}"') + line + end for at, line in enumerate(lines))
    drop(field, "interactions", "ticket_events.jsonl", text)
    assert [text for (text,) in field.rows("ticket_events", "team", "interactions")] == [
        # a team is a code, which is kept in lower case
        r"c:\ud83d\u0000",
        "\ufffd\U0001f600\ufffd",
        "\ufffd\\ude00",
    ]


def test_halves_of_characters_in_a_file_are_put_together_or_replaced(field) -> None:
    header = b"event_id,ticket_id,event_at,event_type,text\n"
    halves = "\ud83d\ude00 \ud83d".encode("utf-8", "surrogatepass")
    row = b"e,t,2026-06-01,solved," + halves + b"\n"
    drop(field, "interactions", "ticket_events.csv", header + row)
    assert field.rows("ticket_events", "text", "interactions") == [("\U0001f600 \ufffd",)]


def test_parquet_is_read_by_logical_type(field) -> None:
    report = land(field, "16")
    assert (report.accepted, report.refused) == (11, [])
    assert reasons(field, "billing", "orders") == [(1, 'refunded_amount: not a number ("inf")')]
    waits = field.rows("contacts", "contact_id, wait_seconds::double", "interactions")
    assert waits == [("1", None), ("2", 12.5), ("3", 3)]
    scores = field.rows("answers", "answer_id, score::double", "surveys")
    assert scores == [("a1", 9), ("a2", None), ("a3", None)]
    legs = field.rows("contact_legs", "contact_id, talk_seconds::double", "interactions")
    assert legs == [("1", 95), ("2", 3700)]
    assert field.rows("tickets", "ticket_id", "interactions") == [("16777216",), ("2",)]


def test_durations_of_parquet_are_seconds(field) -> None:
    land(field, "38")
    times = "talk_seconds::double, hold_seconds::double"
    assert field.rows("contact_legs", times, "interactions") == [(95, 5), (370, 0)]


def parquet(field: Landing, **columns: pyarrow.Array) -> AcceptReport:
    path = field.paths.inbox / "interactions" / "contact_legs.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = {
        "leg_id": pyarrow.array(["l"]),
        "contact_id": pyarrow.array(["c"]),
        "agent_id": pyarrow.array(["a"]),
        "started_at": pyarrow.array([datetime(2026, 6, 1, 9)], pyarrow.timestamp("ms")),
    }
    pyarrow.parquet.write_table(pyarrow.table(texts | columns), path)
    return accept(field.paths, field.contract, now=NOW)


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        (pyarrow.array([95], pyarrow.duration("s")), 95),
        (pyarrow.array([95_500], pyarrow.duration("ms")), 95.5),
        (pyarrow.array([95], pyarrow.time32("s")), 95),
        (pyarrow.array([95_000_000_000], pyarrow.time64("ns")), 95),
        (pyarrow.array([None], pyarrow.null()), None),
        (pyarrow.array([95], pyarrow.uint8()), 95),
        (pyarrow.array([95.25], pyarrow.float32()), 95.25),
        (pyarrow.array([95.25]).cast(pyarrow.decimal128(20, 10)), 95.25),
        (pyarrow.array(["95"]).dictionary_encode(), 95),
        (pyarrow.array(["95"], pyarrow.large_string()), 95),
        (pyarrow.array([b"95"], pyarrow.binary()), 95),
    ],
)
def test_every_type_that_says_a_number_is_read(field, values, seconds) -> None:
    report = parquet(field, talk_seconds=values)
    assert report.refused == [] and report.quarantined == 0
    assert field.rows("contact_legs", "talk_seconds::double", "interactions") == [(seconds,)]


def test_a_type_that_says_none_is_refused_by_its_name(field) -> None:
    report = parquet(field, talk_seconds=pyarrow.array([[95]]), note=pyarrow.array([[1]]))
    assert field.refusal(report).startswith("column talk_seconds is of type bigint[]; write it")


def test_ids_of_whole_floats_equal_their_integers(field) -> None:
    parquet(field, ended_at=pyarrow.array([None], pyarrow.null()))
    report = parquet(field, leg_id=pyarrow.array([542.0]), contact_id=pyarrow.array([7]))
    assert report.accepted == 1
    assert field.rows("contact_legs", "leg_id", "interactions")[-1] == ("542",)


def test_codes_are_compared_whatever_their_case(field) -> None:
    report = land(field, "20")
    channels = [channel for (channel,) in field.rows("contacts", "channel", "interactions")]
    assert channels == ["phone", "phone", "voice", "phone", "phone", "chat"]
    (contacts,) = [batch for batch in report.batches if batch.table == "contacts"]
    assert contacts.unknown_codes == [{"column": "channel", "code": "voice", "rows": 1}]


def test_accents_are_compared_whichever_way_they_are_written(field) -> None:
    header = CONTACT.replace("channel", "channel,team")
    rows = "".join(
        f"{at},phone,{team},inbound,2026-06-01,Abandoned\n"
        for at, team in enumerate(["Équipe", "E\u0301QUIPE", "\u00a0équipe "])
    )
    drop(field, "interactions", "contacts.csv", header + rows)
    assert set(field.rows("contacts", "team, disposition", "interactions")) == {
        ("équipe", "abandoned")
    }


def test_file_names_of_other_systems_are_taken(field) -> None:
    report = land(field, "21")
    assert (report.accepted, report.refused) == (5, [])


def test_booleans_and_dates_of_spreadsheets_are_read(field) -> None:
    assert land(field, "22").accepted == 6
    found = field.rows("customers", "is_test, is_staff", "billing")
    assert found == [(True, False)] * 5 + [(None, None)]
    drop(
        field,
        "interactions",
        "contact_legs.csv",
        "leg_id;contact_id;agent_id;started_at;ended_at;talk_seconds\n"
        "a;c;g;01/06/2026 09:00;1/6/2026 9:05:30;12,5\n"
        "b;c;g;31/02/2026;;\n",
    )
    times = "started_at::varchar, ended_at::varchar, talk_seconds::double"
    assert field.rows("contact_legs", times, "interactions") == [
        ("2026-06-01 07:00:00+00", "2026-06-01 07:05:30+00", 12.5)
    ]
    # with commas it may as well be the other way round
    drop(field, "interactions", "contacts.csv", CONTACT + "a,phone,inbound,01/06/2026,abandoned\n")
    assert reasons(field, "interactions", "contacts") == [
        (1, 'queue_entered_at: not an instant (ISO 8601) ("01/06/2026")')
    ]


def test_numbers_that_a_spreadsheet_spoilt_identify_nobody(field) -> None:
    land(field, "23")
    phones = [held for (held,) in field.rows("customers", "phone is not null", "billing")]
    assert phones == [True, False, False, False]
    assert reasons(field, "interactions", "contacts") == [
        (row, 'contact_id: digits lost to scientific notation ("1,23457E+11")') for row in (1, 2, 3)
    ]
    assert field.rows("contacts", "contact_id", "interactions") == [("004512",), ("004513",)]
    refs = {ref for (ref,) in field.rows("contacts", "customer_ref", "interactions")}
    assert refs == {phone for (phone,) in field.rows("customers", "phone", "billing") if phone}


def test_one_row_per_queue_segment_is_refused_with_that_reason(field) -> None:
    assert land(field, "37").accepted == 0
    said = {reason for _, reason in reasons(field, "interactions", "contacts")}
    assert said == {
        "several rows of one contact in a file, such as one per queue segment: one row each is "
        "expected"
    }


def test_a_row_that_grew_is_a_correction(field) -> None:
    header = "contact_id,channel,direction,queue_entered_at,ended_at,disposition\n"
    start = "a,phone,inbound,2026-06-01T09:00:00Z,"
    for number, end in enumerate(["", "2026-06-01T09:05:00Z", "2026-06-01T09:05:00Z", ""]):
        row = start + end + ",abandoned\n"
        # an export has other rows beside it each day
        other = f"o{number},phone,inbound,2026-06-01T09:00:00Z,,abandoned\n"
        report = drop(field, "interactions", f"contacts_{number}.csv", header + row + other)
        assert report.quarantined == 0
        assert report.duplicate == (number == 2)
    versions = "batch, ended_at is null"
    found = field.rows("contacts", f"contact_id, {versions}", "interactions")
    assert [row[1:] for row in found if row[0] == "a"] == [(1, True), (2, False), (4, True)]


def test_a_row_without_its_end_waits(field, monkeypatch) -> None:
    report = land(field, "41")
    assert report.accepted == 0 and field.refusal(report).startswith("waits: its last line has no")
    path = field.paths.inbox / "billing" / "orders.csv"
    path.write_text(path.read_text() + "0.00\n")
    assert accept(field.paths, field.contract, now=NOW).accepted == 2
    amounts = [amount for (amount,) in field.rows("orders", "net_amount::double", "billing")]
    assert amounts == [100, 190]


def test_a_file_that_never_ends_its_line_is_taken_when_it_has_not_changed_for_long(
    field, monkeypatch
) -> None:
    text = (CONTACT + "1," + A_CALL).rstrip()
    assert drop(field, "interactions", "contacts.csv", text).accepted == 0
    assert accept(field.paths, field.contract, now=NOW).accepted == 0
    later = files.time.time() + files.LONGEST_WAIT
    monkeypatch.setattr(files.time, "time", lambda: later)
    # another file under that name begins to wait anew
    field.drop("contacts.csv", text.replace("1,", "2,"), "interactions")
    assert accept(field.paths, field.contract, now=NOW).accepted == 0
    monkeypatch.setattr(files.time, "time", lambda: later + files.LONGEST_WAIT)
    assert accept(field.paths, field.contract, now=NOW).accepted == 1


def test_a_whole_object_or_archive_needs_no_line_end(field) -> None:
    line = '{"contact_id":"1","channel":"phone","direction":"inbound",' + (
        '"queue_entered_at":"2026-06-01","disposition":"abandoned"}'
    )
    field.drop("contacts_1.jsonl", line, "interactions")
    field.drop("contacts_2.csv.gz", (CONTACT + "2," + A_CALL).rstrip(), "interactions")
    report = drop(field, "interactions", "contacts_3.jsonl", line[:-10])
    assert (report.accepted, len(report.refused)) == (2, 1)


def test_another_encoding_is_read_where_it_is_declared_and_offered_where_not(
    field, tmp_path
) -> None:
    text = (CONTACT.replace("channel", "channel,team") + f"1,{A_CALL}").replace(
        "phone,inbound", "phone,équipe €,inbound"
    )
    report = drop(field, "interactions", "contacts.csv", text.encode("cp1252"))
    assert "or declare its encoding (windows-1252" in field.refusal(report)
    root = tmp_path / "project"
    shutil.copytree(PROJECT_ROOT / "models" / "staging", root / "models" / "staging")
    (root / "seeds").mkdir()
    seed = (PROJECT_ROOT / "seeds" / "sources.csv").read_text(encoding="utf-8")
    seed = seed.replace("interactions,contacts,24,Planning lead (vigie / WFM),", "", 1)
    (root / "seeds" / "sources.csv").write_text(
        seed + "interactions,contacts,24,Planning lead,Windows-1252\n", encoding="utf-8"
    )
    field.contract = load_contract(root)
    # UTF-8 stays what it is
    report = drop(field, "interactions", "contacts_2.csv", text.replace("1,phone", "2,phone"))
    assert report.accepted == 2
    assert set(field.rows("contacts", "team", "interactions")) == {("équipe €",)}


def test_a_wait_of_days_lands(field) -> None:
    assert land(field, "42").quarantined == 0
