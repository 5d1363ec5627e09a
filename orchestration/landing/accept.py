"""Accept: from files in the inbox to typed rows that dbt reads, table by table, batch by batch."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb

from orchestration.landing.check import free_texts, references, typed_columns, typed_rows
from orchestration.landing.commit import Hook, assert_whole, commit, recover, stage, staging
from orchestration.landing.connectors.convert import Conversion, convert
from orchestration.landing.connectors.declared import (
    Connector,
    load_connectors,
    names_of_connectors,
)
from orchestration.landing.connectors.state import (
    Seen,
    handed_over,
    news,
    refused_before,
    remember_conversion,
    see_all,
    write_notes,
)
from orchestration.landing.contract import DELETED, Contract, Table
from orchestration.landing.files import (
    LONGEST_WAIT,
    FileRefused,
    InboxFile,
    Refusal,
    in_order,
    is_over,
    scan,
)
from orchestration.landing.initialise import initialise
from orchestration.landing.ledger import (
    BatchHeld,
    BatchRecord,
    last_link,
    latest_batch,
    read_refusals,
    record_path,
    records,
    write_held,
    write_refusals,
)
from orchestration.landing.mappings.declared import load_mappings
from orchestration.landing.marks import assert_none_under_way
from orchestration.landing.packs import FEWEST, each_relation, load_pack, packed, unpack
from orchestration.landing.prepass import Examined, assert_unchanged, examine, stamp
from orchestration.landing.pseudonyms import load_key, pseudonyms, remember
from orchestration.landing.read import Loaded, load
from orchestration.landing.reconcile import reconcile
from orchestration.landing.redaction import redact_accepted, redacted
from orchestration.landing.settle import settled_by
from orchestration.landing.suppression import (
    Suppressed,
    drop_suppressed,
    load_suppressed,
    text_links,
)
from orchestration.landing.write import record_of, write_accepted, write_quarantine
from orchestration.system.errors import PilotageError
from orchestration.system.files import private_directory, read_json
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths
from orchestration.system.seals import refuse_to_sign_less
from orchestration.system.sql import name, pattern

_NO_LINE_END = (
    "waits: its last line has no end, as while a file is being uploaded; end the line, or run "
    f"again once it has not changed for {LONGEST_WAIT // 60} minutes"
)

# (table, the prepared rows, the record, the batches before) -> the record with what is strange;
# BatchHeld stops the batch.
Inspect = Callable[[Table, Path, BatchRecord, Sequence[BatchRecord]], BatchRecord]


@dataclass
class AcceptReport:
    """What one run did with the inbox. `skipped` are files that were accepted before.

    `conversions` are what connectors made of vendors' files. `held` are batches of which nothing
    was taken, since they were too strange.
    """

    batches: list[BatchRecord] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)
    held: list[BatchRecord] = field(default_factory=list)

    @property
    def received(self) -> int:
        return sum(batch.received for batch in self.batches)

    @property
    def accepted(self) -> int:
        return sum(batch.accepted for batch in self.batches)

    @property
    def quarantined(self) -> int:
        return sum(batch.quarantined for batch in self.batches)

    @property
    def duplicate(self) -> int:
        return sum(batch.duplicate for batch in self.batches)

    @property
    def suppressed(self) -> int:
        return sum(batch.suppressed for batch in self.batches)


@dataclass
class _Run:
    """What every table of a run needs. `hashes` and `stamps` are those of accepted files by table,
    `links` the columns that lead from a text to its writer.
    """

    paths: DataPaths
    now: datetime
    key: bytes
    report: AcceptReport
    on_step: Hook
    refused_before: dict[str, Refusal]
    known: list[BatchRecord]
    inspect: Inspect | None = None
    suppressed: Suppressed | None = None
    links: tuple[str, ...] = ()
    hashes: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    stamps: dict[tuple[str, str], set[tuple]] = field(default_factory=dict)


def accept(
    paths: DataPaths,
    contract: Contract,
    now: datetime | None = None,
    on_step: Hook = lambda step: None,
    inspect: Inspect | None = None,
) -> AcceptReport:
    """Accept every new file of the inbox; one batch a table.

    `inspect` looks at each batch before it becomes visible, and may hold it back.
    `now` (default: the clock) bounds what lies in the future. A file or a row that does not fit the
    contract is reported and the rest goes on. Raises `PilotageError` when nothing can be written,
    `UsageError` for an unusable key or mapping; what was committed before stays.
    """
    now = now or datetime.now(UTC)
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    mappings = load_mappings(paths, contract)
    # what nobody uses is not even read
    seen = see_all(paths)
    connectors = load_connectors(paths, contract, wanted=seen)
    with hold(paths, "accept"):
        assert_none_under_way(paths)
        with _writing(paths.accepted.parent):
            initialise(paths, contract)
            recover(paths)
        known = records(paths)
        refuse_to_sign_less(read_json(record_path(paths, latest_batch(paths))))
        assert_whole(paths, known)
        redact_accepted(paths, contract)
        before = {shown: refusal for shown, (refusal, _) in read_refusals(paths).items()}
        run = _Run(
            paths, now, load_key(paths.vault), AcceptReport(), on_step, before, known, inspect
        )
        run.suppressed = load_suppressed(paths.vault)
        run.links = tuple(text_links(contract)) if run.suppressed else ()
        for record in known:
            table = (str(record.source), str(record.table))
            run.hashes.setdefault(table, set()).update(
                (file.sha256, file.mapped_by) for file in record.files
            )
            run.stamps.setdefault(table, set()).update(
                (file.name, file.mapped_by, *file.stamp) for file in record.files if file.stamp
            )
        files, run.report.refused = scan(
            paths.inbox, contract, mappings, names_of_connectors(paths)
        )
        converted = [_convert(run, contract, one, seen[one.name]) for one in connectors.values()]
        made = [file for one in converted if one for file in one.files]
        files = in_order([*files, *made], contract)
        for table, its_files in groupby(files, key=lambda file: file.table):
            _accept_table(run, table, list(its_files))
        with _writing(paths.batches):
            for one in converted:
                if one:
                    _remember(run, one)
            # raw rows may identify people
            shutil.rmtree(staging(paths), ignore_errors=True)
            write_notes(paths)
            write_refusals(paths, run.report.refused)
            write_held(paths, run.report.held)
    return run.report


@dataclass
class _Converted:
    """What a connector made of a vendor's files, as files for the landing."""

    done: Conversion
    seen: Seen
    files: list[InboxFile]


def _convert(run: _Run, contract: Contract, connector: Connector, seen: Seen) -> _Converted | None:
    """Have a connector read its vendor's files, when one of them is new to it."""
    if not news(run.paths, connector, seen):
        run.report.refused += refused_before(run.paths, connector.name)
        return None
    work = staging(run.paths) / "connectors" / connector.name
    with _writing(run.paths.accepted.parent):
        for directory in (work.parent.parent, work.parent, work, work / "spill"):
            private_directory(directory)
        with engine(work / "spill", work / "raw.duckdb") as con:
            inbox = run.paths.inbox / connector.name
            before = handed_over(run.paths, connector.name)
            done = convert(con, connector, contract, inbox, work, before, run.key)
        for leftover in ("raw.duckdb", "raw.duckdb.wal"):
            (work / leftover).unlink(missing_ok=True)
        shutil.rmtree(work / "unpacked", ignore_errors=True)
    run.report.refused += done.refused
    run.report.conversions.append(done)
    files = [
        InboxFile(
            mapped.path,
            mapped.table,
            "parquet",
            is_gzipped=False,
            made_by=connector.name,
            local_time_zone=connector.time_zone,
        )
        for mapped in done.mapped
        if mapped.new_rows
    ]
    return _Converted(done, seen, files)


def _remember(run: _Run, converted: _Converted) -> None:
    """Keep what was handed over; what was not accepted as a whole is handed over once more."""
    refused = {refusal.file for refusal in run.report.refused}
    held = {f"{one.source}/{file.name}" for one in run.report.held for file in one.files}
    if any(f"{one.table.source}/{one.path.name}" in held for one in converted.done.mapped):
        # what was held back has to be made once more when a person accepts it
        return
    landed = [
        mapped
        for mapped in converted.done.mapped
        if f"{mapped.table.source}/{mapped.path.name}" not in refused
    ]
    remember_conversion(run.paths, converted.done, converted.seen, landed)


def _accept_table(run: _Run, table: Table, files: list[InboxFile]) -> None:
    new = [examined for file in files if (examined := _examine(run, file))]
    if not new:
        return
    batch = latest_batch(run.paths) + 1
    try:
        with _writing(run.paths.accepted.parent):
            staged = stage(run.paths, batch)
            with engine(staged / "spill") as con:
                record = _prepare(run, con, table, new, batch, staged)
            if record and run.inspect:
                record = _inspected(run, run.inspect, table, record, staged)
            if record:
                commit(run.paths, staged, record, run.on_step)
                run.report.batches.append(record)
            shutil.rmtree(staged, ignore_errors=True)
    except PilotageError:
        # A crash would be dealt with by the next start; do it now, as far as the disk allows.
        with suppress(Exception):
            recover(run.paths)
        raise


def _inspected(
    run: _Run, inspect: Inspect, table: Table, record: BatchRecord, staged: Path
) -> BatchRecord | None:
    """Let the prepared batch be looked at; None when it is held back, its files being refused."""
    try:
        rows = staged / "accepted" / "rows.parquet"
        return inspect(table, rows, record, [*run.known, *run.report.batches])
    except BatchHeld as held:
        run.report.held.append(held.record)
        run.report.refused += [
            Refusal(f"{table.source}/{file.name}", str(held)) for file in record.files
        ]
        return None


def _examine(run: _Run, file: InboxFile) -> Examined | None:
    """Look at a file for the first time; None when it is refused or was accepted before."""
    shown = f"{file.table.source}/{file.name}"
    table = (file.table.source, file.table.name)
    try:
        if (file.name, file.mapped_by, *stamp(file.path)) in run.stamps.get(table, set()):
            run.report.skipped.append(shown)
            return None
        examined = examine(file)
    except FileRefused as refused:
        run.report.refused.append(Refusal(shown, str(refused)))
        return None
    if (examined.sha256, file.mapped_by) in run.hashes.get(table, set()):
        run.report.skipped.append(shown)
        return None
    if examined.ends_in_a_line and (wait := _wait(run, shown, examined)):
        run.report.refused.append(wait)
        return None
    return examined


def _wait(run: _Run, shown: str, examined: Examined) -> Refusal | None:
    """Leave a file whose last line has no end to its upload, unless that has long been over."""
    earlier = run.refused_before.get(shown)
    if not earlier or earlier.waits_since is None or earlier.stamp != examined.stamp:
        earlier = Refusal(shown, _NO_LINE_END, time.time(), examined.stamp)
    return None if is_over(earlier) else earlier


def _prepare(
    run: _Run,
    con: duckdb.DuckDBPyConnection,
    table: Table,
    files: list[Examined],
    batch: int,
    staged: Path,
) -> BatchRecord | None:
    """Read, type, judge and reconcile the files; write both sides into `staged`."""
    con.execute(f"create table typed ({typed_columns(table)})")
    loaded: list[Loaded] = []
    seen: set[tuple[str, str]] = set()
    for place, group in enumerate(packed(enumerate(files, start=1))):
        in_one = _load_together(run, con, group, len(files) + 1 + place, staged / "spill")
        loaded += in_one
        seen |= {(file.examined.sha256, file.examined.file.mapped_by) for file in in_one}
        for number, examined in () if in_one else group:
            shown = f"{table.source}/{examined.file.name}"
            if (examined.sha256, examined.file.mapped_by) in seen:
                run.report.skipped.append(shown)
                continue
            try:
                loaded.append(_load(run, con, examined, number, staged / "spill"))
                seen.add((examined.sha256, examined.file.mapped_by))
            except FileRefused as refused:
                run.report.refused.append(Refusal(shown, str(refused)))
                con.execute(f"delete from typed where file__number = {number}")
    if not loaded:
        return None
    loaded.sort(key=lambda file: file.number)
    for file in each_relation(loaded):
        if references(file):
            remember(con, run.paths.vault, f"pseudonyms_{file.pack or file.number}")
    corrections = [file.number for file in loaded if file.examined.file.made_by]
    reconcile(con, table, _accepted_before(run.paths, table), corrections)
    write_accepted(con, table, loaded, batch, staged / "accepted")
    write_quarantine(con, table, loaded, staged / "quarantine", run.suppressed)
    names = [file.examined.file.name for file in loaded]
    settled = settled_by(con, run.paths, table, run.known, batch, staged, names)
    return record_of(con, table, loaded, batch, staged, settled, previous=last_link(run.paths))


def _load_together(
    run: _Run,
    con: duckdb.DuckDBPyConnection,
    group: list[tuple[int, Examined]],
    number: int,
    spill: Path,
) -> list[Loaded]:
    """Read a pack of files as one; none when it is no pack, or each has to be read alone."""
    known: dict[str, tuple[int, Examined]] = {}
    for one in group:
        known.setdefault(one[1].sha256, one)
    if len(known) < FEWEST:
        return []
    try:
        loaded = load_pack(con, list(known.values()), number, spill)
        for _, examined in known.values():
            assert_unchanged(examined)
    except (FileRefused, OSError):
        # whichever it was says so when it is read alone
        for relation in ("cells", "broken", "raw", "parts"):
            with suppress(duckdb.Error):
                con.execute(f"drop view if exists {relation}_{number}")
            with suppress(duckdb.Error):
                con.execute(f"drop table if exists {relation}_{number}")
        return []
    type_rows(con, loaded, run.now, run.key)
    if run.suppressed:
        drop_suppressed(con, loaded, run.links, run.suppressed)
    twice = [one for one in group if one not in known.values()]
    table = loaded.table
    run.report.skipped += [f"{table.source}/{examined.file.name}" for _, examined in twice]
    return unpack(con, loaded, list(known.values()))


def _load(
    run: _Run, con: duckdb.DuckDBPyConnection, examined: Examined, number: int, spill: Path
) -> Loaded:
    """Read a file and add its rows to `typed`."""
    loaded = load(con, examined, number, spill)
    assert_unchanged(examined)
    type_rows(con, loaded, run.now, run.key)
    _check_deletions_only(con, loaded)
    if run.suppressed:
        drop_suppressed(con, loaded, run.links, run.suppressed)
    return loaded


def type_rows(con: duckdb.DuckDBPyConnection, loaded: Loaded, now: datetime, key: bytes) -> None:
    """Add the rows of a file to `typed`, judged by the contract, with pseudonyms by `key`."""
    made, known = f"pseudonyms_{loaded.number}", f"references_{loaded.number}"
    if wanted := references(loaded):
        con.register("made", pseudonyms(key, con.execute(wanted).to_arrow_table()))
        con.execute(f"create table {made} as from made")
        con.unregister("made")
        # rows keep the order of the cell that they come from
        con.execute(f"""
            create table {known} as
            select ref_type, plain, arg_min(pseudonym, rowid) as pseudonym,
                string_agg(pseudonym, ' ' order by rowid) as pseudonyms
            from {made}
            group by ref_type, plain
        """)
    texts = f"texts_{loaded.number}"
    if wanted := free_texts(loaded):
        con.execute(
            f"create table {texts} as select plain, {redacted('plain')} as redacted from ({wanted})"
        )
    con.execute(f"insert into typed {typed_rows(loaded, now, known, texts)}")


def _check_deletions_only(con: duckdb.DuckDBPyConnection, loaded: Loaded) -> None:
    """A file may lack required columns when all that it does is to delete."""
    missing = [c.name for c in loaded.table.columns if c.required and c.name not in loaded.values]
    if not missing:
        return
    others = con.execute(
        f"select count(*) from typed where file__number = {loaded.number} and not {name(DELETED)}"
    ).fetchone()[0]
    if others:
        raise FileRefused(f"lacks required column {', '.join(missing)}")


def _accepted_before(paths: DataPaths, table: Table) -> str | None:
    """The file pattern of a table's accepted rows; None when there are none yet."""
    directory = paths.accepted / table.source / table.name
    files = [file for file in directory.glob("*/*.parquet") if file.parent.name != "batch=0"]
    return pattern(directory, "*/*.parquet") if files else None


@contextmanager
def engine(spill: Path, database: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that spills into a private directory and fetches nothing, in memory or in a file.

    The file is for tables that need not fit in memory; it is the caller's to remove.
    """
    config = {
        "temp_directory": str(spill),
        "memory_limit": os.environ.get("PILOTAGE_MEMORY_LIMIT") or "4GB",
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads := os.environ.get("PILOTAGE_THREADS"):
        config["threads"] = threads
    con = duckdb.connect(str(database or ":memory:"), config=config)
    try:
        con.execute("set timezone = 'UTC'")
        yield con
    finally:
        con.close()


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """Say what to do when the disk or the memory is full, or the directory is not writable."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise PilotageError(
            f"Memory and disk under {directory} are full: free disk space or raise "
            "PILOTAGE_MEMORY_LIMIT, then run again; nothing of the batch was accepted"
        ) from error
    except (duckdb.IOException, OSError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise PilotageError(
            f"Cannot read or write under {directory} ({what}): free space or give permission, then "
            "run again; nothing of the batch was accepted"
        ) from error
