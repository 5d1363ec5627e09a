"""The project, parsed by dbt once and shared by every world that the tests build.

dbt parses anew for each data directory, because its path stands in the profile and in the sources.
Here the sources of one parsed project are pointed to the directory that is asked for. What a run
from the command line does instead is tested in `test_end_to_end`.
"""

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.system.environment import dbt_target_path
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse.manifest import load_manifest

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

KEPT = PROJECT_ROOT / ".test_data" / "parsed"
LOCATION = "external_location"
WRITTEN = ("manifest.json", "semantic_manifest.json")


def shared_manifest() -> "Manifest":
    """Return the manifest for the environment's data directory, and write what dbt writes of it.

    A drop-in for `load_manifest`: every call gives a manifest of its own.
    """
    root, target = os.environ["PILOTAGE_DATA_DIR"], dbt_target_path()
    manifest = parsed_once()
    for source in manifest.sources.values():
        if LOCATION in source.meta:
            here = source.meta[LOCATION].replace(str(KEPT), root)
            source.meta[LOCATION] = source.config.meta[LOCATION] = here
    target.mkdir(parents=True, exist_ok=True)
    for name in WRITTEN:
        written = (KEPT / "target" / name).read_text(encoding="utf-8")
        (target / name).write_text(written.replace(str(KEPT), root), encoding="utf-8")
    return manifest


def parsed_once(root: Path = KEPT) -> "Manifest":
    """Return the manifest for a data directory that holds nothing else; one process parses."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("PILOTAGE_DATA_DIR", str(root))
        patch.setenv("DBT_TARGET_PATH", str(root / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "logs"))
        return load_manifest()
