"""Whether there is anything to do, decided within a second and without the heavy libraries."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.fingerprint import project_fingerprint
from orchestration.paths import PROJECT_ROOT, DataPaths
from orchestration.run_context import read_built


@dataclass(frozen=True)
class Listing:
    """The inbox at one moment: a hash of names, sizes and times, and the newest time (epoch)."""

    digest: str
    newest: float


def inbox_files(inbox: Path) -> Iterator[Path]:
    """Yield the files of the inbox in order; hidden ones (a copy under way) do not count."""
    for path in sorted(inbox.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path


def inbox_listing(inbox: Path) -> Listing | None:
    """Return the inbox's listing, or None when it is empty."""
    stats = [(path.relative_to(inbox), path.stat()) for path in inbox_files(inbox)]
    if not stats:
        return None
    lines = "\n".join(f"{name}\t{stat.st_size}\t{stat.st_mtime_ns}" for name, stat in stats)
    newest = max(stat.st_mtime for _, stat in stats)
    return Listing(hashlib.sha256(lines.encode()).hexdigest(), newest)


def reasons_to_run(paths: DataPaths, as_of: str | None) -> list[str]:
    """Return why a run would publish something that readers never had; empty when it would not.

    `as_of` is an instant in UTC or None. An edition that was rolled back counts as published:
    only new files, changed models or another instant bring a new one.
    """
    from orchestration.landing.ledger import latest_batch
    from orchestration.publication.editions import current_name, was_published

    built = read_built(paths)
    if built is None:
        return ["nothing was built yet"]
    found = []
    if new := new_files(paths):
        found.append(f"{len(new)} new files in the inbox")
    if latest_batch(paths) != built.latest_batch:
        found.append("landed batches that were not built")
    if project_fingerprint(PROJECT_ROOT) != built.fingerprint:
        found.append("models, seeds, macros or tools changed")
    if as_of != built.as_of:
        found.append("another as-of instant")
    if current_name(paths) is None or not was_published(paths, built.edition):
        found.append("the last build was not published")
    return found
