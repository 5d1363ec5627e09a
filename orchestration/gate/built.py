"""What a build has done, counted against the project: its proof, without which nothing is judged.

A build leaves it beside the warehouse, sealed, and each candidate carries a copy. It says how many
models, seeds and tests the project has, how many of them this build made or asked with success, and
how many stand as an earlier build of the same project made and asked them; and which bytes of the
marts, and which rules, came of it.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from orchestration.gate.declared import FILE_NAME as RULES_FILE
from orchestration.system.files import carry_file, read_json, write_json
from orchestration.system.hashes import hash_file
from orchestration.system.seals import sealed, unsealed

KIND = "build"
FILE_NAME = "build.json"
SUITE, CHECK = "the build", "everything_was_built_and_tested"
MEANING = (
    "Every model, seed and test of the project was built or asked, and these bytes came of it."
)


@dataclass(frozen=True)
class BuildProof:
    """Counts are of nodes. `nodes_sha256` is the hash of the ids of all that the project has."""

    edition: str
    project_fingerprint: str
    expected: int
    done: int
    standing: int
    tests: int
    nodes_sha256: str
    marts_sha256: str
    rules_sha256: str


def nodes_hash(nodes: Collection[str]) -> str:
    return sha256("\n".join(sorted(nodes)).encode()).hexdigest()


def write_proof(warehouse: Path, proof: BuildProof) -> None:
    write_json(warehouse / FILE_NAME, sealed(asdict(proof), KIND))


def forget_proof(warehouse: Path) -> None:
    (warehouse / FILE_NAME).unlink(missing_ok=True)


def read_proof(directory: Path) -> BuildProof | None:
    """Return the proof that stands in `directory`; None when there is none that is sound."""
    return unsealed(read_json(directory / FILE_NAME), KIND, BuildProof)


def carry_proof(warehouse: Path, candidate: Path) -> None:
    """Copy the proof of the last build into a candidate's directory, where there is one."""
    carry_file(warehouse / FILE_NAME, candidate / FILE_NAME)


def unproven(directory: Path, candidate_sha256: str) -> str | None:
    """Return why the candidate in `directory` is not proven to be a whole build; None if it is."""
    return next(_doubts(directory, candidate_sha256), None)


def _doubts(directory: Path, candidate_sha256: str) -> Iterator[str]:
    proof = read_proof(directory)
    if proof is None:
        yield "there is no sound record of the build"
        return
    if proof.marts_sha256 != candidate_sha256:
        yield "these are not the bytes that the build left"
    if proof.rules_sha256 != hash_file(directory / RULES_FILE)[0]:
        yield "these are not the rules that the build left"
    if proof.done + proof.standing != proof.expected or not proof.expected or not proof.tests:
        yield (
            f"of {proof.expected} models, seeds and tests {proof.done} were built or asked and "
            f"{proof.standing} stand from before"
        )
