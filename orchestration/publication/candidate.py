"""A candidate: the closed bytes of the marts, copied once, judged, and published as they are."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.gate.asked import carry_results
from orchestration.gate.built import carry_proof, read_proof
from orchestration.gate.declared import carry_rules
from orchestration.gate.judge import file_sha256
from orchestration.gate.verdict import FILE_NAME as VERDICT_FILE
from orchestration.publication.editions import checked_name, current_name
from orchestration.publication.files import DATABASE
from orchestration.system.errors import PilotageError
from orchestration.system.files import copy_file, read_json, write_json
from orchestration.system.paths import DataPaths
from orchestration.system.seals import sealed, unsealed
from orchestration.warehouse.marts import close_marts
from orchestration.warehouse.run_context import read_built

CANDIDATE_FILE = "candidate.json"
KIND = "candidate"


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
    it takes the old copy's place, and the old verdict goes. The rules that the build declared,
    its proof and the results of its tests go with it. Raises PilotageError when these or the marts
    are missing, the marts are in use or cannot be closed, or are not as the build left them.
    """
    checked_name(edition)
    close_marts(paths.marts_db)
    sha256 = file_sha256(paths.marts_db)
    proof = read_proof(paths.warehouse)
    if proof is not None and proof.edition == edition and proof.marts_sha256 != sha256:
        raise PilotageError(
            f"{paths.marts_db} is not what the build left: somebody wrote to it since.\n"
            "Run `pilotage build`."
        )
    candidate = paths.candidates / edition / DATABASE
    if any(path.is_symlink() for path in (candidate.parent, candidate)):
        raise PilotageError(f"{candidate.parent} holds or is a link.\nRemove it, then run again.")
    candidate.parent.mkdir(parents=True, exist_ok=True)
    if not (candidate.is_file() and is_alone(candidate) and file_sha256(candidate) == sha256):
        (candidate.parent / VERDICT_FILE).unlink(missing_ok=True)
        copy_file(paths.marts_db, candidate)
        if file_sha256(candidate) != sha256:
            raise PilotageError(
                f"{paths.marts_db} changed while it was copied.\n"
                "Stop the program that writes it, then run again."
            )
    built = read_built(paths)
    carry_proof(paths.warehouse, candidate.parent)
    carry_results(paths.warehouse, candidate.parent)
    carry_rules(paths.warehouse, candidate.parent, built.fingerprint if built else None)
    record = CandidateRecord(
        edition=edition,
        sha256=sha256,
        size_bytes=candidate.stat().st_size,
        base_edition=current_name(paths),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    write_json(candidate.parent / CANDIDATE_FILE, sealed(asdict(record), KIND))
    return candidate


def is_alone(path: Path) -> bool:
    """True of a file with one name: nobody can write to it under another."""
    return path.lstat().st_nlink == 1


def read_candidate(directory: Path) -> CandidateRecord | None:
    """Return what is known of the candidate in `directory`, or None when it is not whole."""
    if not (directory / DATABASE).is_file():
        return None
    return unsealed(read_json(directory / CANDIDATE_FILE), KIND, CandidateRecord)
