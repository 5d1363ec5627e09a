"""Only proven bytes are published, and readers always open a complete edition."""

import errno
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from small_marts import change_marts, verdict_on

from orchestration.gate.judge import file_sha256
from orchestration.gate.verdict import write_verdict
from orchestration.publication.candidate import make_candidate
from orchestration.publication.editions import editions
from orchestration.publication.history import history
from orchestration.publication.publish import publish
from orchestration.publication.recovery import rollback
from orchestration.publication.standing import status
from orchestration.system.errors import GateRefused, PilotageError, UsageError


def contacts_seen_by_a_new_process(pointer: Path) -> int:
    program = (
        "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True)"
        ".execute('select count(*) from core.contacts').fetchone()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(pointer)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_published_bytes_are_the_judged_bytes(paths, ready):
    judged = file_sha256(ready("e1"))
    edition = publish(paths, "e1", project_fingerprint="f" * 64)
    assert file_sha256(paths.pointer) == judged == edition.record["sha256"]
    assert paths.pointer.readlink() == Path("editions/e1/pilotage.duckdb")
    assert edition.database.stat().st_mode & 0o777 == 0o444
    assert edition.record["project_fingerprint"] == "f" * 64
    assert not (paths.candidates / "e1").exists()


def test_the_edition_tells_what_it_holds(paths, ready):
    ready("e1")
    record = publish(paths, "e1", latest_batch=2).record
    assert record == json.loads((paths.editions / "e1" / "edition.json").read_text())
    assert record["tables"] == {
        "core.contacts": 10,
        "kpis.kpi_editions": 0,
        "kpis.kpi_values": 6,
    }
    assert record["batches"] == {
        "latest": 2,
        "count": 2,
        "new": [1, 2],
        "arrival_warnings": [],
        "held_back": [],
        "taken_for_true": [],
    }
    assert record["verdict"]["success"] is True
    assert record["verdict"]["counts"]["failed"] == 0
    assert record["base_edition"] is None
    assert record["changes"] is None
    assert [
        (kpi["kpi_id"], kpi["period_start"], kpi["value"]) for kpi in record["latest_kpis"]
    ] == [
        ("crr", "2026-06-01", 0.98),
        ("fcr_rate", "2026-06-01", 0.72),
        ("nps_relational", "2026-04-01", 20.0),
    ]


def test_the_edition_tells_what_changed(paths, ready, published):
    published("e1")
    change_marts(
        paths,
        "insert into core.contacts values ('x'), ('y'); create table core.tickets (id int);"
        "update kpis.kpi_values set value = 0.69"
        " where kpi_id = 'fcr_rate' and period_start = '2026-06-01'",
    )
    ready("e2")
    assert publish(paths, "e2").record["changes"] == {
        "since": "e1",
        "tables": {"core.contacts": 2},
        "kpis": [
            {
                "kpi_id": "fcr_rate",
                "before": {"period_start": "2026-06-01", "value": 0.72, "status": "ok"},
                "after": {"period_start": "2026-06-01", "value": 0.69, "status": "ok"},
            }
        ],
    }


def test_batches_are_new_once_and_bring_their_warnings(paths, ready, published):
    published("e1")
    taken = {"batch": 3, "by": "Ada", "because": "a strike", "at": "2026-06-01T08:00:00Z"}
    record = {"source": "billing", "table": "orders", "accepts": [taken]}
    (paths.batches / "00000004.json").write_text(json.dumps(record))
    checks = paths.batches / "checks"
    checks.mkdir()
    findings = [{"check": "volume"}]
    for number in (3, 4):
        (checks / f"{number:08d}.json").write_text(json.dumps({"findings": findings}))
    change_marts(paths, "insert into core.contacts values ('z')")
    ready("e2")
    batches = publish(paths, "e2").record["batches"]
    assert (batches["latest"], batches["count"], batches["new"]) == (4, 4, [4])
    assert batches["arrival_warnings"] == [{"check": "volume"}]
    [said] = batches["taken_for_true"]
    assert (said["of"], said["because"]) == (3, "a strike")
    assert "Ada" not in json.dumps(batches)


def drop_verdict(paths, candidate):
    (candidate.parent / "verdict.json").unlink()


def tear_verdict(paths, candidate):
    path = candidate.parent / "verdict.json"
    path.write_text(path.read_text()[:-40])


def fail_verdict(paths, candidate):
    write_verdict(verdict_on(candidate, frozenset({"holds_tables_only"})), candidate)


def claim_success(paths, candidate):
    failed = verdict_on(candidate, frozenset({"holds_tables_only"}))
    write_verdict(replace(failed, success=True), candidate)


def empty_verdict(paths, candidate):
    write_verdict(replace(verdict_on(candidate), checks=()), candidate)


def forget_a_check(paths, candidate):
    whole = verdict_on(candidate)
    write_verdict(replace(whole, checks=whole.checks[1:]), candidate)


def judge_by_other_rules(paths, candidate):
    write_verdict(replace(verdict_on(candidate), suites_version="0" * 64), candidate)


def judge_another_file(paths, candidate):
    write_verdict(replace(verdict_on(candidate), candidate_sha256="0" * 64), candidate)


def change_the_file(paths, candidate):
    with duckdb.connect(str(candidate)) as connection:
        connection.execute("insert into core.contacts values ('forged')")


def change_the_file_and_its_record(paths, candidate):
    change_the_file(paths, candidate)
    record = candidate.parent / "candidate.json"
    stored = json.loads(record.read_text()) | {"sha256": file_sha256(candidate)}
    record.write_text(json.dumps(stored))


def drop_the_record(paths, candidate):
    (candidate.parent / "candidate.json").unlink()


def drop_the_file(paths, candidate):
    candidate.unlink()


def move_the_base(paths, candidate):
    change_marts(paths, "insert into core.contacts values ('other')")
    other = make_candidate(paths, "other")
    write_verdict(verdict_on(other), other)
    publish(paths, "other")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (drop_verdict, "has no verdict"),
        (tear_verdict, "cannot be read"),
        (fail_verdict, "holds_tables_only failed"),
        (claim_success, "holds_tables_only failed"),
        (empty_verdict, "no check was asked"),
        (forget_a_check, "does not answer every check"),
        (judge_by_other_rules, "other rules"),
        (judge_another_file, "not the file that was judged"),
        (change_the_file, "not the file that was judged"),
        (change_the_file_and_its_record, "no whole candidate"),
        (drop_the_record, "no whole candidate"),
        (drop_the_file, "no whole candidate"),
        (move_the_base, "was made on top of e1"),
    ],
)
def test_without_proof_nothing_moves(paths, ready, published, harm, message):
    published("e1")
    change_marts(paths, "insert into core.contacts values ('more')")
    harm(paths, ready("e2"))
    before = paths.pointer.readlink()
    with pytest.raises(GateRefused, match=message) as refusal:
        publish(paths, "e2")
    assert refusal.value.exit_status == 3
    assert len(str(refusal.value).splitlines()) == 2
    assert paths.pointer.readlink() == before
    assert "e2" not in [one.name for one in editions(paths)]


def test_without_links_a_file_says_where_the_edition_is(paths, published, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError(errno.EPERM, "no links here")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.symlink_to", refuse)
        for name in ("e1", "e2"):
            published(name)
            assert paths.pointer == paths.editions / name / "pilotage.duckdb"
            assert paths.site == paths.editions / name / "site"
        assert paths.place.read_text() == "editions/e2/pilotage.duckdb\n"
        assert status(paths)["current"] == rollback(paths, "e2").name == "e2"
        assert rollback(paths).name == "e1"
        assert contacts_seen_by_a_new_process(paths.pointer) == 11
        assert status(paths)["problems"] == []
    # on a file system that has them, the next move makes the link
    assert rollback(paths, "e2").is_current
    assert paths.pointer.readlink() == Path("editions/e2/pilotage.duckdb")
    assert not paths.place.exists()


def test_a_place_that_is_no_edition_is_refused(paths, published):
    published("e1")
    paths.link.unlink()
    paths.place.write_text("../elsewhere.duckdb")
    with pytest.raises(PilotageError, match="no edition"):
        rollback(paths, "e1")


def test_the_same_edition_twice_is_one_publication(paths, ready, published):
    published("e1")
    before = paths.pointer.lstat().st_mtime_ns
    assert publish(paths, "e1").name == "e1"
    ready("e1")
    publish(paths, "e1")
    assert paths.pointer.lstat().st_mtime_ns == before
    assert [entry["edition"] for entry in history(paths)] == ["e1"]


def test_a_name_stands_for_its_bytes(paths, ready, published):
    published("e1")
    change_marts(paths, "insert into core.contacts values ('other')")
    ready("e1")
    with pytest.raises(GateRefused, match="with other content"):
        publish(paths, "e1")


def test_open_readers_keep_their_edition_and_new_ones_get_the_new(paths, published):
    published("e1")
    with duckdb.connect(str(paths.pointer), read_only=True) as reader:
        count = "select count(*) from core.contacts"
        assert reader.execute(count).fetchone() == (11,)
        published("e2")
        assert reader.execute(count).fetchone() == (11,)
        assert contacts_seen_by_a_new_process(paths.pointer) == 12


@pytest.mark.parametrize("beside", ["pilotage.duckdb.wal", "editions/e1/pilotage.duckdb.wal"])
def test_a_foreign_log_beside_the_pointer_stops_publication(paths, published, beside):
    published("e1")
    (paths.published / beside).write_bytes(b"")
    assert "stands beside what readers open" in status(paths)["problems"][0]
    with pytest.raises(PilotageError, match="stands beside what readers open"):
        published("e2")
    assert paths.pointer.readlink() == Path("editions/e1/pilotage.duckdb")


def test_a_file_in_the_pointers_place_is_not_replaced(paths, ready):
    ready("e1")
    paths.published.mkdir()
    paths.pointer.write_bytes(b"somebody's own")
    with pytest.raises(PilotageError, match="not the pointer"):
        publish(paths, "e1")
    assert paths.pointer.read_bytes() == b"somebody's own"


def test_publication_across_file_systems(paths, ready, monkeypatch):
    candidate = ready("e1")
    judged, rename = file_sha256(candidate), Path.rename

    def other_device(self, target):
        if self == candidate.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", other_device)
    publish(paths, "e1")
    assert file_sha256(paths.pointer) == judged
    assert not candidate.parent.exists()
    assert [path.name for path in paths.editions.iterdir()] == ["e1"]


def test_the_last_editions_are_kept(paths, published, monkeypatch):
    monkeypatch.setenv("PILOTAGE_KEEP_EDITIONS", "2")
    for name in ("e1", "e2", "e3"):
        published(name)
    assert [(one.name, one.is_current) for one in editions(paths)] == [("e3", True), ("e2", False)]
    assert sorted(path.name for path in paths.editions.iterdir()) == ["e2", "e3"]
    past = paths.published / "past" / "e1"
    assert [path.name for path in past.iterdir()] == ["edition.json"]


@pytest.mark.parametrize("number", ["0", "-1", "many", ""])
def test_a_number_of_editions_that_is_none_is_refused(paths, ready, monkeypatch, number):
    ready("e1")
    monkeypatch.setenv("PILOTAGE_KEEP_EDITIONS", number)
    with pytest.raises(UsageError, match="PILOTAGE_KEEP_EDITIONS"):
        publish(paths, "e1")
    assert not paths.pointer.exists()


def test_status_of_an_empty_and_of_a_published_directory(paths, published):
    assert status(paths)["current"] is None
    published("e1")
    now = status(paths)
    assert (now["current"], now["kept"], now["problems"]) == ("e1", ["e1"], [])
    assert now["path"] == str(paths.pointer)
