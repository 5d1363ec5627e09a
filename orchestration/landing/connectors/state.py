"""What each connector has read and handed over, below `landing/connectors/`.

    <vendor>/state.json             the files of the last conversion, and rows in and out
    <vendor>/handed_over/*.parquet  a keyed hash of every row that came out, by landing table
    notes.json                      what was odd, of all vendors: dbt reads it

All of it can be lost: the next conversion then hands everything over again, as duplicates.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.landing.connectors.convert import Conversion, Mapped
from orchestration.landing.connectors.declared import Connector, names_of_connectors
from orchestration.landing.connectors.files import list_files
from orchestration.landing.files import FileRefused, Refusal
from orchestration.landing.prepass import stamp
from orchestration.system.files import (
    copy_file,
    directory,
    private_directory,
    read_json,
    write_json,
)
from orchestration.system.hashes import sha256_of
from orchestration.system.paths import DataPaths


@dataclass(frozen=True)
class Seen:
    """The files of a vendor as they lie in the inbox: name below it → its stamp."""

    files: dict[str, tuple[int, ...]]

    @property
    def is_empty(self) -> bool:
        return not self.files


def folder(paths: DataPaths, connector: str) -> Path:
    return paths.connector_states / connector


def handed_over(paths: DataPaths, connector: str) -> Path:
    return folder(paths, connector) / "handed_over"


def see(paths: DataPaths, connector: str) -> Seen:
    """Look at a vendor's inbox without opening a file."""
    inbox = paths.inbox / connector
    found: dict[str, tuple[int, ...]] = {}
    for path in list_files(inbox):
        try:
            found[str(path.relative_to(inbox))] = stamp(path)
        except FileRefused:
            found[str(path.relative_to(inbox))] = ()
    return Seen(found)


def see_all(paths: DataPaths) -> dict[str, Seen]:
    """Look at the inbox of every vendor that has files there, by its connector's name."""
    found = {vendor: see(paths, vendor) for vendor in names_of_connectors(paths)}
    return {vendor: seen for vendor, seen in found.items() if not seen.is_empty}


def news(paths: DataPaths, connector: Connector, seen: Seen) -> list[str]:
    """The files that the last conversion did not read, or would read otherwise now."""
    before = _last(paths, connector.name)
    if before.get("connector_sha256") != connector.sha256:
        return list(seen.files)
    known = {one["name"]: tuple(one["stamp"]) for one in before.get("files", [])}
    return [name for name, stamp in seen.files.items() if known.get(name) != stamp]


def refused_before(paths: DataPaths, connector: str) -> list[Refusal]:
    """What the last conversion refused."""
    return [
        Refusal(one["file"], one["reason"]) for one in _last(paths, connector).get("refused", [])
    ]


def _last(paths: DataPaths, connector: str) -> dict[str, Any]:
    """What the last conversion left to be known; nothing before the first."""
    return read_json(folder(paths, connector) / "state.json") or {}


def remember_conversion(
    paths: DataPaths, done: Conversion, seen: Seen, landed: list[Mapped]
) -> None:
    """Keep what a conversion read and gave; of `landed` tables the rows count as handed over."""
    where = folder(paths, done.connector.name)
    private_directory(where)
    private_directory(handed_over(paths, done.connector.name))
    for mapped in landed:
        target = handed_over(paths, done.connector.name) / f"{mapped.table.full_name}.parquet"
        copy_file(mapped.handed, target)
    aside = paths.quarantine / done.connector.name / "raw.parquet"
    aside.unlink(missing_ok=True)
    if done.set_aside:
        private_directory(aside.parent)
        copy_file(done.set_aside, aside)
        aside.chmod(0o600)
    write_json(where / "state.json", _state(paths, done, seen))


def _state(paths: DataPaths, done: Conversion, seen: Seen) -> dict[str, Any]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for taken in done.taken:
        below = str(taken.file.origin.relative_to(paths.inbox / done.connector.name))
        parts.setdefault(below, []).append(
            {
                "file": taken.file.shown,
                "raw_table": taken.file.table.full_name,
                "rows": taken.rows,
                "set_aside": taken.set_aside,
            }
        )
    refused = {refusal.file: refusal.reason for refusal in done.refused}
    before = {
        (one["name"], tuple(one["stamp"])): one["sha256"]
        for one in _last(paths, done.connector.name).get("files", [])
    }
    return {
        "connector": done.connector.name,
        "connector_sha256": done.connector.sha256,
        "converted_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "files": [
            {
                "name": file,
                "stamp": list(mark),
                "sha256": before.get((file, mark))
                or _sha256(paths.inbox / done.connector.name / file),
                "parts": parts.get(file, []),
            }
            for file, mark in seen.files.items()
        ],
        "refused": [{"file": file, "reason": reason} for file, reason in refused.items()],
        "mappings": [
            {
                "table": mapped.table.full_name,
                "raw_rows": mapped.raw_rows,
                "rows": mapped.rows,
                "new_rows": mapped.new_rows,
            }
            for mapped in done.mapped
        ],
        "waiting": [{"table": table, "for_files": files} for table, files in done.waiting.items()],
        "notes": [
            {
                "connector": done.connector.name,
                "finding": note.note,
                "severity": note.severity,
                "what": note.what,
                "what_to_do": note.what_to_do,
                "source": note.source,
                "table": note.table,
                "detail": note.detail,
                "rows": note.rows,
                "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            }
            for note in done.notes
        ],
    }


def _sha256(path: Path) -> str | None:
    try:
        return sha256_of(path)
    except OSError:
        return None


def states(paths: DataPaths) -> list[dict[str, Any]]:
    """What is known of every vendor that was converted, by name."""
    found = [read_json(path) for path in sorted(paths.connector_states.glob("*/state.json"))]
    return [one for one in found if one]


def write_notes(paths: DataPaths) -> None:
    """Bring the notes of all vendors together, for dbt; an empty list before the first."""
    notes = [note for one in states(paths) for note in one.get("notes", [])]
    if read_json(paths.connector_notes) != notes:
        directory(paths.connector_notes.parent)
        write_json(paths.connector_notes, notes)
