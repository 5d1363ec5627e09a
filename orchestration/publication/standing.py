"""What a user asks first: what is published, since when, and what is wrong with it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from orchestration.landing.proof import flaws as landing_flaws
from orchestration.publication.editions import Edition, current_name, editions, stray_wal
from orchestration.publication.history import history, history_flaws, history_path
from orchestration.publication.proof import edition_flaws
from orchestration.system.paths import DataPaths

SHOWN = 3


def status(paths: DataPaths) -> dict[str, Any]:
    """Return what is published, and `problems` in words. Reads small files only."""
    kept = editions(paths)
    current = current_name(paths)
    edition = next((one for one in kept if one.is_current), None)
    return {
        "current": current,
        "path": str(paths.pointer) if current else None,
        "published_at": (edition.published_at or None) if edition else None,
        "sha256": edition.record.get("sha256") if edition else None,
        "verdict": edition.record.get("verdict") if edition else None,
        "kept": [one.name for one in kept],
        "problems": list(_problems(paths, current, edition)),
    }


def _problems(paths: DataPaths, current: str | None, edition: Edition | None) -> Iterator[str]:
    entries = history(paths)
    if current is None and entries:
        yield (
            f"{paths.pointer}, which readers open, is gone; "
            f"`pilotage rollback --to {entries[-1]['edition']}` puts it back."
        )
    if current and not edition:
        yield (
            f"{paths.pointer} names the edition {current}, which is not complete; "
            "`pilotage rollback --to` a kept edition."
        )
    if edition and (error := (edition.record.get("pages") or {}).get("error")):
        yield (
            f"The pages of the edition {edition.name} could not be written ({error}); "
            "its tables are whole."
        )
    if paths.has_links and paths.site.exists() and not paths.site.is_symlink():
        yield f"{paths.site} is no link to the pages of an edition; move it away."
    if wal := stray_wal(paths):
        yield f"{wal} stands beside what readers open, and may stop them; move it away."
    elif edition:
        yield from (
            f"{said}; `pilotage rollback --to` a sound edition, `pilotage verify` names them."
            for said in _some(edition_flaws(paths, edition.directory))
        )
    if edition and not entries:
        yield f"{history_path(paths)} is gone or cannot be read; the next run writes it again."
    yield from (
        f"{said}; docs/operations.md says what to do." for said in _some(landing_flaws(paths))
    )
    for said in _some(history_flaws(paths)):
        yield (
            f"{said}; move the file away once you know why, and the next run writes it again "
            "from the editions."
        )


def _some(flaws: Iterator[str]) -> Iterator[str]:
    """Yield the first flaws of a part; `verify` names them all."""
    yield from islice(flaws, SHOWN)
