"""One hash of everything that decides what a build computes from the same rows."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

BUILT_FROM = ("models", "seeds", "macros", "dbt_project.yml")
TOOLS = ("dbt-core", "dbt-duckdb", "duckdb")


def project_fingerprint(project_root: Path, also: Iterable[str] = ()) -> str:
    """Return the SHA-256 of the project's files (path and content) and of the tools' versions.

    `also` names further files or folders below `project_root`. Hidden files do not count.
    """
    digest = hashlib.sha256()
    for tool in TOOLS:
        digest.update(f"{tool}=={version(tool)}\n".encode())
    for path in _files(project_root, [*BUILT_FROM, *also]):
        digest.update(f"{path.relative_to(project_root).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path, names: Iterable[str]) -> list[Path]:
    found: set[Path] = set()
    for name in names:
        start = root / name
        found.update([start] if start.is_file() else start.rglob("*"))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))
