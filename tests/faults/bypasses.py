"""Attempts to get round the gate, by somebody who may write the whole data directory.

Each does its harm to a copy of the small world, and then what an operator would do next: gate and
publish, roll back, build on what landed, or end a run. He has everything but the operator's
key, and with `forged` he seals what he writes as well as anybody can without it.

An attempt is `refused` when a command says no, `found` when `pilotage verify` names it, `undone`
when what it did is put right by itself, and a `bypass` when readers get bytes that were never
proven, or when what was forged is taken and nobody says so.
"""

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.gate import built
from orchestration.gate.declared import FILE_NAME as RULES_FILE
from orchestration.landing import ledger
from orchestration.publication import publish as publishing
from orchestration.publication import showing
from orchestration.publication.history import HISTORY_FILE
from orchestration.publication.recovery import recover, rollback
from orchestration.publication.verify import verify
from orchestration.run import steps
from orchestration.system.environment import DAGSTER_YAML, prepare_dagster_home
from orchestration.system.errors import PilotageError
from orchestration.system.hashes import KIND as HASHES_KIND
from orchestration.system.hashes import Hashes, hash_file, stamp
from orchestration.system.seals import SEAL, VARIABLE, content_sha256, sealed
from orchestration.warehouse import manifest
from orchestration.warehouse.build import why_full_refresh
from orchestration.warehouse.run_context import new_context, read_built
from tests.faults.world import CANDIDATE, World, copied, with_key, write_key
from tests.orchestration.publication.small_marts import change_marts

FORGED = "insert into core.contacts values ('forged')"


@dataclass(frozen=True)
class Attempt:
    """One line of the table: what is attacked, how, and what the operator does then."""

    target: str
    name: str
    harm: Callable[[World], Any]
    then: Callable[[World], Any]
    is_undone: bool = False


@dataclass(frozen=True)
class Outcome:
    attempt: Attempt
    what: str
    said: str = ""


# --- what the operator does next -------------------------------------------------------------


def publish(world: World) -> None:
    world.publish()


def gate_and_publish(world: World) -> None:
    world.gate()
    world.publish()


def judge_and_publish(world: World) -> None:
    world.judge(world.candidate)
    world.publish()


def build(world: World) -> None:
    """All that comes before dbt is asked to read anything."""
    recover(world.paths)
    steps._refuse_altered_inputs(world.paths)


def end_a_run(world: World) -> None:
    """What `pilotage run` does when nothing is new."""
    recover(world.paths)
    steps.refuse_other_edition(world.paths)


def roll_back(world: World) -> None:
    rollback(world.paths)


def roll_back_to(name: str) -> Callable[[World], None]:
    return lambda world: rollback(world.paths, name) and None


def look(world: World) -> None:
    """Nothing: whether anybody would find it."""


# --- what is written without the key ---------------------------------------------------------


def forged(content: dict[str, Any], kind: str) -> dict[str, Any]:
    """Seal a record as well as it goes without the operator's key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE, raising=False)
        return sealed(content, kind)


def signed_by_another(content: dict[str, Any], kind: str, world: World) -> dict[str, Any]:
    with with_key(world.paths, write_key(world.key.with_name("other"), "b")):
        return sealed(content, kind)


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content))


def change(database: Path, sql: str = FORGED) -> None:
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def flip(path: Path) -> None:
    """Change one byte in the middle, and set the times of change back."""
    before = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(before.st_size // 2)
        [byte] = file.read(1)
        file.seek(before.st_size // 2)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def other_file(world: World) -> Path:
    """A closed database that nobody judged."""
    other = Path(shutil.copy(world.current / "pilotage.duckdb", world.paths.root / "other.duckdb"))
    change(other)
    return other


def at(moment: Any, name: str, harm: Callable[[], Any]) -> Callable[[World], None]:
    """Return a harm that is done the instant before `moment.name` is called, while publishing."""

    def prepared(world: World) -> None:
        inner = getattr(moment, name)

        def struck(*arguments: Any, **options: Any) -> Any:
            setattr(moment, name, inner)
            harm_of[0]()
            return inner(*arguments, **options)

        harm_of[0] = lambda: harm(world)  # type: ignore[call-arg]
        setattr(moment, name, struck)

    harm_of: list[Callable[[], Any]] = [lambda: None]
    return prepared


# --- the candidate and its verdict -----------------------------------------------------------


def change_candidate_and_its_record(world: World) -> None:
    change(world.candidate)
    where = world.candidate.with_name("candidate.json")
    hashes = {"sha256": hash_file(world.candidate)[0]}
    write(where, forged(read(where) | hashes, "candidate"))
    where = world.candidate.with_name("verdict.json")
    write(where, forged(read(where) | {"candidate_sha256": hashes["sha256"]}, "verdict"))


def good_verdict_on_a_failed_one(world: World) -> tuple[Path, dict[str, Any]]:
    """Let the candidate fail; return where its verdict stands, and what a good one would say."""
    world.candidate.with_name("build.json").unlink()
    world.judge(world.candidate)
    world.proven.pop(CANDIDATE)
    where = world.candidate.with_name("verdict.json")
    verdict = read(where) | {"success": True}
    for check in verdict["checks"]:
        check["success"] = True
    return where, verdict


def verdict_by_hand(world: World) -> None:
    where, verdict = good_verdict_on_a_failed_one(world)
    write(where, forged(verdict, "verdict"))


def verdict_by_another_key(world: World) -> None:
    where, verdict = good_verdict_on_a_failed_one(world)
    write(where, signed_by_another(verdict, "verdict", world))


def verdict_without_seal(world: World) -> None:
    where = world.candidate.with_name("verdict.json")
    write(where, {name: one for name, one in read(where).items() if name != SEAL})


def verdict_of_another(world: World) -> None:
    change(world.candidate)
    shutil.copy(world.current / "verdict.json", world.candidate.with_name("verdict.json"))


def verdict_of_another_kind(world: World) -> None:
    """A record that is signed, and says something else."""
    signed = read(world.candidate.with_name("candidate.json"))
    where = world.candidate.with_name("verdict.json")
    write(where, read(where) | {SEAL: signed[SEAL]})


def failed_verdict_made_good(world: World) -> None:
    where, verdict = good_verdict_on_a_failed_one(world)
    write(where, verdict)


def candidate_is_a_link(world: World) -> None:
    other = other_file(world)
    world.candidate.unlink()
    world.candidate.symlink_to(other)


def link_to_the_judged_file(world: World) -> None:
    """The very bytes, where somebody may write to them later."""
    elsewhere = world.paths.root / "elsewhere.duckdb"
    world.candidate.rename(elsewhere)
    world.candidate.symlink_to(elsewhere)


def directory_is_a_link(world: World) -> None:
    elsewhere = world.paths.root / "elsewhere"
    world.candidate.parent.rename(elsewhere)
    world.candidate.parent.symlink_to(elsewhere)


def second_name(world: World) -> None:
    os.link(world.candidate, world.paths.root / "second.duckdb")


def link_within(world: World) -> None:
    (world.candidate.parent / "rules.json").rename(world.paths.root / "rules.json")
    (world.candidate.parent / "rules.json").symlink_to(world.paths.root / "rules.json")


def planted_page(world: World) -> None:
    (world.candidate.parent / "site").mkdir()
    (world.candidate.parent / "site" / "direction.html").write_text("forged")


def no_planted_page(world: World) -> None:
    world.publish()
    if (world.paths.published / "site" / "direction.html").exists():
        world.proven.clear()


def swap_candidate(world: World) -> None:
    shutil.copy(other_file(world), world.candidate)


def swap_edition(world: World) -> None:
    target = world.paths.editions / CANDIDATE / "pilotage.duckdb"
    target.unlink()
    shutil.copy(other_file(world), target)


def swap_edition_and_its_record(world: World) -> None:
    swap_edition(world)
    directory = world.paths.editions / CANDIDATE
    sha256, size = hash_file(directory / "pilotage.duckdb")[0], 0
    size = (directory / "pilotage.duckdb").stat().st_size
    record = read(directory / "edition.json") | {"sha256": sha256, "size_bytes": size}
    record["files"]["pilotage.duckdb"] = {"sha256": sha256, "size_bytes": size}
    (directory / "edition.json").chmod(0o644)
    write(directory / "edition.json", forged(record, "edition"))


def base_by_hand(world: World) -> None:
    rollback(world.paths)
    where = world.candidate.with_name("candidate.json")
    write(where, forged(read(where) | {"base_edition": "e1"}, "candidate"))


def stray_log(world: World) -> None:
    world.candidate.with_name("pilotage.duckdb.wal").write_bytes(b"rows")


# --- the build and its rules -----------------------------------------------------------------


def no_rules(directory: Path) -> None:
    write(directory / RULES_FILE, read(directory / RULES_FILE) | {"tables": []})


def write_to_marts(world: World) -> None:
    before = world.paths.marts_db.stat()
    change_marts(world.paths, FORGED)
    os.utime(world.paths.marts_db, ns=(before.st_atime_ns, before.st_mtime_ns))


def write_to_marts_and_proof(world: World) -> None:
    write_to_marts(world)
    where = world.paths.warehouse / "build.json"
    marts = {"marts_sha256": hash_file(world.paths.marts_db)[0]}
    write(where, forged(read(where) | marts, built.KIND))


def write_to_marts_without_proof(world: World) -> None:
    write_to_marts(world)
    (world.paths.warehouse / "build.json").unlink()


def proof_of_an_earlier_build(world: World) -> None:
    write_to_marts(world)
    shutil.copy(world.current / "build.json", world.paths.warehouse / "build.json")


def write_to_warehouse(world: World) -> None:
    """Change what the next build would take as it stands, and set its times back."""
    before = world.paths.build_db.stat()
    world.paths.build_db.write_bytes(b"x" * before.st_size)
    os.utime(world.paths.build_db, ns=(before.st_atime_ns, before.st_mtime_ns))


def is_not_built_upon(world: World) -> None:
    known = read_built(world.paths)
    assert known is not None
    context = new_context(known.latest_batch, known)
    if why_full_refresh(world.paths, context, known, known.fingerprint) is None:
        world.proven.clear()


def built_by_hand(world: World) -> None:
    """Say that a batch which nobody built was built."""
    where = world.paths.warehouse / "built.json"
    write(where, forged(read(where) | {"latest_batch": 9}, "built"))


def is_built_afresh(world: World) -> None:
    if read_built(world.paths) is not None:
        world.proven.clear()


# --- editions, pointer, history --------------------------------------------------------------


def edition_by_hand(world: World, name: str = "x9") -> Path:
    """A directory that looks like an edition in everything but the signatures."""
    directory = world.paths.editions / name
    shutil.copytree(world.current, directory)
    database = directory / "pilotage.duckdb"
    change(database)
    said = {"sha256": hash_file(database)[0], "size_bytes": database.stat().st_size}
    verdict = read(directory / "verdict.json") | {"candidate_sha256": said["sha256"]}
    write(directory / "verdict.json", forged(verdict, "verdict"))
    record = read(directory / "edition.json") | said | {"edition": name}
    record["files"]["pilotage.duckdb"] = said
    record["files"]["verdict.json"] = {
        "sha256": hash_file(directory / "verdict.json")[0],
        "size_bytes": (directory / "verdict.json").stat().st_size,
    }
    write(directory / "edition.json", forged(record, "edition"))
    return directory


def line_by_hand(world: World, name: str = "x9") -> None:
    edition_by_hand(world, name)
    lines = history_lines(world)
    record = content_sha256(read(world.paths.editions / name / "edition.json"), "edition")
    entry = {"action": "publish", "edition": name, "previous": "e2", "at": "2026-07-01T00:00:00"}
    entry |= {"record_sha256": record, "after": content_sha256(lines[-1], "move")}
    write_history(world, [*lines, forged(entry, "move")])


def point_to(world: World, name: str) -> None:
    world.paths.pointer.unlink()
    world.paths.pointer.symlink_to(Path("editions") / name / "pilotage.duckdb")


def pointer_to_one_by_hand(world: World) -> None:
    edition_by_hand(world)
    point_to(world, "x9")


def pointer_and_line_by_hand(world: World) -> None:
    line_by_hand(world)
    point_to(world, "x9")


def pointer_is_a_file(world: World) -> None:
    other = other_file(world)
    world.paths.pointer.unlink()
    other.rename(world.paths.pointer)


def pointer_elsewhere(world: World) -> None:
    other = other_file(world)
    world.paths.pointer.unlink()
    world.paths.pointer.symlink_to(other)


def place_by_hand(world: World) -> None:
    """As on a file system without links, but somewhere else."""
    other_file(world)
    world.paths.link.unlink()
    world.paths.place.write_text("../other.duckdb")


def copy_under_another_name(world: World) -> None:
    shutil.copytree(world.former, world.paths.editions / "e9")
    change(world.paths.editions / "e9" / "pilotage.duckdb")


def ready_edition_by_hand(world: World) -> None:
    """As a crash leaves one that was never shown, with other bytes."""
    edition_by_hand(world, CANDIDATE)


def other_bytes_and_record(directory: Path) -> None:
    database = directory / "pilotage.duckdb"
    change(database)
    said = {"sha256": hash_file(database)[0], "size_bytes": database.stat().st_size}
    record = read(directory / "edition.json") | said
    record["files"]["pilotage.duckdb"] = said
    write(directory / "edition.json", forged(record, "edition"))


def other_headline(world: World) -> None:
    where = world.current / "edition.json"
    record = read(where)
    record["latest_kpis"][0]["value"] = 1
    write(where, record)


def history_lines(world: World) -> list[dict[str, Any]]:
    text = (world.paths.published / HISTORY_FILE).read_text()
    return [json.loads(line) for line in text.splitlines()]


def write_history(world: World, lines: list[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (world.paths.published / HISTORY_FILE).write_text(text)


def alter_line(world: World) -> None:
    first, *others = history_lines(world)
    write_history(world, [first | {"at": "2020-01-01T00:00:00"}, *others])


def without_line(world: World) -> None:
    write_history(world, history_lines(world)[1:])


def turned_round(world: World) -> None:
    write_history(world, history_lines(world)[::-1])


def cut_short(world: World) -> None:
    """The line is written again, as after a crash, for the edition is proven."""
    write_history(world, history_lines(world)[:-1])


def chain_by_hand(world: World) -> None:
    lines, before = [], None
    for line in history_lines(world):
        lines.append(forged(line | {"after": before, "at": "2020-01-01T00:00:00"}, "move"))
        before = content_sha256(lines[-1], "move")
    write_history(world, lines)


def without_history(world: World) -> None:
    (world.paths.published / HISTORY_FILE).unlink()


def unreadable_history(world: World) -> None:
    (world.paths.published / HISTORY_FILE).write_bytes(b"\xff\xfe\x00 no line of it")


def without_history_beside_a_forgery(world: World) -> None:
    """What is written again must not take in what nobody published."""
    edition_by_hand(world)
    without_history(world)


# --- what a build reads ----------------------------------------------------------------------


def changes_of_an_invented_edition(world: World) -> None:
    kept = world.paths.kpi_editions
    shutil.copy(kept / "e2.parquet", kept / "e2b.parquet")


def rows_among_the_columns(world: World) -> None:
    kept = world.paths.kpi_editions
    shutil.copy(kept / "e2.parquet", kept / "0.parquet")


def rows_in_an_empty_table(world: World) -> None:
    target = world.accepted(0).with_name("schema.parquet")
    shutil.copy(world.accepted(1), target)


def change_accepted(world: World) -> None:
    flip(world.accepted(1))


def change_accepted_and_its_record(world: World) -> None:
    change_accepted(world)
    where = ledger.record_path(world.paths, 1)
    record = read(where)
    record["parquet"][0]["sha256"] = hash_file(world.accepted(1))[0]
    write(where, forged(record, "batch"))


def change_accepted_and_the_known_hashes(world: World) -> None:
    """Say of the changed file that it was read, and was as it should be."""
    should_be = read(ledger.record_path(world.paths, 1))["parquet"][0]["sha256"]
    change_accepted(world)
    file = world.accepted(1)
    known = {str(file): (should_be, stamp(file.stat()), file.stat().st_ctime_ns + 10**10)}
    write(world.paths.hashes, forged({"files": known}, HASHES_KIND))


def change_accepted_that_was_read(world: World) -> None:
    """Change a file of which the hash is known, and set its times back."""
    hashes = Hashes(world.paths.hashes)
    hashes.of(world.accepted(1))
    hashes.keep()
    change_accepted(world)


def exchange_accepted(world: World) -> None:
    first, second = world.accepted(1), world.accepted(2)
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def rows_beside_accepted(world: World) -> None:
    shutil.copy(world.accepted(2), world.accepted(1).with_name("more.parquet"))


def rows_in_a_directory_of_their_own(world: World) -> None:
    folder = world.accepted(1).parent.with_name("more")
    folder.mkdir()
    shutil.copy(world.accepted(2), folder / "rows.parquet")


def accepted_is_a_link(world: World) -> None:
    elsewhere = world.paths.root / "rows.parquet"
    world.accepted(1).rename(elsewhere)
    world.accepted(1).symlink_to(elsewhere)


def alter_record(world: World) -> None:
    where = ledger.record_path(world.paths, 1)
    write(where, forged(read(where) | {"accepted": 99}, "batch"))


def batch_by_hand(world: World, is_pending: bool = False) -> None:
    place = ledger.pending_path if is_pending else ledger.record_path
    record = read(ledger.record_path(world.paths, 2)) | {"batch": 3}
    record["previous"] = ledger.link(read(ledger.record_path(world.paths, 2)))
    write(place(world.paths, 3), forged(record, "batch"))
    world.accepted(3).parent.mkdir()
    shutil.copy(world.accepted(2), world.accepted(3))


def pending_batch_by_hand(world: World) -> None:
    """As a crash leaves one, to be rolled forward by the next start."""
    batch_by_hand(world, is_pending=True)


def accept_and_build(world: World) -> None:
    world.accept()
    build(world)


def take_out_a_batch(world: World, batch: int) -> None:
    ledger.record_path(world.paths, batch).unlink()
    shutil.rmtree(world.accepted(batch).parent)


# --- the key and the environment -------------------------------------------------------------


def key_in_the_data_directory(world: World) -> None:
    os.environ[VARIABLE] = str(write_key(world.paths.root / "key", "c"))


def key_behind_a_link(world: World) -> None:
    inside = write_key(world.paths.root / "key", "c")
    link = world.key.with_name("link")
    link.symlink_to(inside)
    os.environ[VARIABLE] = str(link)


def key_for_all_to_read(world: World) -> None:
    world.key.chmod(0o644)


def key_for_the_group(world: World) -> None:
    world.key.chmod(0o640)


def key_gone(world: World) -> None:
    world.key.unlink()


def key_short(world: World) -> None:
    world.key.write_text("short")


def key_not_given(world: World) -> None:
    os.environ.pop(VARIABLE, None)


def key_of_another(world: World) -> None:
    os.environ[VARIABLE] = str(write_key(world.key.with_name("other"), "b"))


def accept_more(world: World) -> None:
    world.drop("more", 3)
    world.accept()


def foreign_manifest(world: World) -> None:
    """A file that dbt's manifest is read back from, as code: whoever may write it could sign."""
    target = world.paths.root / "dbt" / "target"
    target.mkdir(parents=True)
    os.environ["DBT_TARGET_PATH"] = str(target)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE)
        content = pickle.dumps({"metadata": None})
        header = f"{manifest.manifest_key()}\n{manifest._checksum(content)}\n".encode()
    (target / manifest.FILE).write_bytes(header + content)


def is_not_read(world: World) -> None:
    found = manifest._read(
        Path(os.environ.pop("DBT_TARGET_PATH")) / manifest.FILE, manifest.manifest_key()
    )
    if found is not None:
        world.proven.clear()


def foreign_dagster_settings(world: World) -> None:
    world.paths.dagster.mkdir()
    text = f"{DAGSTER_YAML}run_launcher:\n  module: antigravity\n  class: Anything\n"
    (world.paths.dagster / "dagster.yaml").write_text(text)


def start_dagster(world: World) -> None:
    prepare_dagster_home(world.paths)


CANDIDATES, BUILDS, EDITIONS, HISTORY = "candidate", "build", "edition", "pointer and history"
INPUTS, KEYS = "what a build reads", "key and environment"

ATTEMPTS = (
    Attempt(CANDIDATES, "bytes changed after the verdict", lambda w: change(w.candidate), publish),
    Attempt(CANDIDATES, "bytes, record and verdict changed alike, sealed without the key",
            change_candidate_and_its_record, publish),
    Attempt(CANDIDATES, "a verdict written by hand", verdict_by_hand, publish),
    Attempt(CANDIDATES, "a verdict without a seal", verdict_without_seal, publish),
    Attempt(CANDIDATES, "a verdict signed with another key", verdict_by_another_key, publish),
    Attempt(CANDIDATES, "the signed verdict on another file", verdict_of_another, publish),
    Attempt(CANDIDATES, "the signature of another record", verdict_of_another_kind, publish),
    Attempt(CANDIDATES, "a failed verdict edited to a good one", failed_verdict_made_good, publish),
    Attempt(CANDIDATES, "no verdict",
            lambda w: w.candidate.with_name("verdict.json").unlink(), publish),
    Attempt(CANDIDATES, "a link to a file nobody judged", candidate_is_a_link, publish),
    Attempt(CANDIDATES, "a link to the judged file", link_to_the_judged_file, publish),
    Attempt(CANDIDATES, "a link in place of its directory", directory_is_a_link, publish),
    Attempt(CANDIDATES, "a second name of the judged file", second_name, publish),
    Attempt(CANDIDATES, "a link beside the judged file", link_within, publish),
    Attempt(CANDIDATES, "a page planted beside it", planted_page, no_planted_page, is_undone=True),
    Attempt(CANDIDATES, "swapped between proof and export",
            at(publishing, "export_changes", swap_candidate), publish),
    Attempt(CANDIDATES, "swapped between proof and rename",
            at(publishing, "_move", swap_candidate), publish),
    Attempt(CANDIDATES, "swapped between rename and pointer",
            at(publishing, "show", swap_edition), publish),
    Attempt(CANDIDATES, "swapped with its record between rename and pointer",
            at(publishing, "show", swap_edition_and_its_record), publish),
    Attempt(CANDIDATES, "swapped in the instant before the pointer moves",
            at(showing, "move_pointer", swap_edition), publish),
    Attempt(CANDIDATES, "its base edited after a rollback", base_by_hand, publish),
    Attempt(CANDIDATES, "a write-ahead log beside it", stray_log, publish),
    Attempt(BUILDS, "rules emptied beside the candidate",
            lambda w: no_rules(w.candidate.parent), judge_and_publish),
    Attempt(BUILDS, "rules emptied beside the warehouse",
            lambda w: no_rules(w.paths.warehouse), gate_and_publish),
    Attempt(BUILDS, "marts written to after the build", write_to_marts, gate_and_publish),
    Attempt(BUILDS, "marts and proof changed alike", write_to_marts_and_proof, gate_and_publish),
    Attempt(BUILDS, "marts changed, proof removed", write_to_marts_without_proof, gate_and_publish),
    Attempt(BUILDS, "the proof of an earlier build", proof_of_an_earlier_build, gate_and_publish),
    Attempt(BUILDS, "tests left out of the build",
            lambda w: w.leave(CANDIDATE, done=4), gate_and_publish),
    Attempt(BUILDS, "a project without tests",
            lambda w: w.leave(CANDIDATE, tests=0), gate_and_publish),
    Attempt(BUILDS, "nothing built at all",
            lambda w: w.leave(CANDIDATE, expected=0, done=0, standing=0), gate_and_publish),
    Attempt(BUILDS, "tables changed that the next build would leave as they are",
            write_to_warehouse, is_not_built_upon, is_undone=True),
    Attempt(BUILDS, "a batch said to be built", built_by_hand, is_built_afresh, is_undone=True),
    Attempt(EDITIONS, "made by hand, then rolled back to", edition_by_hand, roll_back_to("x9")),
    Attempt(EDITIONS, "made by hand with its line of history", line_by_hand, roll_back_to("x9")),
    Attempt(EDITIONS, "made by hand under the candidate's name", ready_edition_by_hand, publish),
    Attempt(EDITIONS, "a signed one copied under another name, with other bytes",
            copy_under_another_name, roll_back_to("e9")),
    Attempt(EDITIONS, "a byte of a kept one changed",
            lambda w: flip(w.former / "pilotage.duckdb"), roll_back),
    Attempt(EDITIONS, "bytes and record of a kept one changed alike",
            lambda w: other_bytes_and_record(w.former), roll_back),
    Attempt(EDITIONS, "verdict of a kept one removed",
            lambda w: (w.former / "verdict.json").unlink(), roll_back),
    Attempt(EDITIONS, "a byte of the current one changed, its times set back",
            lambda w: flip(w.current / "pilotage.duckdb"), end_a_run),
    Attempt(EDITIONS, "bytes and record of the current one changed alike",
            lambda w: other_bytes_and_record(w.current), end_a_run),
    Attempt(EDITIONS, "a headline in its record changed", other_headline, end_a_run),
    Attempt(EDITIONS, "a file put beside the current one",
            lambda w: (w.current / "more.html").write_text("forged"), end_a_run),
    Attempt(EDITIONS, "a byte of a kept one changed, and nobody goes there",
            lambda w: flip(w.former / "pilotage.duckdb"), look),
    Attempt(HISTORY, "the pointer moved to one made by hand", pointer_to_one_by_hand, end_a_run),
    Attempt(HISTORY, "the pointer and a line by hand", pointer_and_line_by_hand, end_a_run),
    Attempt(HISTORY, "the pointer moved to a kept edition",
            lambda w: point_to(w, "e1"), end_a_run, is_undone=True),
    Attempt(HISTORY, "a file in place of the pointer", pointer_is_a_file, end_a_run),
    Attempt(HISTORY, "a pointer to a file elsewhere", pointer_elsewhere, end_a_run),
    Attempt(HISTORY, "a file that names a place elsewhere", place_by_hand, end_a_run),
    Attempt(HISTORY, "a line altered", alter_line, publish),
    Attempt(HISTORY, "a line taken out", without_line, publish),
    Attempt(HISTORY, "lines turned round", turned_round, publish),
    Attempt(HISTORY, "the last line taken out", cut_short, end_a_run, is_undone=True),
    Attempt(HISTORY, "the whole chain written by hand", chain_by_hand, publish),
    Attempt(HISTORY, "the history removed", without_history, publish, is_undone=True),
    Attempt(HISTORY, "the history unreadable", unreadable_history, publish, is_undone=True),
    Attempt(HISTORY, "the history removed beside an edition made by hand",
            without_history_beside_a_forgery, roll_back_to("x9")),
    Attempt(INPUTS, "recorded changes altered",
            lambda w: flip(w.paths.kpi_editions / "e1.parquet"), build),
    Attempt(INPUTS, "recorded changes of an invented edition",
            changes_of_an_invented_edition, build),
    Attempt(INPUTS, "rows in the empty record of changes", rows_among_the_columns, build),
    Attempt(INPUTS, "rows in the empty file of a table", rows_in_an_empty_table, build),
    Attempt(INPUTS, "an accepted file changed, its times set back", change_accepted, build),
    Attempt(INPUTS, "an accepted file and its record changed alike",
            change_accepted_and_its_record, build),
    Attempt(INPUTS, "an accepted file and the known hashes changed alike",
            change_accepted_and_the_known_hashes, build),
    Attempt(INPUTS, "an accepted file changed after it was read",
            change_accepted_that_was_read, build),
    Attempt(INPUTS, "two accepted files exchanged", exchange_accepted, build),
    Attempt(INPUTS, "a file put beside accepted rows", rows_beside_accepted, build),
    Attempt(INPUTS, "a directory put beside batches", rows_in_a_directory_of_their_own, build),
    Attempt(INPUTS, "an accepted file replaced by a link", accepted_is_a_link, build),
    Attempt(INPUTS, "a record of the ledger altered", alter_record, build),
    Attempt(INPUTS, "a batch made by hand", batch_by_hand, build),
    Attempt(INPUTS, "a batch made by hand, as a crash would leave it",
            pending_batch_by_hand, accept_and_build),
    Attempt(INPUTS, "a batch taken out", lambda w: take_out_a_batch(w, 1), build),
    Attempt(INPUTS, "the last batch taken out", lambda w: take_out_a_batch(w, 2), look),
    Attempt(KEYS, "a key in the data directory", key_in_the_data_directory, publish),
    Attempt(KEYS, "a key in the data directory behind a link", key_behind_a_link, publish),
    Attempt(KEYS, "a key that all may read", key_for_all_to_read, publish),
    Attempt(KEYS, "a key that the group may read", key_for_the_group, publish),
    Attempt(KEYS, "a key that is gone", key_gone, publish),
    Attempt(KEYS, "a key of five letters", key_short, publish),
    Attempt(KEYS, "no key where there was one, to publish", key_not_given, publish),
    Attempt(KEYS, "no key where there was one, to accept", key_not_given, accept_more),
    Attempt(KEYS, "another key than before", key_of_another, publish),
    Attempt(KEYS, "a parsed project by hand, that is read back as code",
            foreign_manifest, is_not_read, is_undone=True),
    Attempt(KEYS, "Dagster's settings by hand, that name code",
            foreign_dagster_settings, start_dagster),
)  # fmt: skip


def tried(attempt: Attempt, world: World, root: Path, has_key: bool = True) -> Outcome:
    """Try an attempt on a copy of the world below `root`, and say what became of it."""
    copy = copied(world, root)
    with with_key(copy.paths, copy.key if has_key else None), _everything_put_back():
        said = ""
        attempt.harm(copy)
        before = copy.readers_sha256()
        try:
            attempt.then(copy)
        except PilotageError as error:
            said = str(error).splitlines()[0].replace(str(copy.paths.root), "…")
        with with_key(copy.paths, write_key(copy.key) if has_key else None):
            return Outcome(attempt, *_judged(copy, before, said, attempt.is_undone))


@contextmanager
def _everything_put_back() -> Iterator[None]:
    """Undo what an attempt did to this process: patched functions and variables."""
    patched = [(publishing, "export_changes"), (publishing, "_move"), (publishing, "show")]
    patched += [(showing, "move_pointer")]
    before = [(where, name, getattr(where, name)) for where, name in patched]
    variables = dict(os.environ)
    try:
        yield
    finally:
        for where, name, value in before:
            setattr(where, name, value)
        os.environ.clear()
        os.environ.update(variables)


def _judged(world: World, before: str | None, said: str, is_undone: bool) -> tuple[str, str]:
    now = world.readers_sha256()
    is_proven = now in world.proven.values()
    if not is_proven and now != before:
        # a command led readers there, whatever it said
        return "bypass", said
    if said:
        # what somebody has written over himself no command can take back: to be told is enough
        return "refused", said
    found = [one for _, flaws in verify(world.paths) for one in flaws]
    if found:
        return "found", found[0].replace(str(world.paths.root), "…")
    return ("undone", "") if is_proven and is_undone else ("bypass", "")
