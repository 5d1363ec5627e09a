"""The small world that `make check` keeps: the worked examples, landed and built once.

It stays as it was built. Each check builds what has changed since then once more, so that the
answer never depends on the checks before it.
"""

import hashlib
import json
import os
import shutil
from typing import Any

from orchestration.landing.contract import load_contract
from orchestration.system.environment import prepare_environment
from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.build import BuildReport
from orchestration.warehouse.dbt_command import invoke
from orchestration.warehouse.failures import build_failure
from orchestration.warehouse.manifest import load_manifest
from tests.check.changes import BUILT, Reach, changes, digests, reach
from tests.orchestration.worked_examples import FOLDER, build_examples

ROOT = PROJECT_ROOT / ".test_data" / "check"
RECORD = ROOT / "record.json"
READ_BY_DBT = ("profiles.yml", "tests/generic", "tests/intermediate", "tests/marts", "tests/seeds")
# A larger part is hardly quicker than everything.
LARGEST_PART = 1 / 3
ALONE = ("--indirect-selection", "empty")


def paths() -> DataPaths:
    return DataPaths(ROOT)


def environment() -> DataPaths:
    """Let dbt and the project work in the kept world, in this process."""
    os.environ["PILOTAGE_DATA_DIR"] = str(ROOT)
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        os.environ.pop(name, None)
    return prepare_environment()


def project() -> str:
    """Return the fingerprint of all that dbt reads of the project."""
    return project_fingerprint(PROJECT_ROOT, READ_BY_DBT)


def landed_from() -> str:
    """Return a hash of what the landed rows were made from: the contract and the examples."""
    digest = hashlib.sha256(repr(load_contract(PROJECT_ROOT).tables).encode())
    for path in sorted(FOLDER.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def record() -> dict[str, Any] | None:
    """Return what is known of the kept world; None where there is none, or one of other rows."""
    if not RECORD.exists():
        return None
    known = json.loads(RECORD.read_text(encoding="utf-8"))
    return known if known["landed_from"] == landed_from() else None


def make() -> BuildReport:
    """Build the world afresh with all its tests, and keep it when they pass.

    Raises PilotageError or GateRefused when something fails.
    """
    shutil.rmtree(ROOT, ignore_errors=True)
    known = {"landed_from": landed_from(), "checked": project(), "again": []}
    _, built = build_examples(environment())
    tested = run("test", "--select", "test_type:unit")
    _write(known | {"digests": digests(_manifest())})
    return BuildReport(None, models=built.models, tests=built.tests + tested.tests)


def reached(known: dict[str, Any]) -> Reach | None:
    """Return what to build and test again; None when that is so much that it had better be
    everything."""
    environment()
    now = _manifest()
    found = reach(known["digests"], now, known["again"])
    return found if len(found.built) < LARGEST_PART * len(now["nodes"]) else None


def build_again(known: dict[str, Any], found: Reach) -> BuildReport:
    """Build and test that part of the kept world, and remember which part is not as it was made.

    Raises PilotageError or GateRefused when something fails.
    """
    checked = project()
    _write(known | {"again": sorted(found.built)})
    report = run("build", "--full-refresh", *ALONE, "--select", *found.names())
    is_as_made = not changes(known["digests"], _manifest())
    _write(known | {"checked": checked, "again": [] if is_as_made else sorted(found.built)})
    return report


def run(*arguments: str) -> BuildReport:
    """Run one dbt command on the kept world; raises PilotageError or GateRefused when it fails."""
    report = BuildReport(None)
    outcome = invoke(list(arguments), load_manifest())
    if error := build_failure(outcome, paths()):
        raise error
    kinds = [result.node.resource_type.value for result in outcome.result.results]
    report.models = sum(kind in BUILT for kind in kinds)
    report.tests = len(kinds) - report.models
    return report


def _manifest() -> dict[str, Any]:
    """Return the manifest of the project as it stands, as far as `changes` reads it."""
    manifest = load_manifest()
    manifest.build_parent_and_child_maps()
    groups = {
        name: getattr(manifest, name) for name in ("sources", "nodes", "unit_tests", "macros")
    }
    said = {
        name: {key: node.to_dict() for key, node in group.items()} for name, group in groups.items()
    }
    return said | {"parent_map": manifest.parent_map, "child_map": manifest.child_map}


def _write(known: dict[str, Any]) -> None:
    RECORD.write_text(json.dumps(known), encoding="utf-8")
