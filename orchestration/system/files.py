"""Files that are whole or absent, on the disk when the call returns, and private directories.

A file is written beside its place, brought to the disk and then renamed: whoever reads it finds
the old content or the new, also after a crash. What a crash leaves ends in `.partial`.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

PARTIAL = ".partial"


def partial_name(path: Path) -> Path:
    """Return where `path` is written until it is whole: a hidden file beside it."""
    return path.with_name(f".{path.name}{PARTIAL}")


def write_file(path: Path, content: bytes, mode: int = 0o644, lasting: bool = True) -> None:
    """Write `path` whole or not at all; the folder above it is made when it is missing.

    Without `lasting` a loss of power may take it away again, which spares the wait for the disk.
    """
    directory(path.parent)
    partial = partial_name(path)
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            if lasting:
                out.flush()
                os.fsync(out.fileno())
        if lasting:
            move(partial, path)
        else:
            partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_private(path: Path, content: str) -> None:
    """Write a text that its owner alone may read (mode 0600)."""
    write_file(path, content.encode(), 0o600)


def write_json(path: Path, content: Any, lasting: bool = True, indent: int | None = 1) -> None:
    """Write JSON; `indent` None is a tenth of the work, for what only programs read."""
    text = json.dumps(content, indent=indent, ensure_ascii=False) + "\n"
    write_file(path, text.encode(), lasting=lasting)


def read_json(path: Path) -> Any | None:
    """Return the content of a JSON file; None when it is absent or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def create_private(path: Path) -> None:
    """Make an empty file that its owner alone may read (mode 0600), in place of one that is there.

    Whoever opens it to write keeps the mode: no moment has another.
    """
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def carry_file(source: Path, target: Path) -> None:
    """Copy a file; where there is none, no former copy of it stays."""
    target.unlink(missing_ok=True)
    if source.is_file():
        copy_file(source, target)


def copy_file(source: Path, target: Path, is_private: bool = False) -> None:
    """Copy the bytes of `source`; `target` appears only when it is whole.

    When `is_private`, its owner alone may read it (mode 0600), from the first byte on.
    """
    partial = partial_name(target)
    if is_private:
        create_private(partial)
    shutil.copyfile(source, partial)
    sync(partial)
    move(partial, target)


def move(source: Path, target: Path) -> None:
    """Rename a file or directory, over a file that is there; both directories go to the disk."""
    source.replace(target)
    sync(target.parent)
    if source.parent != target.parent:
        sync(source.parent)


def directory(path: Path) -> None:
    """Create `path` and what is missing above it."""
    if path.is_dir():
        return
    directory(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def private_directory(path: Path) -> None:
    """Create `path`, or tighten it, so that only its owner enters (mode 0700)."""
    directory(path)
    path.chmod(0o700)


def share(path: Path) -> None:
    """Let everybody read a file or folder, and what is in it: that is what publishing means.

    Whatever the process's umask; a file that nobody may write stays so. Links are left alone.
    """
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        if not one.is_symlink():
            mode = one.stat().st_mode & 0o777
            wanted = mode | (0o755 if one.is_dir() else 0o444)
            if wanted != mode:
                one.chmod(wanted)


def shared_directory(path: Path) -> None:
    """Create `path` for everybody to read."""
    if not path.is_dir():
        directory(path)
        path.chmod(0o755)


def remove_directory(path: Path) -> None:
    """Remove a directory so that no half of it keeps its name."""
    hidden = path.with_name(f".{path.name}.removed")
    shutil.rmtree(hidden, ignore_errors=True)
    path.replace(hidden)
    # a loss of power must not take back the name and keep what was removed
    sync(path.parent)
    shutil.rmtree(hidden)


def wal_path(database: Path) -> Path:
    """Return where DuckDB keeps the write-ahead log of a database file that is not closed."""
    return database.with_name(f"{database.name}.wal")


def wal_beside(database: Path) -> Path | None:
    """Return the write-ahead log beside a database file, if there is one."""
    wal = wal_path(database)
    return wal if wal.exists() or wal.is_symlink() else None


def sync(path: Path) -> None:
    """Bring a file's content, or a directory's names, to the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
