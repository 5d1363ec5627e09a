"""dbt's manifest, parsed again only when something that it is made of has changed.

dbt's own partial parsing reads and compares every file of the project, builds what it keeps anew
and writes it again: twenty times the work of reading the finished manifest back. So the finished
one is kept as it stands, under a key of all that decides it. Nobody else writes this file: what a
plain `dbt build` leaves in the same folder is not read.
"""

import hashlib
import os
import pickle
import sys
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.system.collector import collector_paused
from orchestration.system.environment import dbt_target_path
from orchestration.system.errors import PilotageError
from orchestration.system.files import write_file
from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.paths import PROJECT_ROOT
from orchestration.system.seals import signing_key
from orchestration.warehouse.dbt_command import invoke, one_line

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FILE = "manifest.pickle"
# What dbt reads beside the files that decide what is computed.
ALSO_READ = ("tests", "profiles.yml", "packages.yml", "dependencies.yml")
LIBRARIES = ("dbt-adapters", "dbt-common")
# What profiles.yml and the sources read from the environment.
VARIABLES = ("PILOTAGE_DATA_DIR", "PILOTAGE_THREADS", "PILOTAGE_MEMORY_LIMIT")


def load_manifest() -> "Manifest":
    """Return the manifest of the project as it stands, parsed when there is none of it yet.

    Raises PilotageError saying what dbt could not read.
    """
    path, key = dbt_target_path() / FILE, manifest_key()
    kept = _read(path, key)
    if kept is not None:
        return kept
    manifest = parse()
    # a file that changed while dbt read may be in it by halves
    if manifest_key() == key:
        _write(path, key, manifest)
    return manifest


def parse() -> "Manifest":
    """Parse the project, write its `manifest.json` and return it.

    Raises PilotageError saying what dbt could not read.
    """
    # what a parse makes it keeps
    with collector_paused():
        # what dbt keeps of its own would be read back unseen by the operator's key
        outcome = invoke(["parse", *(["--no-partial-parse"] if signing_key() else [])])
    if not outcome.success:
        raise PilotageError(f"dbt cannot read the project: {one_line(str(outcome.exception))}")
    return outcome.result


def manifest_key() -> str:
    """Return the SHA-256 of all that decides what dbt reads out of the project."""
    libraries = [f"{name}=={version(name)}" for name in LIBRARIES]
    variables = [f"{name}={os.environ.get(name)!r}" for name in VARIABLES]
    files = project_fingerprint(PROJECT_ROOT, also=ALSO_READ)
    said = "\n".join([sys.version, str(PROJECT_ROOT), *libraries, *variables, files])
    return hashlib.sha256(said.encode()).hexdigest()


def _read(path: Path, key: str) -> "Manifest | None":
    """Return what is kept under that key; None when there is nothing, or not all of it."""
    try:
        kept_key, checksum, content = path.read_bytes().split(b"\n", maxsplit=2)
        if kept_key.decode() != key or checksum.decode() != _checksum(content):
            return None
        # nothing that is read back is garbage; looking for it would take four times as long
        with collector_paused():
            from dbt.contracts.graph.manifest import Manifest

            return Manifest(**pickle.loads(content))
    except (OSError, ValueError, TypeError, pickle.UnpicklingError, AttributeError, ImportError):
        return None


def _checksum(content: bytes) -> str:
    """Return the hash of what is kept, or, as it is read back as code, the operator's signature."""
    digest, signer = hashlib.sha256(content).hexdigest(), signing_key()
    return signer.sign(f"manifest {digest}") if signer else digest


def _write(path: Path, key: str, manifest: "Manifest") -> None:
    """Keep the manifest, whole or not at all; it is read back as code, so for its owner only.

    Field by field, as dbt itself keeps it: what it looks up, it builds from these when asked. Its
    own way of pickling a manifest takes one field for another (dbt-core 1.11).
    """
    names = [one.name for one in fields(manifest) if not one.name.startswith("_")]
    content = pickle.dumps(
        {name: getattr(manifest, name) for name in names}, pickle.HIGHEST_PROTOCOL
    )
    header = f"{key}\n{_checksum(content)}\n".encode()
    write_file(path, header + content, mode=0o600, lasting=False)
