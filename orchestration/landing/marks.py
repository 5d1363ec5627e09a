"""Marks of a forgetting or a rotation under way: meanwhile nothing is landed, built, published."""

from pathlib import Path

from orchestration.system.errors import PilotageError
from orchestration.system.paths import DataPaths


def journal(paths: DataPaths) -> Path:
    """Where a forgetting under way keeps whom it is about; private, gone at its end."""
    return paths.vault / "forgetting.json"


def next_key(paths: DataPaths) -> Path:
    """Where the next pseudonym key waits until all rows are written under it; private."""
    return paths.vault / "pseudonym.key.next"


def assert_none_under_way(paths: DataPaths) -> None:
    """Refuse to land, build or publish while one of both was interrupted half-way."""
    if next_key(paths).exists():
        raise PilotageError(
            "A change of the pseudonym key was interrupted: `pilotage rotate-key` ends it, then "
            "run again."
        )
    if journal(paths).exists():
        raise PilotageError(
            "A forgetting was interrupted: `pilotage forget --resume` ends it, then run again."
        )
