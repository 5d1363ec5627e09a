"""Files that are whole or absent: written, synced to the disk, then named."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

DATABASE = "pilotage.duckdb"


def sync_file(path: Path) -> None:
    """Force a file's content to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Force a directory's names to the disk: a rename is not durable before that."""
    sync_file(path)


def write_json(path: Path, content: Any) -> None:
    """Replace a JSON file in one step; readers see the old one or the new one."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sync_file(partial)
    partial.replace(path)
    sync_directory(path.parent)


def read_json(path: Path) -> Any | None:
    """Return the content of a JSON file; None when it is absent or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def copy_file(source: Path, target: Path) -> None:
    """Copy the bytes of `source`; `target` appears only when it is whole and on the disk."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, partial)
    sync_file(partial)
    partial.replace(target)
    sync_directory(target.parent)


def remove_directory(path: Path) -> None:
    """Remove a directory so that no half of it keeps its name."""
    hidden = path.with_name(f".{path.name}.removed")
    shutil.rmtree(hidden, ignore_errors=True)
    path.replace(hidden)
    shutil.rmtree(hidden)


def wal_beside(path: Path) -> Path | None:
    """Return the write-ahead log beside a database file, if there is one."""
    wal = path.with_name(f"{path.name}.wal")
    return wal if wal.exists() or wal.is_symlink() else None
