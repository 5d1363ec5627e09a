"""Hashes of files that are there to stay, each read once as long as the system says it is the same.

What says so is inode, size, and the times of change, of which no program can set the last
(`ctime`). They are kept in one sealed file; whoever wants every byte read does without it.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from orchestration.system.errors import PilotageError
from orchestration.system.files import read_json, write_json
from orchestration.system.seals import flaw, sealed

KIND = "hashes"
# A file may change twice within a tick of the clock that stamps it.
TICK_NS = 2_000_000_000


class Foreign(PilotageError):
    """Where a file should be there is something else: a link, a folder, or another one's file."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of what a path leads to. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_file(path: Path) -> tuple[str, list[int]]:
    """Return the SHA-256 of a file and its stamp, both of what was opened; no link is followed.

    Raises OSError when it cannot be read, Foreign when it is no file of its own.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise Foreign(f"{path} is no file.")
        return hashlib.file_digest(file, "sha256").hexdigest(), stamp(about)


def stamp(about: os.stat_result) -> list[int]:
    """Return what tells a file from another, and from itself after a change."""
    return [about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns]


class Hashes:
    """Hashes of files by path. With `kept` those known from before are not read again."""

    def __init__(self, kept: Path | None = None) -> None:
        self._path, self._is_new = kept, False
        self._known: dict[str, tuple[str, list[int], int]] = {}
        stored = read_json(kept) if kept else None
        if stored and flaw(stored, KIND) is None:
            self._known = stored.get("files", {})

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file; raises as `hash_file` does."""
        about = path.lstat()
        if (known := self._known.get(str(path))) and stat.S_ISREG(about.st_mode):
            sha256, its_stamp, read_at = known
            if its_stamp == stamp(about) and read_at - about.st_ctime_ns > TICK_NS:
                return str(sha256)
        read_at = time.time_ns()
        sha256, its_stamp = hash_file(path)
        self._known[str(path)] = (sha256, its_stamp, read_at)
        self._is_new = True
        return sha256

    def keep(self) -> None:
        """Keep what was read for the next time; a disk that takes nothing costs only time."""
        if self._path and self._is_new:
            known = {path: one for path, one in self._known.items() if os.path.lexists(path)}
            with suppress(OSError):
                write_json(self._path, sealed({"files": known}, KIND), lasting=False)


def file_flaws(path: Path, recorded: dict[str, Any], hashes: Hashes | None) -> Iterator[str]:
    """Yield what is wrong with a file of which size and hash are on record."""
    try:
        if path.is_symlink() or not path.is_file():
            yield f"{path} is missing, or is no file of its own"
        elif path.stat().st_size != recorded["size_bytes"]:
            yield f"{path} has another size than the one on record"
        elif hashes and hashes.of(path) != recorded["sha256"]:
            yield f"{path} was altered, or is corrupted"
    except (OSError, PilotageError) as error:
        yield f"{path} cannot be read ({getattr(error, 'strerror', None) or error})"
