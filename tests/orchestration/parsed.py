"""The project, parsed by dbt once and shared by every world that the tests build.

dbt parses anew for each data directory, because its path stands in the profile and in the sources.
Here the sources of one parsed project are pointed to the directory that is asked for. What a run
from the command line does instead is tested in `test_end_to_end`.
"""

import fcntl
import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from orchestration.build import parse
from orchestration.environment import manifest_path
from orchestration.fingerprint import project_fingerprint
from orchestration.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

KEPT = PROJECT_ROOT / ".test_data" / "parsed"
READ_BY_DBT = ("profiles.yml", "tests/generic", "tests/intermediate", "tests/marts", "tests/seeds")
LOCATION = "external_location"


class Project(NamedTuple):
    """A manifest, the data directory that it was parsed for, and its sources' places there."""

    manifest: "Manifest"
    root: str
    places: dict[str, str]


def shared_manifest() -> "Manifest":
    """Return the manifest for the environment's data directory; a drop-in for `build.parse`.

    It is one object a process: the directory of the call before is forgotten.
    """
    from dbt.parser.manifest import write_manifest

    manifest, root, places = _project()
    for name, place in places.items():
        source = manifest.sources[name]
        here = place.replace(root, os.environ["PILOTAGE_DATA_DIR"])
        source.meta[LOCATION] = source.config.meta[LOCATION] = here
    if not manifest_path().exists():
        write_manifest(manifest, str(manifest_path().parent))
    return manifest


@cache
def _project() -> Project:
    """Parse, unless this or another process has parsed the same project before."""
    from dbt.contracts.graph.manifest import Manifest

    folder = KEPT / project_fingerprint(PROJECT_ROOT, READ_BY_DBT)[:12]
    file = folder / "target" / "partial_parse.msgpack"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _remove_others(folder)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PILOTAGE_DATA_DIR", str(folder))
                patch.setenv("DBT_TARGET_PATH", str(file.parent))
                patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
                parse()
    manifest = Manifest.from_msgpack(file.read_bytes())
    manifest.build_flat_graph()
    places = {
        name: source.meta[LOCATION]
        for name, source in manifest.sources.items()
        if LOCATION in source.meta
    }
    return Project(manifest, str(folder), places)


def _remove_others(folder: Path) -> None:
    for other in KEPT.iterdir():
        if other.is_dir() and other != folder:
            shutil.rmtree(other)
