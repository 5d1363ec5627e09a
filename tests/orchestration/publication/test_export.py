"""What is exported is what is published, and a text stays a text."""

import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from openpyxl import load_workbook

from orchestration.publication import export
from orchestration.publication.editions import Edition
from orchestration.publication.export import export_table, opened
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import DataPaths
from orchestration.terminal import exporting

DANGEROUS = ["=1+1", "+33612345678", "-2", "@SUM(A1)", "\t=1", "\r=1", "https://example.org", "007"]


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    folder = tmp_path / "editions" / "e1"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "pilotage.duckdb")) as con:
        con.execute("create schema core")
        con.execute(
            "create table core.texts as select unnest(?) as text, 1.5::decimal(18, 2) as amount,"
            " true as is_open, date '2026-03-29' as day,"
            " timestamptz '2026-03-29 00:30:00+00' as at, [1.0, null]::double[] as trend,"
            " 'nan'::double as rate, null::varchar as nothing",
            [DANGEROUS],
        )
        con.execute("comment on table core.texts is 'One row per text.'")
        con.execute("comment on column core.texts.text is '=what a person wrote'")
    record = {"published_at": "2026-06-01T00:00:00+00:00"}
    return Edition("e1", folder, record, True)


def written(edition: Edition, table: str, kind: str, target: Path) -> int:
    with opened(edition) as con:
        return export_table(con, edition, table, kind, target)


def test_parquet_and_arrow_hold_the_same_rows(edition: Edition, tmp_path: Path) -> None:
    assert written(edition, "core.texts", "parquet", tmp_path / "out" / "t.parquet") == 8
    assert written(edition, "core.texts", "arrow", tmp_path / "out" / "t.arrow") == 8
    with duckdb.connect(str(edition.database), read_only=True) as con:
        published = con.execute("select * exclude (rate) from core.texts order by text").fetchall()
        parquet = con.execute(
            "select * exclude (rate) from read_parquet(?) order by text",
            [str(tmp_path / "out" / "t.parquet")],
        ).fetchall()
        read_back = pa.ipc.open_file(str(tmp_path / "out" / "t.arrow")).read_all()
        arrow = con.execute("select * exclude (rate) from read_back order by text").fetchall()
    assert parquet == published
    assert arrow == published
    assert read_back.schema.field("amount").type == pa.decimal128(18, 2)


def test_a_workbook_holds_texts_as_texts(edition: Edition, tmp_path: Path) -> None:
    target = tmp_path / "t.xlsx"
    written(edition, "core.texts", "xlsx", target)
    with zipfile.ZipFile(target) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
        names = parts.namelist()
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)
    assert not any("externalLink" in name for name in names)
    book = load_workbook(target)
    rows = list(book["data"].iter_rows(values_only=True))
    assert rows[0] == ("text", "amount", "is_open", "day", "at", "trend", "rate", "nothing")
    # a workbook's own way to write a carriage return, which Excel reads back
    assert {str(row[0]).replace("_x000D_", "\r") for row in rows[1:]} == set(DANGEROUS)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.rows for cell in row)
    first = rows[1]
    assert (first[1], first[2]) == (1.5, True)
    assert first[3] == datetime(2026, 3, 29)
    # half past midnight in UTC, the night of the change to summer time
    assert first[4] == datetime(2026, 3, 29, 1, 30)
    assert first[5] == "[1.0,null]"
    # not a number, and nothing
    assert (first[6], first[7]) == (None, None)


def test_a_workbook_says_what_its_columns_mean_and_where_it_comes_from(
    edition: Edition, tmp_path: Path
) -> None:
    target = tmp_path / "t.xlsx"
    written(edition, "core.texts", "xlsx", target)
    book = load_workbook(target)
    described = {row[0]: row[2] for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert described["text"] == "=what a person wrote"
    about = dict(book["about"].iter_rows(min_row=2, values_only=True))
    assert about["edition"] == "e1"
    assert about["description"] == "One row per text."


def test_a_table_that_no_workbook_holds_is_refused_before_anything_is_written(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "EXCEL_ROWS", 8)
    with pytest.raises(PilotageError, match="8 rows, and a workbook holds 7"):
        written(edition, "core.texts", "xlsx", tmp_path / "t.xlsx")
    assert list(tmp_path.glob("*t.xlsx*")) == []


@pytest.mark.parametrize("name", ["core.text", "texts", 'core."; drop table x'])
def test_a_name_that_is_none_says_what_is_near(edition: Edition, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"core\.texts"):
        written(edition, name, "parquet", tmp_path / "t.parquet")


def test_an_old_file_stays_until_the_new_one_is_whole(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "t.arrow"
    target.write_text("old")
    monkeypatch.setattr(export, "_write_arrow", _fail)
    with pytest.raises(OSError, match="full"):
        written(edition, "core.texts", "arrow", target)
    assert target.read_text() == "old"
    assert list(tmp_path.glob(".*")) == []


def _fail(*_: object) -> None:
    raise OSError("disk full")


def test_all_tables_are_written_but_those_that_no_workbook_holds(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    with duckdb.connect(str(edition.database)) as con:
        con.execute("create table core.a_long_one as from range(9)")
    monkeypatch.setattr(exporting, "current_name", lambda paths: edition.name)
    monkeypatch.setattr(exporting, "find", lambda paths, name: edition)
    monkeypatch.setattr(export, "EXCEL_ROWS", 9)
    opening: list[Edition] = []
    monkeypatch.setattr(exporting, "opened", lambda one: (opening.append(one), opened(one))[1])
    paths = DataPaths(tmp_path)
    made = list(exporting.export_tables(paths, [], "xlsx", tmp_path / "out", everything=True))
    assert made == [(tmp_path / "out" / "core.texts.xlsx", 8)]
    assert opening == [edition]
    assert "core.a_long_one has 9 rows" in capsys.readouterr().err
    with pytest.raises(PilotageError, match="9 rows"):
        list(exporting.export_tables(paths, ["core.a_long_one"], "xlsx", tmp_path, False))
