"""The one place where the pointer moves: to an edition that is proven in that very moment."""

from pathlib import Path

from orchestration.publication.editions import current_name, move_pointer, show_pages
from orchestration.publication.history import history_flaws
from orchestration.publication.proof import edition_flaws
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.hashes import Hashes, stamp
from orchestration.system.paths import DataPaths


def show(paths: DataPaths, edition: str) -> None:
    """Make `edition` what readers open; GateRefused when a byte of it is not what was proven.

    Every file is hashed now, as it is opened. Had one been swapped between that and the move, the
    pointer goes back to where it was.
    """
    directory, before = paths.editions / edition, current_name(paths)
    stamps = _stamps(directory)
    refuse_altered_edition(paths, directory)
    move_pointer(paths, edition)
    if _stamps(directory) != stamps:
        _move_back(paths, before)
        raise GateRefused(
            f"{directory} was written to while it was published; readers have what they had.\n"
            "Find who writes there, then make the candidate again."
        )


def refuse_altered_edition(paths: DataPaths, directory: Path) -> None:
    """Raise GateRefused when an edition is not, byte by byte, what was proven."""
    if found := list(edition_flaws(paths, directory, Hashes())):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise GateRefused(
            f"{found[0]}{more}.\n"
            "Choose another edition with `pilotage rollback --to`, or run again; "
            "`pilotage verify` says what is sound."
        )


def refuse_broken_chain(paths: DataPaths) -> None:
    """Raise PilotageError when the history was altered: what follows would vouch for it."""
    for said in history_flaws(paths):
        raise PilotageError(
            f"{said}.\nMove the file away once you know why; the next command writes it again "
            "from the editions."
        )


def _stamps(directory: Path) -> dict[str, list[int]]:
    return {
        str(path): stamp(path.lstat())
        for path in (directory, *directory.rglob("*"))
        if path == directory or not path.is_dir()
    }


def _move_back(paths: DataPaths, before: str | None) -> None:
    if before is None:
        (paths.link if paths.has_links else paths.place).unlink()
        show_pages(paths)
    else:
        move_pointer(paths, before)
