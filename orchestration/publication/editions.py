"""What is published: the editions kept, and the one that readers open."""

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.publication.files import DATABASE, SITE
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import read_json, share, sync, wal_beside, write_file
from orchestration.system.paths import DataPaths

EDITION_FILE = "edition.json"
EDITION_KIND = "edition"
# What a file system says that has no symbolic links, or lets this user make none.
NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
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
        return str(self.record.get("published_at", ""))

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
        target = paths.link.readlink() if paths.has_links else Path(paths.place.read_text().strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PilotageError(
            f"{paths.link} is a file, not the pointer to an edition.\nMove it away, then run again."
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
    target = Path(paths.editions.name) / edition / DATABASE
    try:
        _link(paths, paths.link, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        write_file(paths.place, f"{target.as_posix()}\n".encode())
        share(paths.place)
    else:
        paths.place.unlink(missing_ok=True)
    show_pages(paths)


def show_pages(paths: DataPaths) -> None:
    """Make the pages of the current edition what `published/site` is; none when it has none.

    What somebody put there in its place stays; `status` says so.
    """
    if not paths.has_links:
        return
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
