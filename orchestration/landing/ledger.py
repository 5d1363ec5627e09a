"""The ledger: one JSON record a batch, and the files that the last run refused.

Each record is sealed, holds the hashes of the batch's accepted files, and the hash of the record
before it, so that none can be altered, taken out or put in unseen. That hash leaves out what a
later rewriting of accepted rows changes: seal and hashes of files.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from orchestration.landing.files import Refusal
from orchestration.system.errors import PilotageError
from orchestration.system.files import read_json, write_json
from orchestration.system.paths import DataPaths
from orchestration.system.seals import SEAL, content_sha256, sealed

KIND = "batch"
PENDING = ".pending"


@dataclass(frozen=True)
class FileRecord:
    """One file of a batch. `stamp` is what `prepass.stamp` said of it when it was read.

    `mapped_by` is the hash of the mapping that it was read by; empty of a file in the contract's
    form. `suppressed` rows are about people who were forgotten: they went nowhere.
    """

    name: str
    sha256: str
    received: int
    accepted: int
    quarantined: int
    duplicate: int
    stamp: list[int] = field(default_factory=list)
    mapped_by: str = ""
    suppressed: int = 0


@dataclass(frozen=True)
class BatchRecord:
    """One batch, whose rows add up, for it and for each of its files: received = accepted +
    quarantined + duplicate + suppressed (about people who were forgotten, kept nowhere).

    `reasons` lists the commonest reasons of its quarantined rows: {reason, rows}; of the accepted
    ones, `unknown_codes` says which codes no seed knew: {column, code, rows}, and
    `refused_identifiers` how many name nobody: {column, rows}. `settled` says how many quarantined
    rows of earlier batches came again with this one: {batch, rows}. `strange` is what arrival
    checks found of it. `accepts` names strange batches that are none from this one on: a person
    said so, {batch, by, because, at}, of one that was held back {files, names, ...}; or their rows
    came again. `parquet` are the accepted files: {name, size_bytes, sha256}; `previous` is the
    link of the record before.
    """

    batch: int
    source: str | None
    table: str | None
    accepted_at: str
    files: list[FileRecord]
    received: int
    accepted: int
    quarantined: int
    duplicate: int
    unknown_columns: list[str]
    contract_sha256: str | None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    unknown_codes: list[dict[str, Any]] = field(default_factory=list)
    refused_identifiers: list[dict[str, Any]] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    strange: list[dict[str, Any]] = field(default_factory=list)
    accepts: list[dict[str, Any]] = field(default_factory=list)
    parquet: list[dict[str, Any]] = field(default_factory=list)
    previous: str | None = None
    suppressed: int = 0


class BatchHeld(Exception):
    """A batch is so strange that nothing of it is accepted; says why, and what to do."""

    def __init__(self, message: str, record: BatchRecord) -> None:
        super().__init__(message)
        self.record = record


def latest_batch(paths: DataPaths) -> int:
    """Return the number of the last accepted batch; 0 before the first. Opens no record."""
    return max((int(path.stem) for path in _files(paths)), default=0)


def records(paths: DataPaths) -> list[BatchRecord]:
    """Return the accepted batches, oldest first. `PilotageError` names a record that is broken."""
    found = [_read(path) for path in _files(paths)]
    return [record for record in found if record.batch > 0]


def rows_open(known: Sequence[BatchRecord]) -> dict[int, int]:
    """Return by batch how many of its quarantined rows have not come again since."""
    left = {record.batch: record.quarantined for record in known}
    for record in known:
        for settled in record.settled:
            left[settled["batch"]] = left.get(settled["batch"], 0) - settled["rows"]
    return left


def record_path(paths: DataPaths, batch: int) -> Path:
    return paths.batches / f"{batch:08d}.json"


def pending_path(paths: DataPaths, batch: int) -> Path:
    """Where the record waits until its rows are visible."""
    return paths.batches / f"{batch:08d}.json{PENDING}"


def write_pending(paths: DataPaths, record: BatchRecord) -> Path:
    path = pending_path(paths, record.batch)
    write_json(path, sealed(asdict(record), KIND))
    return path


def write_record(paths: DataPaths, record: BatchRecord) -> None:
    """Write a batch's record in its place, sealed; for who has rewritten its accepted files."""
    write_json(record_path(paths, record.batch), sealed(asdict(record), KIND))


def last_link(paths: DataPaths) -> str | None:
    """Return the link of the newest record, which the next one holds; None before the first."""
    files = _files(paths)
    return link(read_json(files[-1])) if files else None


def link_of(paths: DataPaths, batch: int) -> str | None:
    """Return the link of a batch's record; None when there is no such record."""
    return link(read_json(record_path(paths, batch)))


def link(stored: dict[str, Any] | None) -> str | None:
    """Return the hash by which the record after this one names it."""
    if stored is None:
        return None
    lasting = {name: one for name, one in stored.items() if name not in (SEAL, "parquet")}
    return content_sha256(lasting, f"{KIND} link")


def stored_records(paths: DataPaths) -> dict[Path, Any]:
    """Return every record as it stands, that before the first batch included, oldest first."""
    return {path: read_json(path) for path in _files(paths)}


def read_pending(path: Path) -> BatchRecord:
    return _read(path)


def write_refusals(paths: DataPaths, refusals: list[Refusal]) -> None:
    """Keep the files that this run refused, and forget those of the run before."""
    paths.refused.mkdir(parents=True, exist_ok=True)
    current = set()
    for refusal in refusals:
        path = paths.refused / f"{_file_name(refusal.file)}.json"
        current.add(path)
        write_json(path, {key: value for key, value in asdict(refusal).items() if value})
    for path in paths.refused.glob("*.json"):
        if path not in current:
            path.unlink()


def read_refusals(paths: DataPaths) -> dict[str, tuple[Refusal, float]]:
    """Return what the last run refused, with when (epoch), by the file's name below the inbox."""
    found = {}
    for path in paths.refused.glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        stamp = tuple(content.get("stamp") or ())
        refusal = Refusal(content["file"], content["reason"], content.get("waits_since"), stamp)
        found[refusal.file] = refusal, path.stat().st_mtime
    return found


def forget_refusals(paths: DataPaths, shown: Sequence[str]) -> None:
    """Let these files count as new again."""
    for file in shown:
        (paths.refused / f"{_file_name(file)}.json").unlink(missing_ok=True)


def held_path(paths: DataPaths, source: str, table: str) -> Path:
    """Where a batch that was held back is described."""
    return paths.batches / "held" / f"{source}__{table}.json"


def write_held(paths: DataPaths, held: Sequence[BatchRecord]) -> None:
    """Keep what this run held back, and forget what the run before did."""
    kept = {held_path(paths, str(one.source), str(one.table)): one for one in held}
    for path, record in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, asdict(record))
    for path in (paths.batches / "held").glob("*.json"):
        if path not in kept:
            path.unlink()


def read_held(paths: DataPaths) -> list[BatchRecord]:
    """Return the batches that the last accept run held back."""
    return [_read(path) for path in sorted((paths.batches / "held").glob("*.json"))]


def _file_name(shown: str) -> str:
    """A name for what is said of a file of the inbox, unique and not too long for any disk."""
    short = shown.replace("/", "__")
    if len(short.encode()) > 200:
        return hashlib.sha256(shown.encode()).hexdigest()
    return short


def _files(paths: DataPaths) -> list[Path]:
    found = paths.batches.glob("*.json")
    return sorted(path for path in found if path.stem.isdigit() and len(path.stem) >= 8)


def _read(path: Path) -> BatchRecord:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = {part.name for part in fields(FileRecord)}
        files = [
            FileRecord(**{key: value for key, value in file.items() if key in known})
            for file in content["files"]
        ]
        names = {part.name for part in fields(BatchRecord)}
        kept = {key: value for key, value in content.items() if key in names}
        return BatchRecord(**{**kept, "files": files})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PilotageError(
            f"{path} is not a readable record of a batch: restore it from a backup"
        ) from error
