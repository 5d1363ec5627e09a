"""A candidate: the closed bytes of the marts, copied once, judged, and published as they are."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.gate.declared import carry_rules
from orchestration.gate.judge import file_sha256
from orchestration.gate.verdict import FILE_NAME as VERDICT_FILE
from orchestration.publication.editions import checked_name, current_name
from orchestration.publication.files import DATABASE
from orchestration.system.errors import PilotageError
from orchestration.system.files import copy_file, read_json, wal_beside, write_json
from orchestration.system.paths import DataPaths
from orchestration.warehouse.run_context import read_built

CANDIDATE_FILE = "candidate.json"


@dataclass(frozen=True)
class CandidateRecord:
    """`base_edition` is what readers opened when the candidate was made."""

    edition: str
    sha256: str
    size_bytes: int
    base_edition: str | None
    made_at: str


def make_candidate(paths: DataPaths, edition: str) -> Path:
    """Close the marts file, copy it for `edition`, and return the copy's path.

    Making it again from the same marts changes no byte and keeps its verdict; from other marts
    it takes the old copy's place, and the old verdict goes. The rules that the build declared go
    with it. Raises PilotageError when these or the marts are missing, or the marts are in use or
    cannot be closed.
    """
    checked_name(edition)
    close_marts(paths.marts_db)
    sha256 = file_sha256(paths.marts_db)
    candidate = paths.candidates / edition / DATABASE
    candidate.parent.mkdir(parents=True, exist_ok=True)
    if not (candidate.is_file() and file_sha256(candidate) == sha256):
        (candidate.parent / VERDICT_FILE).unlink(missing_ok=True)
        copy_file(paths.marts_db, candidate)
        if file_sha256(candidate) != sha256:
            raise PilotageError(
                f"{paths.marts_db} changed while it was copied.\n"
                "Stop the program that writes it, then run again."
            )
    built = read_built(paths)
    carry_rules(paths.warehouse, candidate.parent, built.fingerprint if built else None)
    record = CandidateRecord(
        edition=edition,
        sha256=sha256,
        size_bytes=candidate.stat().st_size,
        base_edition=current_name(paths),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    write_json(candidate.parent / CANDIDATE_FILE, asdict(record))
    return candidate


def close_marts(marts: Path) -> None:
    """Bring everything committed into the one file; a copy without its log would lose rows."""
    if not marts.is_file():
        raise PilotageError(f"There is no {marts}.\nBuild the marts first: `pilotage build`.")
    try:
        with duckdb.connect(str(marts)) as connection:
            connection.execute("checkpoint")
    except duckdb.Error as error:
        raise PilotageError(
            f"{marts} cannot be closed for copying: {str(error).splitlines()[0]}\n"
            "Close the program that has it open, then run again."
        ) from error
    if wal := wal_beside(marts):
        raise PilotageError(
            f"{wal} is still there after a checkpoint: the copy would miss rows.\n"
            "Close the program that has the marts open, then run again."
        )


def read_candidate(directory: Path) -> CandidateRecord | None:
    """Return what is known of the candidate in `directory`, or None when it is not whole."""
    stored = read_json(directory / CANDIDATE_FILE)
    if stored is None or not (directory / DATABASE).is_file():
        return None
    try:
        return CandidateRecord(**stored)
    except TypeError:
        return None
