"""Publish a judged candidate: one rename makes the edition, one rename shows it to readers."""

import errno
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.gate.judge import file_sha256
from orchestration.landing.ledger import link_of
from orchestration.publication import summary
from orchestration.publication.changelog import export_changes, record_changes, refuse_other_past
from orchestration.publication.editions import (
    EDITION_FILE,
    EDITION_KIND,
    Edition,
    checked_name,
    complete_record,
    current_name,
    find,
    refuse_stray_wal,
)
from orchestration.publication.files import CHANGES_FILE, DATABASE, SITE
from orchestration.publication.history import record_move, was_published
from orchestration.publication.proof import CANDIDATE_FILES, Proof, files_of, prove, refuse_links
from orchestration.publication.recovery import kept_editions, mend, prune
from orchestration.publication.showing import refuse_broken_chain, show
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.files import (
    partial_name,
    read_json,
    share,
    shared_directory,
    sync,
    write_json,
)
from orchestration.system.paths import DataPaths
from orchestration.system.seals import sealed

# (database, the edition's record, folder) -> what the record says of the pages
WritePages = Callable[[Path, dict[str, Any], Path], dict[str, Any]]


def publish(
    paths: DataPaths,
    edition: str,
    *,
    project_fingerprint: str | None = None,
    latest_batch: int | None = None,
    write_pages: WritePages | None = None,
) -> Edition:
    """Publish the candidate of `edition`, and return the edition.

    Publishing the same edition again changes nothing; after a crash it goes on where it stopped.
    `latest_batch` is the last batch the build has seen (None: the ledger's last). `write_pages`
    makes its pages and says for the record what became of them. Raises
    GateRefused when the proof is not whole; what readers open is then as it was.
    """
    checked_name(edition)
    keep = kept_editions()
    for shared in (paths.published, paths.editions):
        shared_directory(shared)
    mend(paths)
    refuse_stray_wal(paths)
    refuse_broken_chain(paths)
    candidate, target = paths.candidates / edition, paths.editions / edition
    if complete_record(target) is None:
        proof = prove(candidate, current_name(paths))
        refuse_other_past(paths, candidate / DATABASE, edition)
        _complete(paths, candidate, proof, project_fingerprint, latest_batch, write_pages)
        _move(candidate, target)
    elif was_published(paths, edition):
        _refuse_other_content(candidate, target)
        # the last step, which a crash may have left out
        prune(paths, keep)
        return _published(paths, edition)
    else:
        prove(target, current_name(paths))
        refuse_other_past(paths, target / DATABASE, edition)
    before = current_name(paths)
    show(paths, edition)
    record_move(paths, "publish", edition, before)
    record_changes(paths)
    prune(paths, keep)
    return _published(paths, edition)


def _complete(
    paths: DataPaths,
    directory: Path,
    proof: Proof,
    project_fingerprint: str | None,
    latest_batch: int | None,
    write_pages: WritePages | None,
) -> None:
    """Make the candidate's directory what the edition's will be; edition.json comes last.

    It holds the hash of every other file, so that nothing can be put beside them later.
    """
    _clear(directory)
    database = directory / DATABASE
    base_name = proof.candidate.base_edition
    base = read_json(paths.editions / base_name / EDITION_FILE) if base_name else None
    published_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    export_changes(database, proof.candidate.edition, published_at, directory / CHANGES_FILE)
    database.chmod(0o444)
    sync(database)
    tables, kpis = summary.table_counts(database), summary.latest_kpis(database)
    record: dict[str, Any] = {
        "edition": proof.candidate.edition,
        "sha256": proof.candidate.sha256,
        "size_bytes": proof.candidate.size_bytes,
        "published_at": published_at,
        "base_edition": base_name,
        "project_fingerprint": project_fingerprint,
        "verdict": summary.verdict_summary(proof.verdict),
        "batches": summary.batches_covered(paths, latest_batch, base),
        "tables": tables,
        "latest_kpis": kpis,
        "changes": summary.changes(base, tables, kpis),
    }
    if write_pages:
        record["pages"] = write_pages(database, record, directory / SITE)
    record["landed"] = link_of(paths, record["batches"]["latest"])
    refuse_links(directory)
    record["files"] = files_of(directory)
    write_json(directory / EDITION_FILE, sealed(record, EDITION_KIND))
    share(directory)


def _clear(directory: Path) -> None:
    """Remove what was no part of the candidate that was judged, left by a crash or by somebody."""
    for path in directory.iterdir():
        if path.name not in CANDIDATE_FILES:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _move(candidate: Path, target: Path) -> None:
    """Give the completed directory its published name in one step, also across file systems."""
    try:
        candidate.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = partial_name(target)
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(candidate, partial)
        for path in partial.rglob("*"):
            sync(path)
        sync(partial)
        partial.rename(target)
        shutil.rmtree(candidate)
    sync(target.parent)


def _refuse_other_content(candidate: Path, target: Path) -> None:
    """A name stands for its bytes for good."""
    database = candidate / DATABASE
    record = complete_record(target)
    if database.is_file() and (record is None or file_sha256(database) != record["sha256"]):
        raise GateRefused(
            f"{target.name} is published already, with other content than {database}.\n"
            "Make the candidate under a new edition name."
        )


def _published(paths: DataPaths, edition: str) -> Edition:
    found = find(paths, edition)
    if found is None:
        raise PilotageError(f"{paths.editions / edition} is gone.\nSomebody removed it; run again.")
    return found
