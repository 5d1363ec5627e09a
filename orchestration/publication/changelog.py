"""What each edition changed in the published figures: one Parquet file an edition, kept for good.

dbt finds the changes while it builds (`kpis.kpi_editions`), with their causes. Here they are taken
out of the edition's own file, and recorded once readers have been able to open it. Later builds
read them back as a source, so that the history outlives the warehouse and the editions themselves.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import yaml

from orchestration.landing.contract import LOADER
from orchestration.publication.editions import editions
from orchestration.publication.files import CHANGES_FILE
from orchestration.publication.history import KIND, history, history_path, was_published
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.files import copy_file, partial_name, share, shared_directory, sync
from orchestration.system.hashes import Hashes
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.seals import flaw
from orchestration.system.sql import literal_path, pattern, text

SOURCES = PROJECT_ROOT / "models" / "staging" / "pilotage" / "_pilotage__sources.yml"
# An edition's name is longer: this one holds the columns only.
EMPTY_FILE = "0.parquet"


def initialise(paths: DataPaths) -> None:
    """Create the record, with a file that has its columns and no row; dbt needs one to read."""
    empty, columns = paths.kpi_editions / EMPTY_FILE, _columns()
    if empty.is_file() and _columns_of(empty) == columns and not _rows_in(empty):
        return
    for shared in (paths.published, paths.kpi_editions):
        shared_directory(shared)
    partial = partial_name(empty)
    nothing = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {nothing} where false) to {text(partial)} (format parquet)"
        )
    partial.replace(empty)
    share(empty)


def _columns() -> dict[str, str]:
    """Return the columns of the source and their types, as dbt declares them."""
    [source] = yaml.load(SOURCES.read_text(encoding="utf-8"), LOADER)["sources"]
    [table] = [one for one in source["tables"] if one["name"] == "kpi_editions"]
    return {column["name"]: column["data_type"] for column in table["columns"]}


def _columns_of(file: Path) -> dict[str, str]:
    with duckdb.connect() as connection:
        described = connection.execute(
            f"describe from read_parquet({text(literal_path(file))})"
        ).fetchall()
    kinds = {"TIMESTAMP WITH TIME ZONE": "timestamptz"}
    return {name: kinds.get(kind, kind.lower()) for name, kind, *_ in described}


def _rows_in(file: Path) -> int:
    with duckdb.connect() as connection:
        [rows] = connection.execute(
            f"select num_rows from parquet_file_metadata({text(literal_path(file))})"
        ).fetchone()
    return int(rows)


def changes_flaws(paths: DataPaths, hashes: Hashes) -> Iterator[str]:
    """Yield what is wrong with the recorded changes, which later builds read back as they are."""
    published = {
        one["edition"]: one.get("changes_sha256")
        for one in history(paths)
        if one["action"] == "publish" and flaw(one, KIND) is None
    }
    for file in sorted(paths.kpi_editions.glob("*.parquet")):
        try:
            if file.name == EMPTY_FILE:
                if _rows_in(file):
                    yield f"{file} holds rows, and is there for its columns alone"
            elif file.stem not in published:
                yield f"{file} belongs to no edition in {history_path(paths)}"
            elif published[file.stem] and hashes.of(file) != published[file.stem]:
                yield f"{file} was altered, or is corrupted"
        except (OSError, PilotageError, duckdb.Error):
            yield f"{file} cannot be read"


def export_changes(database: Path, edition: str, published_at: str, target: Path) -> None:
    """Write what `edition` changes, taken out of its own file; `published_at` is ISO 8601."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute(
            f"copy (select * replace (cast({text(published_at)} as timestamptz) as published_at) "
            f"from kpis.kpi_editions where edition = {text(edition)} "
            "order by kpi_id, period_grain, period_start, slice_type, slice_value) "
            f"to {text(target)} (format parquet, compression zstd)"
        )
    sync(target)


def record_changes(paths: DataPaths) -> None:
    """Record the changes of every published edition that are not recorded yet.

    An edition that was rolled back stays recorded: readers had it.
    """
    for edition in editions(paths):
        changes, recorded = edition.directory / CHANGES_FILE, _recorded(paths, edition.name)
        if changes.is_file() and not recorded.exists() and was_published(paths, edition.name):
            shared_directory(recorded.parent)
            copy_file(changes, recorded)
            share(recorded)
            sync(paths.published)


def refuse_other_past(paths: DataPaths, database: Path, edition: str) -> None:
    """Raise GateRefused when `database` does not hold the history that is recorded.

    That happens when another edition was published after this one had been built.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        held = connection.execute(
            "select edition, count(*) from kpis.kpi_editions "
            f"where edition <> {text(edition)} group by edition"
        ).fetchall()
    differing = {name for name, _ in set(held) ^ set(_recorded_rows(paths, edition))}
    if differing:
        raise GateRefused(
            f"{edition} was built with another history than the one recorded by now "
            f"({', '.join(sorted(differing))}).\n"
            "Build again: `pilotage run`; if that is refused, too, `pilotage clean` before it."
        )


def _recorded_rows(paths: DataPaths, edition: str) -> list[tuple[str, int]]:
    """Return (edition, rows) of every other edition that has changed a figure."""
    if not any(paths.kpi_editions.glob("*.parquet")):
        return []
    with duckdb.connect() as connection:
        files = connection.execute(
            "select file_name, num_rows "
            f"from parquet_file_metadata({text(pattern(paths.kpi_editions, '*.parquet'))}) "
            "where num_rows > 0"
        ).fetchall()
    return [(Path(file).stem, rows) for file, rows in files if Path(file).stem != edition]


def _recorded(paths: DataPaths, edition: str) -> Path:
    return paths.kpi_editions / f"{edition}.parquet"
