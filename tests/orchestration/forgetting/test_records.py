"""Files of records: what leads to somebody goes, and nothing that is another's or no text."""

import gzip
import io
import json
import tarfile
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from small_world import EMAIL, OTHER_EMAIL, World
from test_forget import traces_of

from orchestration.forgetting.contents import count, rewrite_parquet, rewrite_text
from orchestration.forgetting.delimited import Form, csv_without, unquoted
from orchestration.forgetting.erase import _clear_packed, forget, new_order
from orchestration.forgetting.inbox import _known, _known_of_vendor
from orchestration.forgetting.json_records import json_without
from orchestration.forgetting.judging import Judge, Known, NotWritable
from orchestration.forgetting.people import find_people, references_in
from orchestration.forgetting.records import can_be_written, rewrite_records
from orchestration.forgetting.traces import NAME, Traces
from orchestration.forgetting.workbooks import _write_cell
from orchestration.landing.connectors.declared import load_connectors
from orchestration.landing.contract import Contract
from orchestration.landing.files import InboxFile
from orchestration.landing.mappings.declared import FileMapping
from orchestration.landing.mappings.fillings import Filling
from orchestration.landing.pseudonyms import load_key
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import DataPaths

HER = Traces([("email", EMAIL)], {"7700123": "forgotten_1"})
AGENT = Traces([(NAME, "Léa Marchand")], agents={"7": "forgotten_2", "4711471": "forgotten_3"})
OF_AGENTS = Known({}, ("agent_id",))


def rewritten(path: Path, traces: Traces, known: Known | None = None) -> Path:
    target = path.with_name(f"left-{path.name}")
    assert rewrite_records(path, target, traces, known or Known({}))
    assert count(target, traces) == 0
    return target


def save(path: Path, *sheets: tuple[str, list[list[object]]]) -> Workbook:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return made


def csv_left(written: str, traces: Traces, known: Known) -> str:
    return "".join(csv_without(iter([written]), Judge(traces, known)))


def json_left(written: str, traces: Traces, known: Known) -> str:
    return "".join(json_without(iter([written]), Judge(traces, known)))


# Workbooks


def test_a_workbook_is_written_anew_whatever_part_of_it_mentions_somebody(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    made = save(file, ("calls", [["id"], [1]]))
    assert count(file, HER) == 0
    made.properties.creator = EMAIL
    made.active["A2"].comment = Comment("ask", EMAIL)
    made.active.oddHeader.center.text = f"by {EMAIL}"
    made.save(file)
    assert count(file, HER) > 2
    assert list(load_workbook(rewritten(file, HER)).active.values) == [("id",), (1,)]


def test_sheets_named_after_somebody_get_numbers_that_no_other_has(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    code = Traces([("account", "ZQ7700")])
    names = ["ZQ7700 1", "ZQ7700 2", "sheet 2", "zq7700", "more"]
    save(file, *((name, [[name == "more"]]) for name in names))
    made = load_workbook(rewritten(file, code))
    assert made.sheetnames == ["Sheet 1", "Sheet 3", "sheet 2", "Sheet 4", "more"]
    assert made["more"]["A1"].value is True


def test_times_of_a_workbook_stay_what_they_are(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    times = [timedelta(hours=30, seconds=7), time(9, 30), date(2026, 6, 1), datetime(2026, 6, 1, 9)]
    save(file, ("calls", [["who", "a", "b", "c", "d"], ["x", *times], [EMAIL]]))
    sheet = load_workbook(rewritten(file, HER)).active
    formats = [one.number_format for one in sheet[2][1:]]
    assert formats == ["[h]:mm:ss", "hh:mm:ss", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"]
    assert [one.value for one in sheet[2][1:]] == [*times[:2], datetime(2026, 6, 1), times[3]]
    assert sheet.max_row == 2


def test_cells_of_a_workbook_are_told_by_their_place(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    rows = [["agent_id", "n", "n", "n"], ["7", "a\tb", ' "q"\n', "Léa Marchand"], ["8", "7"]]
    save(file, ("calls", [[], rows[0], *rows[1:]]))
    sheet = load_workbook(rewritten(file, AGENT, OF_AGENTS)).active
    left = [row for row in sheet.values if any(row)]
    assert left[1][:3] == ("forgotten_2", "a\tb", ' "q"\n') and "Marchand" not in left[1][3]
    assert left[2] == ("8", "7", None, None)


def test_a_cell_that_no_workbook_takes_is_not_lost() -> None:
    with xlsxwriter.Workbook(io.BytesIO()) as made, pytest.raises(NotWritable):
        _write_cell(made.add_worksheet(), 0, 0, "x" * 40_000, {})


# Delimited text


@pytest.mark.parametrize("cell", ["", "a", ' a"b', '"', "a\tb", 'c"\n"', " ", '""', "\r"])
def test_a_row_reads_as_it_was_written(cell: str) -> None:
    form = Form("\t")
    row = form.row([cell, "x", cell])
    assert [unquoted(row[start:end]) for start, end in form.cells(row)] == [cell, "x", cell]


def test_a_cell_may_be_longer_than_a_reader_of_csv_takes() -> None:
    row = f"7,{'x' * 140_000}\n"
    left = csv_left(f"agent_id,text\n{row}", AGENT, OF_AGENTS)
    assert left == f"agent_id,text\n{row}".replace("\n7", "\nforgotten_2")
    assert csv_left(f"{'x' * 140_000},{EMAIL}\n", HER, Known({})).endswith(",[forgotten]\n")


def test_numbers_are_exchanged_where_they_stand() -> None:
    known = Known({}, ("agent_id",))
    written = 'n,Agent ID,n,n\n"1", 7 ,"a ""b""",7\r\n2,"7",7,1.10\n'
    left = 'n,Agent ID,n,n\n"1",forgotten_2,"a ""b""",7\r\n2,forgotten_2,7,1.10\n'
    assert csv_left(written, AGENT, known) == left


def test_the_names_of_a_mapping_are_those_of_its_file(contract: Contract) -> None:
    fillings = (Filling("customer_id", ("Kunden-Nr.",)), Filling("segment", ("a", "b")))
    mapping = FileMapping("billing", "customers", "k*", fillings, delimiter="|")
    table = contract.tables["billing", "customers"]
    known = _known(
        InboxFile(Path("k.csv"), table, "csv", False, mapping), Traces(renamed={"9": ""})
    )
    # the sign that was said, whatever another would find
    header, her = "segment;email;|KUNDEN NR\n", Traces(renamed={"9": "n"})
    assert csv_left(f"{header}9;8;|9\n9;8;|8\n", her, known) == f"{header}9;8;|8\n"
    plain = _known(InboxFile(Path("k.csv"), table, "csv", False), Traces(renamed={"9": ""}))
    # else the one that finds the most columns of the table
    header = "a,b,c,d;Customer_ID ;y\n"
    assert csv_left(f"{header}a,b,c,d;9;\na,b,c,d;8;\n", her, plain) == f"{header}a,b,c,d;8;\n"


def test_a_folder_of_a_vendor_makes_no_agents_of_its_records(
    tmp_path: Path, contract: Contract
) -> None:
    connector = load_connectors(DataPaths(tmp_path), contract, wanted=["zendesk"])["zendesk"]

    def ids(*parts: str) -> frozenset[str]:
        links = _known_of_vendor(connector, Path(*parts), AGENT).links
        return links.get("id", frozenset())

    for vendor in ("liveagent", "useresponse"):
        assert ids(vendor, "tickets", "pull-1.jsonl") == ids(vendor, "tickets.csv") == frozenset()
        assert (
            ids(vendor, "users", "pull-1.jsonl") == ids(vendor, "team_members.csv") != frozenset()
        )


# JSON


def test_numbers_of_json_stay_as_they_are_written() -> None:
    written = '{"a": 12345678901234.123456789, "b": 1.10, "agent_id" : 7, "c":1e400, "d": [7]}'
    left = written.replace('"agent_id" : 7', '"agent_id" : "forgotten_2"')
    assert json_left(f"{written}\n", AGENT, OF_AGENTS) == f"{left}\n"
    assert json_left(f"[{written}, 7]", AGENT, OF_AGENTS) == f"[{left}, 7]"


# Names


@pytest.mark.parametrize(
    "written",
    [
        json.dumps("LÉA MARCHAND").encode(),
        json.dumps("Marchand, Léa").upper().replace("\\U00", "\\u00").encode(),
        "LÉA MARCHAND".encode("cp1252"),
        "léa marchand".encode("cp1252"),
        b"Le\xcc\x81a Marchand",
    ],
)
def test_a_name_in_capitals_is_found_however_it_is_encoded(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "log.txt"
    file.write_bytes(b"by " + written + b".")
    assert count(file, AGENT) == 1 and rewrite_text(file, AGENT)
    assert b"archand" not in file.read_bytes() and b"ARCHAND" not in file.read_bytes()
    file.write_text("by Léo Marchand, LÊA MARCHAND")
    assert count(file, AGENT) == 0


# Parquet


def test_numbers_of_parquet_count_where_their_column_names_somebody(tmp_path: Path) -> None:
    file = tmp_path / "tickets.parquet"
    rows = (
        "(1, 7700123, 7700123.0, 7700123), (2, 8800123, null, 7700123), (3, null, 7700123.5, 1),"
        "(4, null, 7700123, 1)"
    )
    duckdb.connect().execute(
        f"copy (select id::integer as id, r::bigint as requester_id, c::double as customer_id,"
        f" n::bigint as bytes from (values {rows}) as v (id, r, c, n)) to '{file}' (format parquet)"
    )
    assert count(file, HER) == 3
    left = rewritten(file, HER)
    ids = f"select id from read_parquet('{left}')"
    assert duckdb.connect().execute(ids).fetchall() == [(2,), (3,)]


def test_numbers_of_agents_become_texts_in_parquet(tmp_path: Path) -> None:
    file = tmp_path / "legs.parquet"
    duckdb.connect().execute(
        f"copy (select * from (values (7::bigint, 7, 4711471, [4711471, 5]), (8, 8, 5, [6])) as v"
        f" (agent_id, seconds, user_id, watcher_ids)) to '{file}' (format parquet)"
    )
    assert count(file, AGENT) == 3
    left = f"from read_parquet('{rewritten(file, AGENT, OF_AGENTS)}')"
    con = duckdb.connect()
    assert con.execute(left).fetchall() == [
        ("forgotten_2", 7, "forgotten_3", [None, 5]),
        ("8", 8, "5", [6]),
    ]
    # elsewhere types stay, and nothing stands where no other number can
    assert rewrite_parquet(file, AGENT)
    assert con.execute(f"from read_parquet('{file}')").fetchall() == [
        (None, 7, None, [None, 5]),
        (8, 8, 5, [6]),
    ]


# What is no text


def test_nothing_but_text_is_taken_for_text(tmp_path: Path) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        content = f"id,email\n1,{EMAIL}\n".encode()
        member = tarfile.TarInfo("users.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.pdf", f"%PDF-1.7\n({EMAIL})\n")
    files = {
        "letter.pdf": f"%PDF-1.7\n({EMAIL})\n".encode(),
        "letter": f"%PDF-1.7\n({EMAIL})\n".encode(),
        "users.tar.gz": gzip.compress(tar.getvalue()),
        "late.csv": f"id\n{EMAIL}\n{'x' * 3_000_000}\x00\n".encode(),
        "late.csv.gz": gzip.compress(f"id\n{EMAIL}\n{'x' * 3_000_000}\x00\n".encode()),
        "letters.zip": packed.getvalue(),
        "many.csv": gzip.compress(f"id\n{EMAIL}\n".encode()),
    }
    for name, content in files.items():
        file, target = tmp_path / name, tmp_path / "target"
        file.write_bytes(content)
        with pytest.raises(NotWritable):
            rewrite_records(file, target, HER, Known({}))
        assert file.read_bytes() == content and not target.exists()
    for name, text in {"a.csv": f"id\n{EMAIL}\n", "b.csv.gz": "id\n"}.items():
        data = text.encode("utf-16") if name == "a.csv" else gzip.compress(text.encode())
        assert can_be_written(io.BytesIO(data), name)
    letter = tmp_path / "letter.pdf"
    with pytest.raises(PilotageError, match="no kind that can be written anew"):
        rewrite_text(letter, HER)
    assert letter.read_bytes() == files[letter.name]


def test_a_column_may_begin_as_an_archive_does(tmp_path: Path) -> None:
    file = tmp_path / "keys.csv"
    file.write_text(f"PK,email\n1,{EMAIL}\n2,\n")
    assert count(file, HER) == 1
    assert rewritten(file, HER).read_text() == "PK,email\n2,\n"


def test_an_archive_that_says_it_between_two_lines_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "rows.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x\nLéa\nMarchand\n")
    before = file.read_bytes()
    assert count(file, AGENT) == 1
    assert not _clear_packed(file, AGENT) and file.read_bytes() == before
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x\nLéa Marchand\n")
    assert _clear_packed(file, AGENT) and count(file, AGENT) == 0


# All of it


def test_what_no_record_says_is_left_to_the_operator(world: World) -> None:
    world.drop("notes.txt", f"{EMAIL}\nmore\n", "billing")
    split = world.drop("letter.txt", "Dear\nZelda\nQuillfeather\n", "billing")
    asked = [references_in(EMAIL), references_in("name:Zelda Quillfeather")]
    traces = find_people(world.paths, world.contract, load_key(world.paths.vault), asked)
    order = new_order(world.paths, traces, 1, inbox=True)
    receipt = forget(world.paths, world.contract, order)
    assert receipt["operator_files_left"] == ["billing/letter.txt"]
    assert split.read_text() == "Dear\nZelda\nQuillfeather\n"
    assert (world.paths.inbox / "billing" / "notes.txt").read_text() == "[forgotten]\nmore\n"


def test_elsewhere_it_is_an_error_that_says_where(world: World) -> None:
    file = world.paths.root / "exports" / "rows.zip"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.pdf", f"%PDF {EMAIL}")
    order = new_order(world.paths, traces_of(world, EMAIL), 1)
    with pytest.raises(PilotageError, match=r"exports/rows\.zip"):
        forget(world.paths, world.contract, order)
    file.unlink()
    assert forget(world.paths, world.contract, order)["read_again"]["found"] == 0


def test_an_agents_address_that_a_customer_has_is_refused(world: World) -> None:
    key = load_key(world.paths.vault)

    def found(*written: str) -> Traces:
        asked = [references_in(one, is_agent=True) for one in written]
        return find_people(world.paths, world.contract, key, asked, everyone=True)

    with pytest.raises(UsageError, match="the customer first"):
        found("AG4711", f"email:{OTHER_EMAIL}")
    with pytest.raises(UsageError, match="the customer first"):
        found(EMAIL)
    assert set(found("AG4711", "email:lea@example.org").agents) == {"AG4711"}
