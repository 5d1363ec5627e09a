"""Whether there is anything to do, decided within a second and without the heavy libraries."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.hashes import sha256_of
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.run_context import read_built

if TYPE_CHECKING:
    from orchestration.landing.contract import Contract
    from orchestration.landing.files import Refusal


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


def new_files(paths: DataPaths) -> list[str]:
    """Return the inbox's files that a run would try to accept, as `<source or vendor>/<name>`.

    Known by name and times, else by content. A file that was refused counts again when it changed,
    or when what was said of its columns did; so do those of a vendor whose rows were held back.
    """
    from orchestration.landing.contract import load_contract
    from orchestration.landing.files import is_over, scan
    from orchestration.landing.ledger import read_refusals, records
    from orchestration.landing.mappings.declared import load_mappings
    from orchestration.landing.prepass import stamp

    accepted = {
        (record.source, record.table, file.mapped_by, name)
        for record in records(paths)
        for file in record.files
        for name in ((file.name, *file.stamp), file.sha256)
    }
    contract = load_contract(PROJECT_ROOT)
    refused = read_refusals(paths)
    found = _new_of_vendors(paths, contract, refused)
    for file in scan(paths.inbox, contract, load_mappings(paths, contract))[0]:
        table = file.table.source, file.table.name, file.mapped_by
        shown = f"{file.table.source}/{file.name}"
        refusal, refused_at = refused.get(shown, (None, 0.0))
        changed_at = max(file.path.stat().st_ctime, file.mapping.said_at if file.mapping else 0)
        is_refused = changed_at < refused_at and not (refusal and is_over(refusal))
        is_known = (*table, (file.name, *stamp(file.path))) in accepted
        if not (is_refused or is_known or (*table, sha256_of(file.path)) in accepted):
            found.append(shown)
    return found


def _new_of_vendors(
    paths: DataPaths, contract: "Contract", refused: "Mapping[str, tuple[Refusal, float]]"
) -> list[str]:
    """The new files of vendors, which their connectors read.

    Rows of a vendor that were refused are made again when a file of it changed, or when somebody
    took them for true, who takes the refusal away.
    """
    from orchestration.landing.connectors.declared import load_connectors
    from orchestration.landing.connectors.state import news, see_all

    seen = see_all(paths)
    if not seen:
        return []
    found = []
    for vendor, connector in load_connectors(paths, contract, wanted=seen).items():
        new = news(paths, connector, seen[vendor])
        held = [at for shown, (_, at) in refused.items() if f"/{vendor}." in shown]
        changed_at = max(stamp[2] for stamp in seen[vendor].files.values() if stamp) / 1e9
        if new and not (held and changed_at < max(held)):
            found += [f"{vendor}/{name}" for name in new]
    return found


def reasons_to_run(paths: DataPaths, as_of: str | None) -> list[str]:
    """Return why a run would publish something that readers never had; empty when it would not.

    `as_of` is an instant in UTC or None. An edition that was rolled back counts as published:
    only new files, changed models or another instant bring a new one.
    """
    from orchestration.landing.ledger import latest_batch
    from orchestration.publication.editions import current_name
    from orchestration.publication.history import was_published

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
