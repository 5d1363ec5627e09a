"""What `pilotage clean` may remove: folders that the program made, by name, never the root."""

import shutil
from pathlib import Path

from orchestration.system.paths import DataPaths

REBUILT = ("warehouse", "dbt", "dagster")
KEPT = (
    "landing",
    "mappings",
    "vault",
    "published",
    "agent_pages",
    "receipts",
    "demo_truth.json",
    "notified.json",
    "hashes.json",
)


def removable(paths: DataPaths, everything: bool) -> list[Path]:
    """Return what exists of the build files; with `everything` also what cannot be made again."""
    names = (*REBUILT, *KEPT) if everything else REBUILT
    return [paths.root / name for name in names if (paths.root / name).exists()]


def remove(found: list[Path]) -> None:
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
