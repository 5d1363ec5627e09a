"""Going back to an earlier edition, and clearing what a crash or time has left behind."""

import os
import shutil
from pathlib import Path

from orchestration.publication.candidate import read_candidate
from orchestration.publication.changelog import record_changes
from orchestration.publication.editions import (
    EDITION_FILE,
    LINK_PREFIX,
    Edition,
    checked_name,
    complete_record,
    current_name,
    editions,
    find,
    refuse_stray_wal,
    show_pages,
)
from orchestration.publication.files import DATABASE
from orchestration.publication.history import (
    PAST,
    history,
    mend_history,
    record_move,
    was_published,
)
from orchestration.publication.proof import edition_flaws
from orchestration.publication.showing import refuse_broken_chain, show
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import (
    PARTIAL,
    copy_file,
    remove_directory,
    share,
    shared_directory,
    sync,
)
from orchestration.system.paths import DataPaths
from orchestration.system.seals import refuse_to_sign_less

KEEP_VARIABLE = "PILOTAGE_KEEP_EDITIONS"
DEFAULT_KEEP = 5


def kept_editions() -> int:
    """Return how many editions stay (`PILOTAGE_KEEP_EDITIONS`, default 5, at least 1)."""
    text = os.environ.get(KEEP_VARIABLE, str(DEFAULT_KEEP))
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{KEEP_VARIABLE}={text!r} is no number of editions.\nGive 1 or more.")
    return int(text)


def rollback(paths: DataPaths, to: str | None = None) -> Edition:
    """Make an earlier edition what readers open, and return it.

    Without `to` it is the one that was current when the current one was made. Its bytes, its record
    and its verdict are proven first; an edition that is damaged, or that nobody published, is
    refused.
    """
    mend(paths)
    refuse_stray_wal(paths)
    refuse_broken_chain(paths)
    current = current_name(paths)
    target = _named(paths, to) if to else _previous(paths, current)
    if target.name == current:
        return target
    show(paths, target.name)
    record_move(paths, "rollback", target.name, current)
    return find(paths, target.name) or target


def _named(paths: DataPaths, name: str) -> Edition:
    found = find(paths, checked_name(name))
    if found is None or not was_published(paths, name):
        raise UsageError(
            f"There is no published edition {name} in {paths.editions}.\n"
            "`pilotage editions` lists those that are kept."
        )
    return found


def _previous(paths: DataPaths, current: str | None) -> Edition:
    """Return what the current edition was built upon; else the newest one before it."""
    kept = [one for one in editions(paths) if was_published(paths, one.name)]
    now = next((one for one in kept if one.name == current), None)
    earlier = [one for one in kept if now is None or one.published_at < now.published_at]
    if now is not None and (base := next((one for one in kept if one.name == now.base), None)):
        return base
    if not earlier:
        raise PilotageError(
            f"There is no edition before {current or 'the first'} to go back to.\n"
            "`pilotage editions` lists those that are kept."
        )
    return earlier[0]


def prune(paths: DataPaths, keep: int) -> list[str]:
    """Remove all but the newest `keep` editions; the current one always stays.

    The record of a removed edition is kept in `published/past/<edition>/`; what it had published as
    figures stands in `published/kpi_editions/`.
    """
    old = [one for one in editions(paths)[keep:] if not one.is_current]
    for edition in old:
        remove_edition(paths, edition)
    return [edition.name for edition in old]


def remove_edition(paths: DataPaths, edition: Edition) -> None:
    """Remove an edition with its pages; its record and what it published as figures stay."""
    if was_published(paths, edition.name):
        _keep_record(edition, paths.published / PAST / edition.name)
    remove_directory(edition.directory)
    if (pages := paths.agent_pages / edition.name).is_dir():
        remove_directory(pages)


def _keep_record(edition: Edition, past: Path) -> None:
    for shared in (past.parent, past):
        shared_directory(shared)
    copy_file(edition.directory / EDITION_FILE, past / EDITION_FILE)
    share(past)


def mend(paths: DataPaths) -> bool:
    """Finish what a crash after the pointer's move left out; True when the history lacked a line.

    Everything that reads the record of publications, or adds to it, comes after this.
    """
    if entries := history(paths):
        refuse_to_sign_less(entries[-1])
    current = current_name(paths)
    is_proven = current is not None and not any(edition_flaws(paths, paths.editions / current))
    was_torn = mend_history(paths, is_proven)
    show_pages(paths)
    record_changes(paths)
    return was_torn


def recover(paths: DataPaths) -> list[str]:
    """Clear what an interrupted command left behind, and return what was done, for people.

    Never moves the pointer. Removes half-made links and editions, editions above the number kept,
    and candidates that can no longer be published. An edition that was ready but never shown
    becomes a candidate again.
    """
    if not paths.published.is_dir() and not paths.candidates.is_dir():
        return []
    done = []
    if mend(paths):
        done.append(f"Recorded the publication of {current_name(paths)}.")
    for path in _children(paths.published):
        if path.name.startswith(LINK_PREFIX) or path.name.endswith(PARTIAL):
            path.unlink()
            done.append(f"Removed the half-made {path.name}.")
    current = current_name(paths)
    for directory in _children(paths.editions):
        if directory.name != current and (word := _clear_edition(paths, directory, current)):
            done.append(f"{word} {directory.name}.")
    done += [f"Removed the old edition {name}." for name in prune(paths, kept_editions())]
    done += [f"Removed the old candidate {name}." for name in _clear_candidates(paths, current)]
    _clear_agent_pages(paths)
    return done


def _clear_agent_pages(paths: DataPaths) -> None:
    """Remove agents' pages of what is neither an edition nor a candidate any more."""
    for directory in _children(paths.agent_pages):
        name = directory.name
        if not ((paths.editions / name).is_dir() or (paths.candidates / name).is_dir()):
            shutil.rmtree(directory)


def _children(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.is_dir() else []


def _clear_edition(paths: DataPaths, directory: Path, current: str | None) -> str | None:
    """Remove a half-made edition; take back a whole one that readers have never seen."""
    if not directory.is_dir():
        return None
    whole = (directory / EDITION_FILE).exists() and (directory / DATABASE).exists()
    if directory.name.startswith(".") or not whole:
        shutil.rmtree(directory)
        return "Removed the half-made edition"
    record = complete_record(directory)
    could_follow = record is not None and record.get("base_edition") == current
    if not could_follow or was_published(paths, directory.name):
        return None
    candidate = paths.candidates / directory.name
    shutil.rmtree(candidate, ignore_errors=True)
    paths.candidates.mkdir(parents=True, exist_ok=True)
    # Across file systems this copies; what half of a copy would leave is no whole candidate.
    shutil.move(directory, candidate)
    sync(paths.candidates)
    return "Took back the edition never shown"


def _clear_candidates(paths: DataPaths, current: str | None) -> list[str]:
    """Keep the newest candidate that could still be published; remove the others."""
    found = [
        (record.made_at, directory)
        for directory in _children(paths.candidates)
        if (record := read_candidate(directory)) is not None
        and record.base_edition == current
        and not was_published(paths, record.edition)
    ]
    kept = max(found)[1] if found else None
    old = [one for one in _children(paths.candidates) if one != kept]
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return [path.name for path in old]
