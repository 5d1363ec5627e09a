"""How it came to what is published: one sealed line for every publication and rollback.

Each line holds the hash of the one before, and that of the edition's record and of what it changed:
a line altered, taken out or put in breaks the chain, and an edition that no line knows was not
published. A history that is lost or cannot be read is written again from the editions' records.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.publication.editions import (
    EDITION_FILE,
    EDITION_KIND,
    complete_record,
    current_name,
)
from orchestration.publication.files import CHANGES_FILE
from orchestration.system.files import read_json, share, sync
from orchestration.system.hashes import hash_file
from orchestration.system.paths import DataPaths
from orchestration.system.seals import SEAL, content_sha256, flaw, refuse_to_sign_less, sealed

HISTORY_FILE = "history.jsonl"
KIND = "move"
PAST = "past"


def history(paths: DataPaths) -> list[dict[str, Any]]:
    """Return every publication and rollback, oldest first; a torn line is left out."""
    try:
        text = history_path(paths).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return []
    entries = []
    for line in text.splitlines():
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict) and "edition" in entry:
                entries.append(entry)
    return entries


def history_path(paths: DataPaths) -> Path:
    return paths.published / HISTORY_FILE


def history_flaws(paths: DataPaths) -> Iterator[str]:
    """Yield what is wrong with the history; lines from before there were seals have no chain."""
    before, was_sealed = None, False
    for number, entry in enumerate(history(paths), start=1):
        where = f"Line {number} of {history_path(paths)}"
        if said := flaw(entry, KIND):
            yield f"{where} {said}"
        elif SEAL in entry and entry.get("after") != before:
            yield f"{where} does not follow the one before it: one was taken out or put in"
        elif SEAL not in entry and was_sealed:
            yield f"{where} has no seal"
        before, was_sealed = content_sha256(entry, KIND), was_sealed or SEAL in entry


def record_move(
    paths: DataPaths, action: str, edition: str, before: str | None, **also: Any
) -> None:
    """Append one sealed line to the history, on the disk when this returns."""
    entries = history(paths)
    if entries:
        refuse_to_sign_less(entries[-1])
    entry = {
        "action": action,
        "edition": edition,
        "previous": before,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "record_sha256": record_sha256(paths, edition),
        "changes_sha256": changes_sha256(paths, edition),
        **also,
        "after": content_sha256(entries[-1], KIND) if entries else None,
    }
    with history_path(paths).open("a+b") as file:
        # A line torn by a crash must not swallow this one.
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(sealed(entry, KIND)).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    share(history_path(paths))
    sync(paths.published)


def record_sha256(paths: DataPaths, edition: str) -> str | None:
    """Return the hash of an edition's record, wherever it is kept."""
    for kept in (paths.editions, paths.published / PAST):
        if (record := read_json(kept / edition / EDITION_FILE)) is not None:
            return content_sha256(record, EDITION_KIND)
    return None


def changes_sha256(paths: DataPaths, edition: str) -> str | None:
    """Return the hash of what an edition changed: its own file, or the one recorded of it."""
    for file in (
        paths.editions / edition / CHANGES_FILE,
        paths.kpi_editions / f"{edition}.parquet",
    ):
        with suppress(OSError):
            return hash_file(file)[0]
    return None


def mend_history(paths: DataPaths, is_proven: bool) -> bool:
    """Write what a crash after the pointer's move left out, or all of it where it is lost.

    True when something was written. A pointer that names an edition which is not proven is not
    recorded: nobody published that.
    """
    rebuilt = _rebuild(paths)
    current = current_name(paths)
    entries = history(paths)
    last = entries[-1]["edition"] if entries else None
    if current is None or current == last or not is_proven:
        return rebuilt
    action = "rollback" if was_published(paths, current) else "publish"
    record_move(paths, action, current, last)
    return True


def _rebuild(paths: DataPaths) -> bool:
    """Write a lost or unreadable history again; what cannot be read is kept beside it."""
    path = history_path(paths)
    if history(paths):
        return False
    known = _published_records(paths)
    if not known:
        return False
    if os.path.lexists(path):
        path.replace(path.with_name(f"{HISTORY_FILE}.unreadable"))
    before = None
    for name, record in known:
        record_move(paths, "publish", name, before, at=record["published_at"], is_rebuilt=True)
        before = name
    return True


def _published_records(paths: DataPaths) -> list[tuple[str, dict[str, Any]]]:
    """Return the sound records of editions that readers have had, by their time of publication.

    One that was ready and never shown has left no changes among the recorded ones.
    """
    current = current_name(paths)
    found: dict[str, dict[str, Any]] = {}
    for kept in (paths.published / PAST, paths.editions):
        for directory in sorted(kept.iterdir()) if kept.is_dir() else []:
            name, record = directory.name, read_json(directory / EDITION_FILE)
            was_shown = (
                kept != paths.editions
                or name == current
                or (paths.kpi_editions / f"{name}.parquet").is_file()
            )
            if (
                was_shown
                and record
                and not flaw(record, EDITION_KIND)
                and record["edition"] == name
            ):
                found[name] = record
    return sorted(found.items(), key=lambda one: (one[1]["published_at"], one[0]))


def publication_of(paths: DataPaths, edition: str) -> dict[str, Any] | None:
    """Return the line by which an edition was published; None when none that is sound does."""
    lines = [one for one in history(paths) if one["edition"] == edition and not flaw(one, KIND)]
    return next((one for one in lines if one["action"] == "publish"), lines[0] if lines else None)


def was_published(paths: DataPaths, edition: str) -> bool:
    """True when readers have been able to open this edition at some time."""
    return publication_of(paths, edition) is not None


def is_as_published(paths: DataPaths, edition: str) -> bool:
    """True when an edition's record is the one that was published under its name."""
    line, record = publication_of(paths, edition), complete_record(paths.editions / edition)
    if line is None or record is None:
        return False
    recorded = line.get("record_sha256")
    # a line from before there were seals knows the name alone
    return recorded == content_sha256(record, EDITION_KIND) or (
        recorded is None and SEAL not in line
    )
