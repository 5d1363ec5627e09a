"""The marts file between two builds: closed, with what the project publishes and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.gate.declared import PUBLISHED
from orchestration.system.errors import FULL, PilotageError
from orchestration.system.files import wal_beside

# DuckDB's own words for a file that is not what it wrote.
BROKEN = ("not a valid DuckDB", "Corrupt", "checksum", "Serialization Error", "INTERNAL Error")
MAKE_AGAIN = "The file is damaged: `pilotage clean --yes`, then `pilotage run`, make it again."

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def is_broken(said: str) -> bool:
    """True when DuckDB says that a file is damaged, not that somebody else has it open."""
    return any(word in said for word in BROKEN)


def close_marts(marts: Path) -> None:
    """Bring everything committed into the one file; a copy without its log would lose rows."""
    if not marts.is_file():
        raise PilotageError(f"There is no {marts}.\nBuild the marts first: `pilotage build`.")
    try:
        with duckdb.connect(str(marts)) as connection:
            connection.execute("checkpoint")
    except duckdb.Error as error:
        raise PilotageError(_cannot_close(marts, error)) from error
    if wal := wal_beside(marts):
        raise PilotageError(
            f"{wal} is still there after a checkpoint: the copy would miss rows.\n"
            "Close the program that has the marts open, then run again."
        )


def _cannot_close(marts: Path, error: duckdb.Error) -> str:
    """Tell a file that is broken, and a disk that is full, from a file that is open elsewhere."""
    said = str(error).splitlines()[0]
    if is_broken(said):
        then = MAKE_AGAIN
    elif FULL in said:
        then = "Free space on that disk, then run again."
    else:
        then = "Close the program that has it open, then run again."
    return f"{marts} cannot be closed for copying: {said}\n{then}"


def drop_tables_that_left(marts: Path, manifest: "Manifest") -> None:
    """Drop the published tables that the project no longer publishes: the file is copied whole, and
    they would stay in every edition as they were last built."""
    nodes = [node for node in manifest.nodes.values() if node.database == PUBLISHED]
    kept = {(node.schema, node.alias) for node in nodes}
    with duckdb.connect(str(marts)) as connection:
        found = connection.execute("select schema_name, table_name from duckdb_tables()")
        for schema, table in sorted(set(found.fetchall()) - kept):
            connection.execute(f'drop table "{schema}"."{table}"')
