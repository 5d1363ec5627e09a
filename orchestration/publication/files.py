"""The file of an edition, and what must not stand beside it."""

from pathlib import Path

DATABASE = "pilotage.duckdb"


def wal_beside(path: Path) -> Path | None:
    """Return the write-ahead log beside a database file, if there is one."""
    wal = path.with_name(f"{path.name}.wal")
    return wal if wal.exists() or wal.is_symlink() else None
