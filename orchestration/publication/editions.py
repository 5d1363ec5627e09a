"""What is published: the editions kept, the one that readers open, and how it came to that."""

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.publication.files import DATABASE, SITE
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import read_json, share, sync, wal_beside
from orchestration.system.paths import DataPaths

EDITION_FILE = "edition.json"
HISTORY_FILE = "history.jsonl"
LINK_PREFIX = ".pilotage.duckdb.link-"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


@dataclass(frozen=True)
class Edition:
    """A complete published edition. `record` is the content of its edition.json."""

    name: str
    directory: Path
    record: dict[str, Any]
    is_current: bool

    @property
    def database(self) -> Path:
        return self.directory / DATABASE

    @property
    def published_at(self) -> str:
        return self.record["published_at"]

    @property
    def base(self) -> str | None:
        """The edition that was current when this one was made."""
        return self.record.get("base_edition")


def checked_name(edition: str) -> str:
    """Return the name; UsageError when it could not be a directory's name."""
    if not _NAME.fullmatch(edition) or ".." in edition:
        raise UsageError(
            f"{edition!r} is no edition name.\n"
            "Use letters, digits, '-', '_' and '.'; `pilotage editions` lists the names."
        )
    return edition


def current_name(paths: DataPaths) -> str | None:
    """Return the edition that the pointer names, or None when nothing is published."""
    try:
        target = paths.pointer.readlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PilotageError(
            f"{paths.pointer} is a file, not the pointer to an edition.\n"
            "Move it away, then run again."
        ) from error
    if target.name != DATABASE or target.parent.parent != Path(paths.editions.name):
        raise PilotageError(
            f"{paths.pointer} points to {target}, which is no edition.\n"
            "Remove the link, then `pilotage rollback --to` a kept edition."
        )
    return target.parent.name


def editions(paths: DataPaths) -> list[Edition]:
    """Return the complete editions, newest first."""
    current = current_name(paths)
    if not paths.editions.is_dir():
        return []
    found = [
        Edition(directory.name, directory, record, directory.name == current)
        for directory in paths.editions.iterdir()
        if (record := complete_record(directory)) is not None
    ]
    return sorted(found, key=lambda one: (one.published_at, one.name), reverse=True)


def complete_record(directory: Path) -> dict[str, Any] | None:
    """Return an edition's record, or None when the directory is no complete edition."""
    if directory.name.startswith(".") or not (directory / DATABASE).is_file():
        return None
    return read_json(directory / EDITION_FILE)


def current_edition(paths: DataPaths) -> Edition | None:
    """Return the edition that readers open; None when nothing whole is published."""
    name = current_name(paths)
    return find(paths, name) if name else None


def find(paths: DataPaths, name: str) -> Edition | None:
    return next((one for one in editions(paths) if one.name == name), None)


def status(paths: DataPaths) -> dict[str, Any]:
    """Return what a user asks first: what is published, since when, and what is wrong with it."""
    kept = editions(paths)
    current = current_name(paths)
    edition = next((one for one in kept if one.is_current), None)
    return {
        "current": current,
        "path": str(paths.pointer) if current else None,
        "published_at": edition.published_at if edition else None,
        "sha256": edition.record["sha256"] if edition else None,
        "verdict": edition.record.get("verdict") if edition else None,
        "kept": [one.name for one in kept],
        "problems": _problems(paths, current, edition),
    }


def _problems(paths: DataPaths, current: str | None, edition: Edition | None) -> list[str]:
    problems = []
    if current and not edition:
        problems.append(
            f"{paths.pointer} names the edition {current}, which is not complete; "
            "`pilotage rollback --to` a kept edition."
        )
    if edition and (error := (edition.record.get("pages") or {}).get("error")):
        problems.append(
            f"The pages of the edition {edition.name} could not be written ({error}); "
            "its tables are whole."
        )
    if paths.site.exists() and not paths.site.is_symlink():
        problems.append(f"{paths.site} is no link to the pages of an edition; move it away.")
    if wal := stray_wal(paths):
        problems.append(f"{wal} stands beside what readers open, and may stop them; move it away.")
    return problems


def stray_wal(paths: DataPaths) -> Path | None:
    """Return a write-ahead log that somebody left beside the pointer or the current edition."""
    current = current_name(paths)
    beside = [paths.pointer]
    if current:
        beside.append(paths.editions / current / DATABASE)
    return next((wal for path in beside if (wal := wal_beside(path))), None)


def refuse_stray_wal(paths: DataPaths) -> None:
    """Raise while a foreign write-ahead log would make what readers open unreadable."""
    if wal := stray_wal(paths):
        raise PilotageError(
            f"{wal} stands beside what readers open: somebody opened it for writing.\n"
            "Close that program and move the file away, then run again."
        )


def move_pointer(paths: DataPaths, edition: str) -> None:
    """Make `edition` what new readers open, in one step; open readers keep theirs."""
    _link(paths, paths.pointer, Path(paths.editions.name) / edition / DATABASE)
    show_pages(paths)


def show_pages(paths: DataPaths) -> None:
    """Make the pages of the current edition what `published/site` is; none when it has none.

    What somebody put there in its place stays; `status` says so.
    """
    current = current_name(paths)
    pages = Path(paths.editions.name) / (current or "") / SITE
    if current is None or not (paths.published / pages).is_dir():
        if paths.site.is_symlink():
            paths.site.unlink()
    elif paths.site.is_symlink() or not paths.site.exists():
        _link(paths, paths.site, pages)


def _link(paths: DataPaths, path: Path, target: Path) -> None:
    """Make `path` a link to `target` in one step, whatever it was."""
    link = paths.published / f"{LINK_PREFIX}{path.name}"
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    link.replace(path)
    sync(paths.published)


def history(paths: DataPaths) -> list[dict[str, Any]]:
    """Return every publication and rollback, oldest first; a torn last line is left out."""
    try:
        lines = (paths.published / HISTORY_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries


def record_move(paths: DataPaths, action: str, edition: str, before: str | None) -> None:
    """Append one line to the history, on the disk when this returns."""
    entry = {
        "action": action,
        "edition": edition,
        "previous": before,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path = paths.published / HISTORY_FILE
    with path.open("a+b") as file:
        # A line torn by a crash must not swallow this one.
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(entry).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    share(path)
    sync(paths.published)


def mend_history(paths: DataPaths) -> bool:
    """Write the line that a crash after the pointer's move left out; True when there was one."""
    current = current_name(paths)
    entries = history(paths)
    last = entries[-1]["edition"] if entries else None
    if current is None or current == last:
        return False
    record_move(paths, "publish", current, last)
    return True


def was_published(paths: DataPaths, edition: str) -> bool:
    """True when readers have been able to open this edition at some time."""
    return current_name(paths) == edition or any(
        entry["edition"] == edition for entry in history(paths)
    )
