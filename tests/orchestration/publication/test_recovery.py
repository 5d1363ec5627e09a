"""A command that dies at any step leaves readers a complete edition, and can be run again."""

import json
import os
import shutil

import duckdb
import pytest
from small_marts import MARTS, RULES, build_edition, change_marts, verdict_on

from orchestration.gate.declared import write_rules
from orchestration.gate.judge import file_sha256
from orchestration.gate.verdict import write_verdict
from orchestration.publication.candidate import make_candidate
from orchestration.publication.editions import editions
from orchestration.publication.history import history
from orchestration.publication.publish import publish
from orchestration.publication.recovery import recover, rollback
from orchestration.publication.standing import status
from orchestration.system.errors import GateRefused, PilotageError, UsageError
from orchestration.system.paths import DataPaths
from tests.orchestration.killing import Killed

DURABLE_CALLS = ("rename", "replace", "fsync", "symlink", "chmod", "unlink", "rmdir")


class Assassin:
    """Counts the calls that change the disk, and kills the one numbered `victim`."""

    def __init__(self, monkeypatch, victim=None, after=False):
        self.calls, self.victim, self.after = 0, victim, after
        for name in DURABLE_CALLS:
            monkeypatch.setattr(os, name, self.wrapped(getattr(os, name)))

    def wrapped(self, call):
        def deadly(*args, **kwargs):
            number, self.calls = self.calls, self.calls + 1
            if number == self.victim and not self.after:
                raise Killed
            try:
                return call(*args, **kwargs)
            finally:
                if number == self.victim:
                    raise Killed

        return deadly


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> DataPaths:
    """Editions e0 and e1 are published; the candidate e2 has passed the gate."""
    paths = DataPaths(tmp_path_factory.mktemp("prepared") / "data")
    paths.warehouse.mkdir(parents=True)
    change_marts(paths, MARTS)
    write_rules(paths.warehouse, RULES)
    for name in ("e0", "e1", "e2"):
        build_edition(paths, name)
        candidate = make_candidate(paths, name)
        write_verdict(verdict_on(candidate), candidate)
        if name != "e2":
            publish(paths, name)
    return paths


def steps_of_a_publication(prepared, tmp_path_factory) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_KEEP_EDITIONS", "2")
        paths = DataPaths(tmp_path_factory.mktemp("count") / "data")
        shutil.copytree(prepared.root, paths.root, symlinks=True)
        assassin = Assassin(patch)
        publish(paths, "e2")
        return assassin.calls


def recorded(paths: DataPaths) -> list[tuple[str, int]]:
    """The editions in the record of changes, with their numbers, row by row."""
    return duckdb.execute(
        "select edition, edition_number from read_parquet($1) order by all",
        [str(paths.kpi_editions / "*.parquet")],
    ).fetchall()


def assert_readers_have_a_complete_edition(paths: DataPaths) -> str:
    [current] = [one for one in editions(paths) if one.is_current]
    assert file_sha256(paths.pointer) == current.record["sha256"]
    assert not paths.pointer.with_name("pilotage.duckdb.wal").exists()
    return current.name


def test_death_at_any_step_of_publish(prepared, tmp_path_factory, monkeypatch):
    """Before and after every call that changes the disk; then recovered, then run again."""
    monkeypatch.setenv("PILOTAGE_KEEP_EDITIONS", "2")
    steps = steps_of_a_publication(prepared, tmp_path_factory)
    assert steps > 15
    seen = set()
    for victim in range(steps):
        for after in (False, True):
            paths = DataPaths(tmp_path_factory.mktemp("killed") / "data")
            shutil.copytree(prepared.root, paths.root, symlinks=True)
            with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
                Assassin(patch, victim, after)
                publish(paths, "e2")
            seen.add(assert_readers_have_a_complete_edition(paths))
            if after:
                recover(paths)
                seen.add(assert_readers_have_a_complete_edition(paths))
            publish(paths, "e2")
            assert [entry["edition"] for entry in history(paths)] == ["e0", "e1", "e2"]
            recover(paths)
            assert assert_readers_have_a_complete_edition(paths) == "e2"
            assert sorted(path.name for path in paths.editions.iterdir()) == ["e1", "e2"]
            names = {path.name for path in paths.published.iterdir()}
            assert names == {
                "editions",
                "history.jsonl",
                "kpi_editions",
                "past",
                "pilotage.duckdb",
            }
            past = {path.name for path in (paths.published / "past" / "e0").iterdir()}
            assert past >= {"edition.json"}
            assert recorded(paths) == [("e0", 1), ("e1", 2), ("e2", 3)]
            shutil.rmtree(paths.root)
    assert seen == {"e1", "e2"}


def test_an_edition_ready_but_not_shown_is_proven_again(paths, ready, published, monkeypatch):
    published("e1")
    ready("e2")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr("os.symlink", lambda *_args, **_kwargs: (_ for _ in ()).throw(Killed()))
        publish(paths, "e2")
    monkeypatch.setattr("orchestration.publication.proof.suites_version", lambda _: "0" * 64)
    with pytest.raises(GateRefused, match="other rules"):
        publish(paths, "e2")
    assert status(paths)["current"] == "e1"
    assert recover(paths) == ["Took back the edition never shown e2."]


def test_death_at_any_step_of_making_a_candidate(prepared, tmp_path_factory):
    def fresh() -> DataPaths:
        paths = DataPaths(tmp_path_factory.mktemp("killed") / "data")
        shutil.copytree(prepared.root, paths.root, symlinks=True)
        return paths

    paths = fresh()
    with pytest.MonkeyPatch.context() as patch:
        assassin = Assassin(patch)
        whole = file_sha256(make_candidate(paths, "e3"))
    for victim in range(assassin.calls):
        paths = fresh()
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            Assassin(patch, victim, after=True)
            make_candidate(paths, "e3")
        assert file_sha256(make_candidate(paths, "e3")) == whole
        assert {path.name for path in (paths.candidates / "e3").iterdir()} == {
            "candidate.json",
            "pilotage.duckdb",
            "rules.json",
        }


def test_rollback_goes_to_what_the_current_was_made_on(paths, published):
    for name in ("e1", "e2", "e3"):
        published(name)
    assert rollback(paths).name == "e2"
    published("e4")
    assert rollback(paths).name == "e2", "e3 was left for e2, on which e4 was made"
    assert rollback(paths).name == "e1"
    moves = [(entry["action"], entry["edition"], entry["previous"]) for entry in history(paths)]
    assert moves[-3:] == [
        ("publish", "e4", "e2"),
        ("rollback", "e2", "e4"),
        ("rollback", "e1", "e2"),
    ]


def test_rollback_to_a_name_and_publishing_after_it_does_not_undo_it(paths, published):
    for name in ("e1", "e2", "e3"):
        published(name)
    assert rollback(paths, to="e1").is_current
    assert publish(paths, "e3").is_current is False
    assert status(paths)["current"] == "e1"


def test_the_current_edition_is_never_removed(paths, published, monkeypatch):
    published("e1")
    published("e2")
    rollback(paths)
    monkeypatch.setenv("PILOTAGE_KEEP_EDITIONS", "1")
    published("e3")
    rollback(paths, to="e3")
    assert sorted(path.name for path in paths.editions.iterdir()) == ["e3"]


def test_pruning_spares_an_old_edition_that_is_current(paths, published):
    from orchestration.publication.recovery import prune

    for name in ("e1", "e2", "e3"):
        published(name)
    rollback(paths, to="e1")
    assert prune(paths, 1) == ["e2"]
    assert [one.name for one in editions(paths)] == ["e3", "e1"]


def test_a_damaged_edition_is_not_rolled_back_to(paths, published):
    database = published("e1").database
    published("e2")
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.chmod(0o644)
    database.write_bytes(content)
    with pytest.raises(PilotageError, match="damaged"):
        rollback(paths)
    assert status(paths)["current"] == "e2"


@pytest.mark.parametrize("name", ["e9", "../e1"])
def test_rollback_to_nothing_is_refused(paths, published, name):
    published("e1")
    with pytest.raises(UsageError):
        rollback(paths, to=name)


def test_rollback_without_an_earlier_edition_is_refused(paths, published):
    published("e1")
    with pytest.raises(PilotageError, match="no edition before e1"):
        rollback(paths)


def test_a_torn_line_of_history_swallows_nothing(paths, published):
    published("e1")
    with (paths.published / "history.jsonl").open("a") as file:
        file.write('{"action": "pub')
    published("e2")
    assert [entry["edition"] for entry in history(paths)] == ["e1", "e2"]


def test_recover_clears_what_was_left_behind(paths, ready, published):
    published("e1")
    (paths.published / ".pilotage.duckdb.link-e7").symlink_to("editions/e7/pilotage.duckdb")
    (paths.editions / "e8").mkdir()
    (paths.editions / "e8" / "pilotage.duckdb").write_bytes(b"half")
    (paths.editions / ".e9.partial").mkdir()
    (paths.candidates / "half").mkdir()
    ready("older")
    record = paths.candidates / "older" / "candidate.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"base_edition": "e0"}))
    ready("newest")
    assert recover(paths) == [
        "Removed the half-made .pilotage.duckdb.link-e7.",
        "Removed the half-made edition .e9.partial.",
        "Removed the half-made edition e8.",
        "Removed the old candidate half.",
        "Removed the old candidate older.",
    ]
    assert recover(paths) == []
    assert [path.name for path in paths.candidates.iterdir()] == ["newest"]
    assert publish(paths, "newest").is_current


def test_recover_leaves_editions_alone_when_their_history_is_lost(paths, published):
    for name in ("e1", "e2", "e3"):
        published(name)
    (paths.published / "history.jsonl").unlink()
    assert recover(paths) == ["Recorded the publication of e3."]
    assert [one.name for one in editions(paths)] == ["e3", "e2", "e1"]


def test_recover_never_takes_away_what_readers_open(paths, published):
    published("e1")
    (published("e2").directory / "edition.json").unlink()
    assert recover(paths) == []
    with duckdb.connect(str(paths.pointer), read_only=True) as reader:
        assert reader.execute("select count(*) from core.contacts").fetchone() == (12,)
    assert "names the edition e2, which is not complete" in status(paths)["problems"][0]
    assert rollback(paths).name == "e1"
    assert recover(paths) == ["Removed the half-made edition e2."]


def test_recover_in_an_empty_directory(tmp_path):
    assert recover(DataPaths(tmp_path / "data")) == []


def with_pages(database, record, site):
    site.mkdir()
    (site / "direction.html").write_text(record["edition"])
    return {"count": 1}


def test_pages_come_and_go_with_their_edition(paths, ready):
    for name in ("e1", "e2"):
        ready(name)
        publish(paths, name, write_pages=with_pages)
    assert (paths.site / "direction.html").read_text() == "e2"
    rollback(paths)
    assert (paths.site / "direction.html").read_text() == "e1"
    paths.site.unlink()
    recover(paths)
    assert (paths.site / "direction.html").read_text() == "e1"


def test_an_edition_without_pages_shows_none_of_another(paths, ready):
    ready("e1")
    publish(paths, "e1", write_pages=with_pages)
    ready("e2")
    publish(paths, "e2", write_pages=lambda *_: {"error": "Full; look"})
    assert not paths.site.exists()
    [problem] = status(paths)["problems"]
    assert "pages of the edition e2 could not be written (Full; look)" in problem


def test_what_somebody_put_in_the_place_of_the_pages_stops_nothing(paths, ready):
    ready("e1")
    paths.site.mkdir(parents=True)
    publish(paths, "e1", write_pages=with_pages)
    assert [entry["edition"] for entry in history(paths)][-1] == "e1"
    assert "no link" in status(paths)["problems"][0]


def test_pages_of_agents_go_with_what_they_were_made_of(paths, ready):
    ready("e1")
    publish(paths, "e1", write_pages=with_pages)
    ready("e2")
    for name in ("e0", "e1", "e2"):
        (paths.agent_pages / name).mkdir(parents=True)
    recover(paths)
    # an edition, and a candidate that can still be one
    assert sorted(path.name for path in paths.agent_pages.iterdir()) == ["e1", "e2"]
