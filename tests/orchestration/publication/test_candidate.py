"""The candidate is every committed row of the marts, in one closed file."""

import contextlib
import json
from types import SimpleNamespace

import duckdb
import pytest
from small_marts import change_marts, verdict_on

from orchestration.gate.verdict import read_verdict, write_verdict
from orchestration.publication.candidate import make_candidate
from orchestration.system.errors import PilotageError, UsageError
from orchestration.warehouse import marts


def contacts(path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select count(*) from core.contacts").fetchone()[0]


def test_rows_still_in_the_log_are_copied(paths):
    change_marts(
        paths, "pragma disable_checkpoint_on_shutdown; insert into core.contacts values ('new')"
    )
    assert paths.marts_db.with_name("marts.duckdb.wal").exists()
    candidate = make_candidate(paths, "e1")
    assert contacts(candidate) == 11
    assert [path.name for path in candidate.parent.iterdir() if ".wal" in path.name] == []


def test_making_it_again_changes_nothing_and_keeps_the_verdict(paths):
    candidate = make_candidate(paths, "e1")
    write_verdict(verdict_on(candidate), candidate)
    before = candidate.stat()
    assert make_candidate(paths, "e1") == candidate
    assert candidate.stat().st_mtime_ns == before.st_mtime_ns
    assert read_verdict(candidate) is not None


def test_other_marts_take_its_place_and_the_verdict_goes(paths):
    candidate = make_candidate(paths, "e1")
    write_verdict(verdict_on(candidate), candidate)
    change_marts(paths, "insert into core.contacts values ('new')")
    make_candidate(paths, "e1")
    assert contacts(candidate) == 11
    assert read_verdict(candidate) is None


def test_the_record_names_the_base(paths, published):
    published("e1")
    candidate = make_candidate(paths, "e2")
    record = json.loads((candidate.parent / "candidate.json").read_text())
    assert record["base_edition"] == "e1"
    assert record["sha256"] == verdict_on(candidate).candidate_sha256


def test_a_remaining_log_is_refused(paths, monkeypatch):
    paths.marts_db.with_name("marts.duckdb.wal").write_bytes(b"rows")

    def connect(*_args, **_kwargs):
        return contextlib.nullcontext(SimpleNamespace(execute=lambda sql: None))

    monkeypatch.setattr(marts, "duckdb", SimpleNamespace(connect=connect, Error=duckdb.Error))
    with pytest.raises(PilotageError, match="still there after a checkpoint"):
        make_candidate(paths, "e1")
    assert not paths.candidates.exists()


def test_marts_in_use_are_refused(paths):
    with (
        duckdb.connect(str(paths.marts_db), read_only=True),
        pytest.raises(PilotageError, match="Close the program"),
    ):
        make_candidate(paths, "e1")


def test_missing_marts_are_refused(paths):
    paths.marts_db.unlink()
    with pytest.raises(PilotageError, match="Build the marts first"):
        make_candidate(paths, "e1")
    assert not paths.marts_db.exists()


@pytest.mark.parametrize("name", ["", "../e1", "a/b", ".e1", "a..b", "e 1"])
def test_a_name_that_is_no_directory_is_refused(paths, name):
    with pytest.raises(UsageError):
        make_candidate(paths, name)
