"""Files of the inbox of any size: a few megabytes of each are held at a time."""

import gzip
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.forgetting.contents import count, rewrite_text
from orchestration.forgetting.delimited import csv_without
from orchestration.forgetting.json_records import json_without
from orchestration.forgetting.judging import Judge, Known
from orchestration.forgetting.records import write_without
from orchestration.forgetting.traces import Traces

EMAIL, OTHER = "zelda.quillfeather@example.org", "otto.quillfeather@example.org"
TRACES = Traces([("email", EMAIL)], {"C7700123": "forgotten_1"}, {"ticket_id": ["T77001"]})
KNOWN = Known({"ticket_id": frozenset(["T77001"])}, pages=frozenset(["users"]))
# Several times what is held of a file at a time.
SIZE, HELD = 18 << 20, 14 << 20


def rows(form: str) -> Iterator[str]:
    """A file with the person near its beginning and its end, by the piece."""
    written = 0
    line = {
        "csv": '{id},{email},"quoted, it spans\nlines",{words}\n',
        "jsonl": '{{"id": {id}, "email": "{email}", "text": "{words}"}}\n',
        "list": '{{"id": {id}, "email": "{email}", "text": "{words}"}},',
    }[form].replace("{words}", "words and " * 40)
    yield {"csv": "id,email,text,more\n", "jsonl": "", "list": "["}[form]
    yield line.format(id=1, email=EMAIL)
    many = "".join(line.format(id=one, email=OTHER) for one in range(2, 1_000))
    while written < SIZE:
        yield many
        written += len(many)
    yield line.format(id=3, email=EMAIL.upper())
    yield {"csv": "", "jsonl": "", "list": '{"id": 4}]'}[form]


def write(path: Path, form: str) -> None:
    if path.suffix == ".zip":
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open(f"users.{form}", "w") as out,
        ):
            out.writelines(one.encode() for one in rows(form))
        return
    with gzip.open(path, "wb", 1) if path.suffix == ".gz" else path.open("wb") as out:
        out.writelines(one.encode() for one in rows(form))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("users.csv", "csv"),
        ("users.csv.gz", "csv"),
        ("users.jsonl", "jsonl"),
        ("users.jsonl.gz", "jsonl"),
        ("users.json", "list"),
        ("users.zip", "jsonl"),
    ],
)
def test_a_file_is_searched_and_written_by_the_piece(tmp_path: Path, name: str, form: str) -> None:
    file, left = tmp_path / name, tmp_path / f"left-{name}"
    write(file, form)
    # what is imported on the way is no part of the file
    assert not TRACES.mentions("x" * 1000)
    tracemalloc.start()
    judge = Judge(TRACES, KNOWN)
    with file.open("rb") as old, left.open("wb") as new:
        write_without(old, file.name, new, judge)
    found = count(file, TRACES), count(left, TRACES)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == (2, 0) and judge.changed == 2
    assert most < HELD


def test_a_text_that_is_one_line_is_searched_and_written_by_the_piece(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    with file.open("w") as out:
        out.write(f"by {EMAIL} ")
        for _ in range(SIZE >> 20):
            out.write("words, and " * (1 << 17))
        out.write(f"by {EMAIL}")
    assert not TRACES.mentions("x" * 1000)
    tracemalloc.start()
    assert count(file, TRACES) == 2 and rewrite_text(file, TRACES)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < HELD
    with file.open() as new:
        assert new.read(20) == "by [forgotten] words"
    assert count(file, TRACES) == 0


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


HERS, HIS = {"id": 1, "email": EMAIL}, {"id": 2, "email": OTHER}
CSV = f'id,email,ticket_id\n1,{EMAIL},\n2,"a ""b""\n{OTHER}",\n3,,T77001\n4,,"T77001\n?"\n'
FORMS = [
    (csv_without, CSV, f'id,email,ticket_id\n2,"a ""b""\n{OTHER}",\n4,,"T77001\n?"\n'),
    # a sign for inches opens no quote; one that does not close ends with its line
    (csv_without, f'n,email\n1,5"\n2,{EMAIL}\n3,6"\n', 'n,email\n1,5"\n3,6"\n'),
    (csv_without, f'n,t\n1,"5 x\n2,{EMAIL}\n3, "a\nb" \n', 'n,t\n1,"5 x\n3, "a\nb" \n'),
    (csv_without, f'n,t\n1,"a"b\n2,{EMAIL}\r\n3,"""\n4,""\n', 'n,t\n1,"a"b\n3,"""\n4,""\n'),
    (csv_without, f"{EMAIL};1\n{OTHER};2\n{EMAIL};3\n", f"[forgotten];1\n{OTHER};2\n"),
    (csv_without, 'sep=|\n Ticket-ID |\n T77001 |\n"T77001"|\nT7|\n', "sep=|\n Ticket-ID |\nT7|\n"),
    (json_without, f"[ {json.dumps(HERS)} , {json.dumps(HIS)} ]\n", f"[ {json.dumps(HIS)} ]\n"),
    (json_without, json.dumps([HIS, HERS], indent=2), json.dumps([HIS], indent=2)),
    (json_without, json.dumps([HERS, HIS, 7, HERS], indent=2), json.dumps([HIS, 7], indent=2)),
    (json_without, json.dumps([HERS]), "[]"),
    (json_without, "[]\n", "[]\n"),
    (json_without, f"{json.dumps(HERS, indent=1)}\n{json.dumps(HIS)}\n", f"{json.dumps(HIS)}\n"),
    (json_without, f"{json.dumps(HIS)}{json.dumps(HERS)}\n", f"{json.dumps(HIS)}"),
    (json_without, f'{json.dumps(HIS)}\n[{json.dumps(HERS)},3]\n', f"{json.dumps(HIS)}\n[3]\n"),
    (json_without, f'[1, {{"torn": "{EMAIL}"', "[1, "),
    # of lines with lists, a torn one goes as a whole, and no other is written into it
    (json_without, f'[3]\n[1, {{"torn": "{EMAIL}"\n[4, {json.dumps(HERS)}]\n', "[3]\n[4]\n"),
    (json_without, f'[1, {{"torn": "{EMAIL}"\n[4]\n', "[1, \n[4]\n"),
    (json_without, f'[1\n{{"b": 2}}\n{json.dumps(HERS)}\n', '[1\n{"b": 2}\n'),
    (json_without, f'{{"n": 12.5e3}}\n{json.dumps(HERS)}\n{{torn\n', '{"n": 12.5e3}\n{torn\n'),
]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 7, 33, 10_000])
@pytest.mark.parametrize("at", range(len(FORMS)))
def test_it_makes_no_difference_where_a_piece_ends(at: int, size: int) -> None:
    without, written, left = FORMS[at]
    assert "".join(without(pieces(written, size), Judge(TRACES, KNOWN))) == left
    assert "".join(without(pieces(left, size), Judge(TRACES, KNOWN))) == left


@pytest.mark.parametrize("size", [1, 50, 3000, 100_000])
def test_a_mention_that_two_pieces_share_is_one(size: int) -> None:
    far = "x" * 5000
    text = f'{EMAIL} {far} {{"ids": [{"1, " * 300}7700123]}} {far} {{"received": 7700123}}'
    traces = Traces([("email", EMAIL)], {"7700123": "forgotten_1"})
    whole = list(traces.rewritten(pieces(text, size)))
    new = text.replace(EMAIL, "[forgotten]").replace("7700123]", '"forgotten_1"]')
    assert "".join(one for one, _ in whole) == new
    assert sum(found for _, found in whole) == 2
