"""Where a page of the published edition is."""

from difflib import get_close_matches
from pathlib import Path

from orchestration.publication.editions import current_name
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import DataPaths

FOLDERS = {"kpi": "kpis", "table": "tables"}


def page_of(paths: DataPaths, what: str, name: str | None = None, agents: bool = False) -> Path:
    """Return the page of a role, a KPI or a table, or the folder of the agents' own.

    UsageError when there is none of that name, with those that come near; PilotageError when the
    edition has no pages.
    """
    current = current_name(paths)
    if current is None or not (paths.site / "direction.html").is_file():
        raise PilotageError(
            f"There are no pages in {paths.site}.\n`pilotage run` publishes an edition with them."
        )
    if agents:
        return paths.agent_pages / current
    if what in FOLDERS and name is None:
        raise UsageError(
            f"Which {what}?\n`pilotage open {what} NAME`, such as {_some(paths, what)}."
        )
    folder = paths.site / FOLDERS.get(what, "") if name else paths.site
    asked = name or what
    page = folder / f"{asked}.html"
    # a name is no way to another folder
    known = sorted(path.stem for path in folder.glob("*.html"))
    if asked not in known:
        near = get_close_matches(asked, known, n=3, cutoff=0.4) or known[:3]
        raise UsageError(f"There is no page {asked!r}.\nNear it: {', '.join(near)}.")
    return page


def _some(paths: DataPaths, what: str) -> str:
    return next(path.stem for path in sorted((paths.site / FOLDERS[what]).glob("*.html")))
