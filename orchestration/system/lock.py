"""One command writes at a time: a lock of the operating system on one file.

The system releases it when the process ends, however it ends; nothing is left to clean up.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import DataPaths

_held: set[Path] = set()


@contextmanager
def hold(paths: DataPaths, command: str, lock: Path | None = None) -> Iterator[None]:
    """Hold the data directory's lock; a second hold inside the same process is free.

    With `lock` another one, of a smaller thing in it. Raises PilotageError naming the holder when
    another process has it, UsageError when the directory cannot be written.
    """
    path = lock or paths.lock
    if path in _held:
        yield
        return
    with _locked(path):
        _write(path, command)
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            _write(path, None)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock the file for this process; UsageError when the data directory cannot be written."""
    # only commands that write need it
    from filelock import FileLock, Timeout

    try:
        if not path.parent.is_dir():
            # readers pass through to what is published; they cannot look round
            path.parent.mkdir(parents=True)
            path.parent.chmod(0o711)
        # a lock by the mere presence of a file would outlive a holder that was killed
        lock = FileLock(path, mode=0o644, blocking=False, fallback_to_soft=False)
        lock.acquire()
    except Timeout:
        raise PilotageError(_busy(path)) from None
    except (OSError, NotImplementedError) as error:
        raise UsageError(
            f"The data directory {path.parent} cannot be used "
            f"({getattr(error, 'strerror', None) or error}); "
            "set PILOTAGE_DATA_DIR to a folder that can be written."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, command: str | None) -> None:
    """Write into the locked file who holds it; nothing once nobody does."""
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    holder = {"pid": os.getpid(), "command": command, "started_at": started_at}
    path.write_text(json.dumps(holder) if command else "", encoding="utf-8")


def _busy(path: Path) -> str:
    """Say who holds the lock. The file is empty for an instant while its holder writes it."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(holder["started_at"]).astimezone()
        who = f"`{holder['command']}` (pid {holder['pid']}) has held"
        when = f" since {since:%Y-%m-%d %H:%M:%S}"
    except (ValueError, KeyError, OSError):
        who, when = "another command holds", ""
    return f"{who} {path}{when}; wait for it or stop it."
