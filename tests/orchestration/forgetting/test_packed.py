"""Workbooks, archives and what they pack: written anew without the people, and looked into."""

import gzip
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from small_world import EMAIL, OTHER, OTHER_EMAIL, World
from test_forget import forget_one, traces_of

from orchestration.forgetting.contents import count
from orchestration.forgetting.traces import Traces

WHEN = datetime(2026, 6, 1, 10, 30)


def parquet(tmp_path: Path, rows: str) -> bytes:
    file = tmp_path / "made.parquet"
    duckdb.connect().execute(f"copy ({rows}) to '{file}' (format parquet, compression zstd)")
    return file.read_bytes()


def book(*sheets: list[list[object]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"sheet {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def drop(world: World, name: str, content: bytes) -> Path:
    path = world.paths.inbox / "zendesk" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_workbook_keeps_the_values_of_others(world: World) -> None:
    header = ["id", "email", "calls", "since", "is_open"]
    file = drop(
        world,
        "users.xlsx",
        book(
            [header, [1, EMAIL, 3, WHEN, True], [2, OTHER_EMAIL, 4.5, WHEN, False]],
            [["ticket_id", "said"], ["T77001", "hums"], ["T77002", "hot"], ["T3", 639981234]],
        ),
    )
    receipt = forget_one(world)
    assert receipt["operator_files_left"] == []
    made = load_workbook(file)
    assert made.sheetnames == ["sheet 0", "sheet 1"]
    assert list(made["sheet 0"].values) == [tuple(header), (2, OTHER_EMAIL, 4.5, WHEN, False)]
    # a ticket's row names nobody, and the number lost its zero
    assert list(made["sheet 1"].values) == [("ticket_id", "said"), ("T77002", "hot")]


def test_a_cell_that_is_written_in_parts_is_found(tmp_path: Path) -> None:
    made = Workbook()
    font = InlineFont(b=True)
    made.active["A1"] = CellRichText(EMAIL[:9], TextBlock(font, EMAIL[9:]))
    file = tmp_path / "styled.xlsx"
    made.save(file)
    assert not any(
        EMAIL.encode() in zipfile.ZipFile(file).read(one)
        for one in zipfile.ZipFile(file).namelist()
    )
    assert count(file, Traces([("email", EMAIL)])) == 1
    assert count(file, Traces([("email", OTHER_EMAIL)])) == 0


def test_whatever_an_archive_packs_is_written_anew(world: World, tmp_path: Path) -> None:
    rows = (
        f"select * from (values (1::smallint, '{EMAIL}', [1.5]), (2, '{OTHER_EMAIL}', null))"
        " as v (id, email, list)"
    )
    lines = f'{{"id": 1, "email": "{EMAIL}"}}\n{{"id": 2}}\n'.encode()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("users.jsonl", lines)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("part")
        archive.writestr("part/users.parquet", parquet(tmp_path, rows))
        archive.writestr("part/users.csv.gz", gzip.compress(f"id,email\n1,{EMAIL}\n3,\n".encode()))
        archive.writestr("part/users.xlsx", book([["email"], [EMAIL], [OTHER_EMAIL]]))
        archive.writestr("more.zip", inner.getvalue())
        archive.writestr(f"{EMAIL}.csv", "id\n1\n")
    file = drop(world, "export.zip", out.getvalue())
    alone = drop(world, "users_2.parquet", parquet(tmp_path, rows))
    traces = traces_of(world, EMAIL)
    assert count(file, traces) >= 5 and count(alone, traces) > 0
    receipt = forget_one(world)
    assert receipt["operator_files_left"] == [] and count(file, traces) == 0
    with zipfile.ZipFile(file) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    (tmp_path / "left.parquet").write_bytes(members["part/users.parquet"])
    for one in (tmp_path / "left.parquet", alone):
        con = duckdb.connect()
        con.execute(f"create view left_ as from read_parquet('{one}')")
        assert con.execute("from left_").fetchall() == [(2, OTHER_EMAIL, None)]
        types = [row[1] for row in con.execute("describe left_").fetchall()]
        assert types == ["SMALLINT", "VARCHAR", "DECIMAL(2,1)[]"]
    assert gzip.decompress(members["part/users.csv.gz"]) == b"id,email\n3,\n"
    with zipfile.ZipFile(io.BytesIO(members["more.zip"])) as archive:
        assert archive.read("users.jsonl") == b'{"id": 2}\n'
    assert members["[forgotten].csv"] == b"id\n1\n"
    made = load_workbook(io.BytesIO(members["part/users.xlsx"]))
    assert list(made.active.values) == [("email",), (OTHER_EMAIL,)]


@pytest.mark.parametrize("name", ["users.xlsm", "users.bin", "broken.xlsx"])
def test_what_nobody_can_write_anew_is_listed(world: World, name: str) -> None:
    content = {
        "users.xlsm": book([[EMAIL]]),
        "users.bin": b"\x00\x01" + EMAIL.encode(),
        "broken.xlsx": b"PK, says " + EMAIL.encode(),
    }[name]
    if name == "broken.xlsx":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("xl/sharedStrings.xml", f"<t>{EMAIL}</t>")
        content = out.getvalue()
    file = drop(world, name, content)
    assert forget_one(world)["operator_files_left"] == [f"zendesk/{name}"]
    assert file.read_bytes() == content


def test_an_archive_without_them_keeps_its_bytes(world: World) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("users.json", json.dumps([{"id": 1, "email": OTHER_EMAIL}]))
    file = drop(world, "export.zip", out.getvalue())
    forget_one(world)
    assert file.read_bytes() == out.getvalue() and OTHER not in OTHER_EMAIL
