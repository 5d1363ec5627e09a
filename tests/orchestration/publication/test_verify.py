"""What is damaged is named; what is lost is written again; what is adopted is sealed."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.landing.ledger import record_path
from orchestration.landing.ledger import records as batch_records
from orchestration.publication.history import history, history_flaws
from orchestration.publication.recovery import recover, rollback
from orchestration.publication.standing import status
from orchestration.publication.verify import refuse_altered, seal_again, sign, verify
from orchestration.system.errors import PilotageError
from orchestration.system.paths import DataPaths
from tests.faults.bypasses import flip, forged, other_bytes_and_record, read, write
from tests.faults.world import World, copied, make_world, with_key, write_key


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("unsigned"), has_key=False)


@pytest.fixture
def world(unsigned: World, tmp_path: Path) -> Iterator[World]:
    copy = copied(unsigned, tmp_path / "copy")
    with with_key(copy.paths, None):
        yield copy


def flaws(paths: DataPaths) -> list[str]:
    return [one for _, found in verify(paths) for one in found]


def test_what_was_accepted_and_published_is_sound(world: World) -> None:
    parts = [part for part, _ in verify(world.paths)]
    assert parts == [
        "the ledger of 2 batches",
        "the history of editions",
        "what editions changed",
        "the edition e1",
        "the edition e2",
    ]
    assert flaws(world.paths) == []
    assert status(world.paths)["problems"] == []


@pytest.mark.parametrize(
    "harmed",
    [
        "published/editions/e1/pilotage.duckdb",
        "published/editions/e2/kpi_editions.parquet",
        "published/editions/e2/verdict.json",
        "published/editions/e2/rules.json",
        "published/editions/e2/build.json",
        "published/editions/e2/tests.json",
        "published/editions/e2/candidate.json",
        "published/editions/e2/edition.json",
        "published/kpi_editions/e1.parquet",
        "landing/batches/00000000.json",
        "landing/batches/00000002.json",
        "landing/accepted/interactions/contacts/batch=1/rows.parquet",
    ],
)
def test_one_bit_anywhere_is_found_without_a_key(world: World, harmed: str) -> None:
    flip(world.paths.root / harmed)
    assert any(harmed.rpartition("/")[0] in one for one in flaws(world.paths))


@pytest.mark.parametrize("line", [0, 1])
def test_a_bit_of_the_history_is_found(world: World, line: int) -> None:
    path = world.paths.published / "history.jsonl"
    lines = path.read_text().splitlines()
    lines[line] = lines[line].replace('"publish"', '"publisH"')
    path.write_text("\n".join(lines) + "\n")
    first, *_ = history_flaws(world.paths)
    assert f"Line {line + 1} of" in first


def test_status_sees_a_size_a_record_and_a_file_too_many(world: World) -> None:
    before = record_path(world.paths, 1).read_text()
    record_path(world.paths, 1).write_text(before.replace('"accepted": 3', '"accepted": 4'))
    with world.accepted(2).open("ab") as file:
        file.write(b"x")
    (world.current / "more.html").write_text("x")
    said = "\n".join(status(world.paths)["problems"])
    assert "00000001.json was altered" in said
    assert "batch=2/rows.parquet has another size" in said
    assert "more.html was not published" in said


def test_a_lost_pointer_is_named_with_the_way_back(world: World) -> None:
    world.paths.pointer.unlink()
    [problem] = status(world.paths)["problems"]
    assert "`pilotage rollback --to e2` puts it back" in problem
    rollback(world.paths, "e2")
    assert status(world.paths)["current"] == "e2"
    assert flaws(world.paths) == []


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe no text", b"no line of it\n"])
def test_a_lost_history_is_written_again(world: World, content: bytes | None) -> None:
    path = world.paths.published / "history.jsonl"
    before = history(world.paths)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert "the next run writes it again" in status(world.paths)["problems"][0]
    assert recover(world.paths)[0] == "Recorded the publication of e2."
    names = ("edition", "previous", "record_sha256", "changes_sha256")
    told = [[one[name] for name in names] for one in history(world.paths)]
    assert told == [[one[name] for name in names] for one in before]
    assert all(one["is_rebuilt"] for one in history(world.paths))
    assert flaws(world.paths) == []
    if content is not None:
        assert path.with_name("history.jsonl.unreadable").read_bytes() == content


def test_an_edition_removed_before_is_in_the_history_written_again(world: World) -> None:
    past = world.paths.published / "past" / "e1"
    past.mkdir(parents=True)
    shutil.move(world.former / "edition.json", past)
    shutil.rmtree(world.former)
    (world.paths.published / "history.jsonl").unlink()
    recover(world.paths)
    assert [one["edition"] for one in history(world.paths)] == ["e1", "e2"]


def test_a_rollback_is_known_after_the_history_was_lost(world: World) -> None:
    rollback(world.paths)
    (world.paths.published / "history.jsonl").unlink()
    recover(world.paths)
    moves = [(one["action"], one["edition"]) for one in history(world.paths)]
    assert moves == [("publish", "e1"), ("publish", "e2"), ("rollback", "e1")]


def test_what_stands_is_signed_with_a_key_that_comes_later(world: World, tmp_path: Path) -> None:
    with with_key(world.paths, write_key(tmp_path / "key" / "later", "z")):
        assert any("not signed" in one for one in flaws(world.paths))
        assert list(sign(world.paths)) == [
            "the ledger of 2 batches",
            "the edition e1",
            "the edition e2",
            "2 lines of history",
        ]
        assert flaws(world.paths) == []
        assert [one.accepted for one in batch_records(world.paths)] == [3, 3]
    # and without it nothing is added any more
    with pytest.raises(PilotageError, match="is signed with the key"):
        rollback(world.paths)


def test_an_edition_that_is_not_what_was_judged_is_not_signed(world: World, tmp_path: Path) -> None:
    flip(world.former / "pilotage.duckdb")
    where = world.current / "edition.json"
    where.write_text(json.dumps(json.loads(where.read_text()) | {"sha256": "0" * 64}))
    with with_key(world.paths, write_key(tmp_path / "key" / "later", "z")):
        assert "the edition e1" not in list(sign(world.paths))
        found = "\n".join(flaws(world.paths))
    assert "e1/edition.json is not signed" in found
    assert "e2/edition.json was altered" in found


def test_a_file_taken_out_on_purpose_is_adopted(world: World) -> None:
    shutil.rmtree(world.accepted(1).parent)
    record_path(world.paths, 1).unlink()
    assert any("does not follow" in one for one in flaws(world.paths))
    list(sign(world.paths))
    assert flaws(world.paths) == []


def test_a_record_of_nothing_but_a_name_is_a_flaw(world: World) -> None:
    (world.current / "edition.json").write_text('{"edition": "e2"}')
    assert any("e2/edition.json lacks size_bytes and sha256" in one for one in flaws(world.paths))
    assert any("lacks size_bytes" in one for one in status(world.paths)["problems"])


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("signed"))


def test_what_was_forged_is_refused_and_never_signed_on_the_way(
    signed: World, tmp_path: Path
) -> None:
    forger = copied(signed, tmp_path / "copy")
    with with_key(forger.paths, forger.key):
        refuse_altered(forger.paths)
        other_bytes_and_record(forger.former)
        verdict = read(forger.former / "verdict.json")
        verdict["candidate_sha256"] = read(forger.former / "edition.json")["sha256"]
        write(forger.former / "verdict.json", forged(verdict, "verdict"))
        with pytest.raises(PilotageError, match=r"e1/edition\.json is not signed"):
            refuse_altered(forger.paths)
        # as after a forgetting that was interrupted meanwhile
        seal_again(forger.paths)
        assert any("e1/edition.json is not signed" in one for one in flaws(forger.paths))
        # who says so, means it
        assert "the edition e1" in list(sign(forger.paths))


def test_recorded_changes_and_former_records_are_asked_for_too(world: World) -> None:
    refuse_altered(world.paths)
    shutil.copytree(world.former, world.paths.published / "past" / "x9")
    with pytest.raises(PilotageError, match=r"past/x9/edition\.json"):
        refuse_altered(world.paths)
    shutil.rmtree(world.paths.published / "past")
    flip(world.paths.root / "published" / "kpi_editions" / "e1.parquet")
    with pytest.raises(PilotageError, match=r"kpi_editions/e1\.parquet"):
        refuse_altered(world.paths)
