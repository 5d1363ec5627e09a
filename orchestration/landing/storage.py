"""Files that survive a crash and directories that others cannot read."""

import json
import os
from pathlib import Path
from typing import Any


def directory(path: Path) -> None:
    """Create `path` and what is missing above it, durably."""
    if path.is_dir():
        return
    directory(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def private_directory(path: Path) -> None:
    """Create `path`, or tighten it, so that only its owner enters (mode 0700)."""
    directory(path)
    path.chmod(0o700)


def sync(path: Path) -> None:
    """Bring a file or directory to disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_private(path: Path, content: str) -> None:
    """Create `path` whole or not at all, readable by its owner only (mode 0600)."""
    _write(path, content, 0o600)


def write_json(path: Path, content: Any) -> None:
    """Write `path` whole or not at all, and bring it to disk."""
    _write(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n", 0o644)


def move(source: Path, target: Path) -> None:
    """Rename a file or directory durably: both directories are brought to disk."""
    source.rename(target)
    sync(target.parent)
    if source.parent != target.parent:
        sync(source.parent)


def _write(path: Path, content: str, mode: int) -> None:
    directory(path.parent)
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        move(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
