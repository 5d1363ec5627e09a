"""How any connector reads a vendor's files, by a small one of a vendor that does not exist."""

import gzip
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing.accept import accept
from orchestration.landing.connectors.state import states
from orchestration.landing.ledger import BatchHeld, BatchRecord, forget_refusals
from orchestration.run.pending import new_files
from orchestration.system.errors import UsageError
from tests.connectors.world import Landing

ACME = Path(__file__).parent / "acme"
TICKETS = "interactions.tickets"


@pytest.fixture
def acme(land: Callable[[str], Landing]) -> Landing:
    """A landing with a user's own connector."""
    landing = land("acme")
    shutil.copytree(ACME, landing.paths.connectors / "acme")
    return landing


def ticket(number: int, **values: Any) -> dict[str, Any]:
    plain = {
        "id": number,
        "created_at": 1_700_000_000 + number,
        "updated_at": 1_700_000_100,
        "via": {"channel": "web"},
        "requester_id": 7,
    }
    return plain | values


def lines(*records: Any) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parquet(path: Path) -> bytes:
    with duckdb.connect() as con:
        con.execute(f"""
            copy (
                select id, 1700000000 + id as created_at, 1700000100.0 as updated_at,
                    {{'channel': 'web'}} as via, 7 as requester_id
                from range(1, 3) as numbers(id)
            ) to '{path}' (format parquet)
        """)
    return path.read_bytes()


TWO = (ticket(1), ticket(2))
TABLE = "id,created_at,updated_at,via,requester_id\n" + "".join(
    f'{number},{1_700_000_000 + number},1700000100,"{{""channel"": ""web""}}",7\n'
    for number in (1, 2)
)
FORMS: dict[str, Callable[[Path], tuple[str, str | bytes]]] = {
    "lines": lambda _: ("tickets.jsonl", lines(*TWO)),
    "lines that follow each other": lambda _: ("tickets.json", "".join(map(json.dumps, TWO))),
    "lines in a json file": lambda _: ("tickets_1.json", lines(*TWO)),
    "list": lambda _: ("tickets.json", json.dumps(TWO, indent=2)),
    "page": lambda _: ("tickets.json", json.dumps({"tickets": TWO, "next": None})),
    "page over many lines": lambda _: ("tickets.json", json.dumps({"tickets": TWO}, indent=1)),
    "pages in lines": lambda _: (
        "tickets.jsonl",
        lines({"tickets": [TWO[0]]}, {"tickets": [TWO[1]]}),
    ),
    "gzip": lambda _: ("tickets.jsonl.gz", gzip.compress(lines(*TWO).encode())),
    "zip": lambda _: ("export.zip", zipped(**{"all/tickets.json": json.dumps(TWO)})),
    "parquet": lambda tmp: ("tickets.parquet", parquet(tmp / "made.parquet")),
    "named by its folder": lambda _: ("tickets/2026/11/part-1.jsonl", lines(*TWO)),
    "tabs": lambda _: ("tickets_2.csv", TABLE.replace(",", "\t")),
    "bars": lambda _: ("tickets_2.csv", TABLE.replace(",", "|")),
    "keys in capitals": lambda _: (
        "tickets.jsonl",
        lines(*({key.upper(): value for key, value in one.items()} for one in TWO)),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_come_out_of_every_form(form: str, acme: Landing, tmp_path: Path) -> None:
    acme.drop(*FORMS[form](tmp_path))
    acme.drop("people.csv", "id;email\n7;ana@example.org\n")
    done = acme.convert()
    assert [one.rows for one in done.taken if one.file.table.name == "tickets"] == [2]
    assert acme.rows(TICKETS, "ticket_id, channel, customer_ref_type, epoch(created_at)") == [
        ("1", "form", "email", 1_700_000_001),
        ("2", "form", "email", 1_700_000_002),
    ]


def test_a_layout_is_known_by_its_columns_where_the_name_says_too_little(acme: Landing) -> None:
    acme.drop("tickets.csv", "ticket;created;channel\nA;29/10/2023 02:30;mail\n")
    (taken,) = acme.convert().taken
    assert taken.file.table.full_name == "flat.tickets"
    # the first of the two half past twos of that night, in the zone of the option
    assert acme.rows(TICKETS, "channel, cast(created_at as varchar)") == [
        ("email", "2023-10-29 00:30:00+00")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_a_csv_is_read_in_what_programs_write(encoding: str, acme: Landing) -> None:
    text = "ticket;created;channel\r\nA;29/10/2023 12:30;Réseau\r\n"
    acme.drop("tickets.csv", text.encode(encoding))
    acme.accept()
    assert acme.rows(TICKETS, "channel") == [("réseau",)]


def test_only_what_is_new_is_handed_over(acme: Landing) -> None:
    acme.drop("tickets_1.jsonl", lines(*TWO))
    assert acme.convert().mapped[0].new_rows == 2
    assert acme.accept().conversions == []
    acme.drop("tickets_2.jsonl", lines(ticket(2), ticket(3)))
    report = acme.accept()
    assert (report.conversions[0].mapped[0].rows, report.received) == (3, 1)
    assert [row[0] for row in acme.rows(TICKETS, "ticket_id")] == ["1", "2", "3"]


def test_a_run_knows_which_files_of_a_vendor_are_new(acme: Landing) -> None:
    assert new_files(acme.paths) == []
    acme.drop("tickets_1.jsonl", lines(ticket(1)))
    assert new_files(acme.paths) == ["acme/tickets_1.jsonl"]
    acme.accept()
    assert new_files(acme.paths) == []
    acme.drop("more/tickets_2.jsonl", lines(ticket(2)))
    assert new_files(acme.paths) == ["acme/more/tickets_2.jsonl"]
    acme.accept()
    # other options are another reading of all files
    own = acme.paths.connectors / "acme" / "options.yml"
    own.write_text("options: {time_zone: America/New_York}\n")
    assert len(new_files(acme.paths)) == 2


def test_rows_that_were_held_back_are_no_news_until_somebody_takes_them(acme: Landing) -> None:
    def hold(table: Any, rows: Path, record: BatchRecord, known: Any) -> BatchRecord:
        raise BatchHeld("strange", record)

    acme.drop("tickets_1.jsonl", lines(ticket(1)))
    report = accept(acme.paths, acme.contract, inspect=hold)
    (refusal,) = report.refused
    assert acme.rows(TICKETS) == [] and new_files(acme.paths) == []
    # another file is another reading
    acme.drop("tickets_2.jsonl", lines(ticket(2)))
    assert len(new_files(acme.paths)) == 2
    accept(acme.paths, acme.contract, inspect=hold)
    assert new_files(acme.paths) == []
    forget_refusals(acme.paths, [refusal.file])
    assert len(new_files(acme.paths)) == 2
    acme.accept()
    assert [row[0] for row in acme.rows(TICKETS, "ticket_id")] == ["1", "2"]
    assert new_files(acme.paths) == []


def test_what_was_handed_over_may_be_lost(acme: Landing) -> None:
    acme.drop("tickets.jsonl", lines(*TWO))
    acme.accept()
    shutil.rmtree(acme.paths.connector_states)
    report = acme.accept()
    assert (report.received, report.accepted) == (0, 0) or report.duplicate == 2
    assert len(acme.rows(TICKETS)) == 2


def test_a_row_that_another_file_completes_replaces_what_was_said_before(acme: Landing) -> None:
    acme.drop("tickets.jsonl", lines(ticket(1)))
    acme.accept()
    acme.drop("people.jsonl", lines({"id": 7, "email": "ana@example.org"}))
    report = acme.accept()
    assert (report.accepted, report.quarantined) == (1, 0)
    assert [row[0] for row in acme.rows(TICKETS, "customer_ref_type")] == [None, "email"]


def test_two_contents_of_one_version_in_one_reading_are_still_a_conflict(acme: Landing) -> None:
    landing = acme.paths.connectors / "acme" / "landing" / "interactions__tickets.sql"
    landing.write_text(
        "select ticket_id, unnest(['email', 'form']) as channel, created_at, updated_at"
        " from shape.tickets"
    )
    acme.drop("tickets.jsonl", lines(ticket(1)))
    report = acme.accept()
    assert (report.accepted, report.quarantined) == (0, 2)


def test_a_file_that_goes_away_takes_nothing_with_it(acme: Landing) -> None:
    gone = acme.drop("tickets_1.jsonl", lines(ticket(1)))
    acme.accept()
    gone.unlink()
    acme.drop("tickets_2.jsonl", lines(ticket(2)))
    acme.accept()
    assert [row[0] for row in acme.rows(TICKETS, "ticket_id")] == ["1", "2"]


REFUSED = {
    "a required column is missing": ("tickets.jsonl", lines({"id": 1, "via": None}), "created_at"),
    "a column is of another type": (
        "tickets.jsonl",
        lines(*(ticket(number, created_at=f"2023-11-1{number}") for number in (1, 2, 3))),
        "created_at (seconds since 1970 is expected)",
    ),
    "milliseconds for seconds": (
        "tickets.jsonl",
        lines(*(ticket(number, created_at=1_700_000_000_000) for number in (1, 2, 3))),
        "created_at (seconds since 1970 is expected)",
    ),
    "a required column is empty": (
        "tickets.jsonl",
        lines(*(ticket(1, id=None) for _ in range(3))),
        "column id of",
    ),
    "no table is named so": ("contacts.jsonl", lines(ticket(1)), "no table of Acme Desk"),
    "an unknown kind": ("tickets.xls", b"PK", "unknown kind of file"),
    "no workbook": ("tickets.xlsx", b"PK", "not a readable workbook"),
    "an empty file": ("tickets.jsonl", "", "is empty"),
    "a list that ends too early": ("tickets.json", json.dumps(TWO)[:-20], "cannot be read as json"),
    "half a gzip": ("tickets.jsonl.gz", gzip.compress(lines(*TWO).encode())[:-12], "gzip"),
    "half a zip": ("export.zip", zipped(**{"tickets.json": json.dumps(TWO)})[:-30], "zip"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_of_another_layout_is_refused_and_what_reads_it_waits(
    case: str, acme: Landing
) -> None:
    name, content, reason = REFUSED[case]
    acme.drop(name, content)
    report = acme.accept()
    (refusal,) = report.refused
    assert refusal.file == f"acme/{name}" and reason in refusal.reason
    assert acme.rows(TICKETS) == []
    # said again as long as it lies there, without another reading
    again = acme.accept()
    assert [one.reason for one in again.refused] == [refusal.reason]
    assert again.conversions == []


def test_what_does_not_read_the_refused_file_goes_on(acme: Landing) -> None:
    folder = acme.paths.connectors / "acme"
    (folder / "landing" / "billing__customers.sql").write_text(
        "select person_id as customer_id, email, timestamptz '2020-01-01' as created_at"
        " from shape.people"
    )
    declared = folder / "connector.yml"
    declared.write_text(
        declared.read_text().replace("fills:", "fills:\n  billing.customers: one row a person")
    )
    acme.drop("people.jsonl", lines({"id": 7, "email": "ana@example.org"}))
    acme.drop("tickets.jsonl", lines({"nothing": 1}))
    done = acme.convert()
    assert done.waiting == {TICKETS: ["tickets.jsonl"]}
    assert len(acme.rows("billing.customers")) == 1


def test_a_row_that_is_not_as_declared_is_set_aside_and_counted(acme: Landing) -> None:
    acme.drop(
        "tickets.jsonl",
        lines(ticket(1), ticket(2, created_at="soon"), ticket(3, id=None)) + "{half\n\n[1]\n",
    )
    (taken,) = acme.convert().taken
    assert (taken.rows, taken.set_aside) == (1, 4)
    assert dict(taken.reasons) == {
        "is no JSON object": 2,
        "created_at is not seconds since 1970": 1,
        "id is missing": 1,
    }
    aside = acme.paths.quarantine / "acme" / "raw.parquet"
    assert aside.stat().st_mode & 0o077 == 0
    assert duckdb.sql(f"select count(*) from '{aside}'").fetchone() == (4,)
    assert acme.notes()["raw_rows_set_aside", "tickets.jsonl: is no JSON object"] == 2


@pytest.mark.parametrize("torn", ['{"tickets": [{"id": 3, "crea', '{"error": "later"}', "[1]"])
def test_a_line_of_pages_that_is_no_page_is_set_aside(torn: str, acme: Landing) -> None:
    acme.drop("tickets.jsonl", lines({"tickets": [*TWO]}, {"tickets": []}) + torn + "\n")
    (taken,) = acme.convert().taken
    assert (taken.rows, taken.set_aside) == (2, 1)
    assert dict(taken.reasons) == {"is no page with a list of records": 1}
    aside = acme.paths.quarantine / "acme" / "raw.parquet"
    assert duckdb.sql(f"select raw from '{aside}'").fetchall() == [(torn,)]


def test_a_long_page_beside_a_torn_one_is_looked_at(acme: Landing) -> None:
    long = {"tickets": [ticket(1, subject="x" * (5 << 20))]}
    acme.drop("tickets.jsonl.gz", gzip.compress((lines(long, long) + '{"tick\n').encode()))
    (taken,) = acme.convert().taken
    assert (taken.rows, taken.set_aside) == (2, 1)


NUMBERS = {
    # text, as it reads between commas (or of JSON), and between semicolons
    "1.5": (1.5, 1.5),
    "1,5": (1.5, 1.5),
    "-1234,56": (-1234.56, -1234.56),
    "0,125": (0.125, 0.125),
    "1,234": (None, 1.234),
    "-12,345": (None, -12.345),
    "1,234.50": (1234.5, 1234.5),
    "1,234,567": (1234567.0, 1234567.0),
    "1.234,50": (None, None),
    "many": (None, None),
}


@pytest.mark.parametrize("said", NUMBERS)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_number_that_may_be_read_in_two_ways_is_set_aside(
    said: str, delimiter: str, acme: Landing
) -> None:
    expected = NUMBERS[said][delimiter == ";"]
    declared = acme.paths.connectors / "acme" / "connector.yml"
    declared.write_text(declared.read_text().replace("channel: text", "channel: num", 1))
    query = acme.paths.connectors / "acme" / "layouts" / "flat" / "tickets.sql"
    is_right = f"case when channel = {expected or 0} then 'right' else 'wrong' end"
    query.write_text(query.read_text().replace("channel as via", f"{is_right} as via"))
    # a second row, so that the column is not another one throughout
    rows = [
        ("ticket", "created", "channel"),
        ("A", "01/06/2023 12:00", f'"{said}"'),
        ("B", "01/06/2023 12:00", "7"),
    ]
    acme.drop("tickets.csv", "".join(delimiter.join(row) + "\n" for row in rows))
    (taken,) = acme.convert().taken
    if expected is None:
        assert taken.reasons == (("channel is not a number", 1),)
    else:
        assert acme.rows(TICKETS, "channel")[0] == ("right",)


def test_a_file_without_a_header_shows_nobodys_data(acme: Landing) -> None:
    acme.drop("tickets.csv", "ticket,Jeanne Moreau,jeanne@example.org\nA,Ana Lima,ana@x.org\n")
    (refusal,) = acme.accept().refused
    assert "it has ticket, 2 that nothing knows." in refusal.reason
    assert "Jeanne" not in json.dumps(states(acme.paths))


def corrupt(archive: bytes, member: str) -> bytes:
    """An archive of which one member's content was damaged; its list of names is whole."""
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        at = read.getinfo(member).header_offset + 30 + len(member) + 4
    return archive[:at] + bytes([archive[at] ^ 0xFF]) + archive[at + 1 :]


def test_of_an_archive_that_is_refused_no_part_lands(acme: Landing) -> None:
    members = {"people.jsonl": lines({"id": 7, "email": "ana@example.org"})}
    members |= {"tickets_1.jsonl": lines(ticket(1)), "tickets_2.jsonl": lines(ticket(2))}
    acme.drop("export.zip", corrupt(zipped(**members), "tickets_2.jsonl"))
    acme.drop("tickets_3.jsonl", lines(ticket(3)))
    done = acme.convert()
    assert [one.file.shown for one in done.taken] == ["tickets_3.jsonl"]
    assert done.waiting == {TICKETS: ["export.zip"]}
    assert [one.file for one in done.refused] == ["acme/export.zip"]


def test_an_archive_that_says_nothing_may_be_anything(acme: Landing) -> None:
    acme.drop("export.zip", zipped(**{"people.jsonl": lines({"id": 7})})[:-30])
    acme.drop("tickets.jsonl", lines(ticket(1)))
    assert acme.convert().waiting == {TICKETS: ["export.zip"]}


def test_values_without_a_code_stand_for_themselves_and_are_a_finding(acme: Landing) -> None:
    pigeon, mail = {"channel": " Pigeon"}, {"channel": "ana@example.org"}
    acme.drop("tickets.jsonl", lines(ticket(1, via=pigeon), ticket(2, via=mail), ticket(3)))
    assert acme.accept().quarantined == 1
    assert [row[0] for row in acme.rows(TICKETS, "channel")] == ["pigeon", "form"]
    notes = acme.notes()
    assert notes["values_without_code", "pigeon"] == 1
    # what may be an address is counted, and not shown
    assert notes["values_without_code", "…"] == 1
    assert ("values_without_code", "web") not in notes


def test_a_user_says_codes_and_options(land: Callable[[str], Landing], monkeypatch: Any) -> None:
    landing = land("acme")
    own = landing.paths.connectors / "acme"
    shutil.copytree(ACME, own)
    landing.drop("tickets.csv", "ticket;created;channel\nA;01/06/2023 12:00;pigeon\n")
    (own / "options.yml").write_text(
        "options: {time_zone: America/New_York}\ncodes: {channel: {Pigeon: email}}\n"
    )
    landing.accept()
    assert landing.rows(TICKETS, "channel, cast(created_at as varchar)") == [
        ("email", "2023-06-01 16:00:00+00")
    ]
    # another option is another reading
    (own / "options.yml").write_text("codes: {channel: {Pigeon: phone}}\n")
    assert landing.convert().mapped[0].new_rows == 1


def test_another_zone_alone_is_another_reading(acme: Landing) -> None:
    acme.drop("tickets.csv", "ticket;created;channel\nA;01/06/2023 12:00;mail\n")
    acme.accept()
    options = acme.paths.connectors / "acme" / "options.yml"
    options.write_text('options: {with_tests: "yes"}\n')
    assert acme.convert().mapped[0].new_rows == 0
    options.write_text("options: {time_zone: America/New_York}\n")
    assert acme.convert().mapped[0].new_rows == 1


def test_columns_that_nothing_reads_are_a_finding_unless_they_are_known(acme: Landing) -> None:
    acme.drop("tickets.jsonl", lines(ticket(1, url="x", mood="good")))
    acme.accept()
    unread = [detail for finding, detail in acme.notes() if finding == "raw_columns_not_read"]
    assert unread == ["mood"]


def test_a_note_counts_what_is_odd(acme: Landing) -> None:
    acme.drop("tickets.jsonl", lines(ticket(1), ticket(2)))
    acme.accept()
    assert acme.notes()["tickets_without_person", None] == 2


def test_the_ledger_says_raw_rows_in_and_landing_rows_out(acme: Landing) -> None:
    acme.drop(
        "tickets.zip",
        zipped(**{"tickets_1.jsonl": lines(*TWO), "tickets_2.jsonl": lines(ticket(2))}),
    )
    acme.accept()
    (state,) = states(acme.paths)
    assert state["mappings"] == [{"table": TICKETS, "raw_rows": 3, "rows": 2, "new_rows": 2}]
    (file,) = state["files"]
    assert len(file["sha256"]) == 64
    assert [(part["file"], part["rows"]) for part in file["parts"]] == [
        ("tickets.zip/tickets_1.jsonl", 2),
        ("tickets.zip/tickets_2.jsonl", 1),
    ]


def test_no_raw_value_stays_outside_of_private_places(acme: Landing) -> None:
    acme.drop("people.jsonl", lines({"id": 7, "email": "ana.plain@example.org"}))
    acme.drop("tickets.jsonl", lines(ticket(1)))
    acme.accept()
    inside = [
        path
        for path in acme.paths.root.rglob("*")
        if path.is_file() and b"ana.plain" in path.read_bytes() and acme.inbox not in path.parents
    ]
    assert {path.parent.name for path in inside} <= {"vault"}


MISTAKES = {
    "an unknown part": ("vendor:", "colour: red\nvendor:", "unknown colour"),
    "an unknown type": ("type: epoch,", "type: century,", "`type` must be one of"),
    "a table nobody knows": (
        "interactions.tickets: one row",
        "interactions.tick: one row",
        "fills",
    ),
    "codes of no shape": ("of: shape.tickets.via", "of: shape.tickts.via", "no shape 'tickts'"),
    "a zone nobody knows": ("default: Europe/Paris", "default: Mars/Olympus", "unknown time_zone"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_connector_is_named(mistake: str, acme: Landing) -> None:
    before, after, message = MISTAKES[mistake]
    declared = acme.paths.connectors / "acme" / "connector.yml"
    assert before in declared.read_text()
    declared.write_text(declared.read_text().replace(before, after, 1))
    # a connector that nobody uses stops nothing
    assert acme.accept().refused == []
    acme.drop("tickets.jsonl", lines(ticket(1)))
    with pytest.raises(UsageError, match=message):
        acme.accept()


SQL_MISTAKES = {
    "not SQL": "selec 1",
    "no such table": "select id as ticket_id from native.tockets",
    "no such column": "select nothing as ticket_id from shape.tickets",
    "no column of the contract": (
        "select ticket_id, 'web' as channel, created_at, 1 as mood from shape.tickets"
    ),
    "lacks what is required": "select ticket_id from shape.tickets",
}


@pytest.mark.parametrize("mistake", SQL_MISTAKES)
def test_a_mistake_in_sql_is_named_by_file_and_shows_no_value(mistake: str, acme: Landing) -> None:
    query = acme.paths.connectors / "acme" / "landing" / "interactions__tickets.sql"
    query.write_text(SQL_MISTAKES[mistake])
    acme.drop("tickets.jsonl", lines(ticket(1)))
    with pytest.raises(UsageError, match=query.name):
        acme.accept()
    query.write_text(
        "select ticket_id, 'web' as channel, created_at,"
        " cast('secret-' || ticket_id as integer)::varchar as reason from shape.tickets"
    )
    with pytest.raises(UsageError) as raised:
        acme.accept()
    assert "secret-1" not in str(raised.value)


def test_shapes_must_not_read_each_other_in_a_circle(acme: Landing) -> None:
    folder = acme.paths.connectors / "acme" / "shapes"
    folder.mkdir()
    (folder / "one.sql").write_text("select * from shape.two")
    (folder / "two.sql").write_text("select * from shape.one")
    acme.drop("tickets.jsonl", lines(ticket(1)))
    with pytest.raises(UsageError, match="read each other"):
        acme.accept()
