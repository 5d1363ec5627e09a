"""The mark of a forgetting under way: while it stands, nothing is landed, built or published."""

from pathlib import Path

from orchestration.system.errors import PilotageError
from orchestration.system.paths import DataPaths


def journal(paths: DataPaths) -> Path:
    """Where a forgetting under way keeps whom it is about; private, gone at its end."""
    return paths.vault / "forgetting.json"


def assert_none_under_way(paths: DataPaths) -> None:
    """Refuse to land, build or publish while a forgetting was interrupted half-way."""
    if journal(paths).exists():
        raise PilotageError(
            "A forgetting was interrupted: `pilotage forget --resume` ends it, then run again."
        )
