"""What `pilotage export` is asked for, checked and written."""

from collections.abc import Iterator
from pathlib import Path

from orchestration.publication.editions import current_name, find
from orchestration.publication.export import (
    FORMATS,
    TooLong,
    export_table,
    opened,
    published_tables,
)
from orchestration.system.console import stderr
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import DataPaths


def export_tables(
    paths: DataPaths, tables: list[str], kind: str, folder: Path, everything: bool
) -> Iterator[tuple[Path, int]]:
    """Write tables of the published edition to `folder/<table>.<format>`; yield each with its rows.

    UsageError when nothing sensible is asked for; PilotageError when nothing is published.
    """
    if kind not in FORMATS:
        raise UsageError(f"There is no format {kind!r}.\nGive one of {', '.join(FORMATS)}.")
    if bool(tables) == everything:
        raise UsageError(
            "Which tables?\nName them, as `pilotage export reports.direction`, or give --all."
        )
    current = current_name(paths)
    edition = find(paths, current) if current else None
    if edition is None:
        raise PilotageError("Nothing is published yet.\n`pilotage run` publishes an edition.")
    with opened(edition) as con:
        for table in published_tables(con) if everything else tables:
            target = folder / f"{table}.{kind}"
            try:
                yield target, export_table(con, edition, table, kind, target)
            except TooLong as error:
                # the others are written all the same
                if not everything:
                    raise
                stderr().print(f"Left out: {error}", markup=False)
