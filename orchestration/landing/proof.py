"""Whether what has landed is still what was accepted: the ledger's chain and its files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.commit import accepted_directory
from orchestration.landing.ledger import KIND, link, stored_records
from orchestration.system.errors import PilotageError
from orchestration.system.hashes import Hashes, file_flaws
from orchestration.system.paths import DataPaths
from orchestration.system.seals import SEAL, flaw
from orchestration.system.sql import pattern, text


def flaws(paths: DataPaths, hashes: Hashes | None = None) -> Iterator[str]:
    """Yield a sentence for everything that is not as it was accepted; nothing when all is sound.

    Without `hashes` files are known by name and size alone. A record from before there were seals
    vouches for no file.
    """
    stored = stored_records(paths)
    yield from _chain_flaws(stored)
    known: set[Path] = set()
    for record in stored.values():
        if not isinstance(record, dict) or not record.get("source"):
            continue
        where = accepted_directory(paths, record["source"], record["table"], record["batch"])
        recorded = {one["name"]: one for one in record.get("parquet", [])}
        if SEAL not in record:
            known.update(where.glob("*.parquet"))
        known.update(where / name for name in recorded)
        for name, one in recorded.items():
            yield from file_flaws(where / name, one, hashes)
    yield from _foreign(paths, known)
    if hashes:
        yield from _rows_of_nobody(paths)


def _chain_flaws(stored: dict[Path, Any]) -> Iterator[str]:
    before: str | None = None
    for path, record in stored.items():
        if said := flaw(record, KIND):
            yield f"{path} {said}"
        elif SEAL in record and (record["batch"] != int(path.stem) or record["previous"] != before):
            yield f"{path} does not follow the record before it: one was taken out or put in"
        before = link(record) if isinstance(record, dict) else None


def _foreign(paths: DataPaths, known: set[Path]) -> Iterator[str]:
    """Yield what dbt would read as accepted rows and no record knows."""
    for file in sorted(paths.accepted.glob("*/*/*/*.parquet")):
        is_schema = (file.parent.name, file.name) == ("batch=0", "schema.parquet")
        if file not in known and not is_schema:
            yield f"{file} is in no record of a batch"


def _rows_of_nobody(paths: DataPaths) -> Iterator[str]:
    """Yield the files of `batch=0` that hold rows: they are there for their columns alone."""
    if not any(paths.accepted.glob("*/*/batch=0/*.parquet")):
        return
    files = text(pattern(paths.accepted, "*/*/batch=0/*.parquet"))
    try:
        with duckdb.connect() as connection:
            found = connection.execute(
                f"select file_name from parquet_file_metadata({files}) where num_rows > 0"
            ).fetchall()
    except duckdb.Error as error:
        yield f"An empty file below {paths.accepted} cannot be read ({str(error).splitlines()[0]})"
        return
    for (file,) in found:
        yield f"{file} holds rows, and is there for its columns alone"


def refuse_altered_landing(paths: DataPaths, hashes: Hashes) -> None:
    """Raise PilotageError when what has landed is not what was accepted."""
    found = list(flaws(paths, hashes))
    if found:
        more = f" (and {len(found) - 1} more: `pilotage verify`)" if len(found) > 1 else ""
        raise PilotageError(
            f"{found[0]}{more}.\n"
            "Restore it from a backup; if what stands there is what you want, "
            "`pilotage verify --sign` takes it as it is."
        )
