"""What is demanded of a candidate and of an edition before the pointer moves to it.

Nobody's word is taken for anything: bytes are hashed again, and records have to be sound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.gate.asked import FILE_NAME as TESTS_FILE
from orchestration.gate.built import FILE_NAME as BUILD_FILE
from orchestration.gate.declared import FILE_NAME as RULES_FILE
from orchestration.gate.declared import read_rules
from orchestration.gate.judge import file_sha256, is_complete
from orchestration.gate.suites import suites_version
from orchestration.gate.verdict import FILE_NAME as VERDICT_FILE
from orchestration.gate.verdict import Verdict, read_verdict
from orchestration.publication.candidate import (
    CANDIDATE_FILE,
    CandidateRecord,
    is_alone,
    read_candidate,
)
from orchestration.publication.editions import EDITION_FILE, EDITION_KIND
from orchestration.publication.files import DATABASE
from orchestration.publication.history import is_as_published, was_published
from orchestration.system.errors import GateRefused
from orchestration.system.files import read_json
from orchestration.system.hashes import Hashes, file_flaws, hash_file
from orchestration.system.paths import DataPaths
from orchestration.system.seals import SEAL, flaw

# All that a candidate's directory holds when it is judged.
CANDIDATE_FILES = frozenset(
    {DATABASE, CANDIDATE_FILE, VERDICT_FILE, RULES_FILE, BUILD_FILE, TESTS_FILE}
)


@dataclass(frozen=True)
class Proof:
    """A candidate that may be published, with what proves it."""

    candidate: CandidateRecord
    verdict: Verdict


def prove(directory: Path, current: str | None) -> Proof:
    """Return the proof for the candidate in `directory`; GateRefused names what is missing.

    The bytes are hashed again now; the verdict has to be on them, by today's suites and the rules
    that the build declared, on every check of these, and passed; and `current`, what readers open,
    has to be the candidate's base.
    """
    database = directory / DATABASE
    refuse_links(directory)
    candidate = read_candidate(directory)
    if candidate is None:
        raise GateRefused(f"There is no whole candidate in {directory}.\nMake it again.")
    verdict = read_verdict(database)
    if verdict is None:
        raise GateRefused(f"{database} has no verdict.\nJudge it first: `pilotage gate`.")
    sha256 = file_sha256(database)
    if candidate.edition != directory.name:
        raise GateRefused(f"{directory} holds the candidate {candidate.edition}.\nMake it again.")
    if sha256 != candidate.sha256 or sha256 != verdict.candidate_sha256:
        raise GateRefused(
            f"{database} is not the file that was judged: its bytes have changed.\n"
            "Make the candidate again and judge it."
        )
    if verdict.suites_version != suites_version(read_rules(directory)):
        raise GateRefused(
            f"The verdict on {database} was given by other rules than today's.\n"
            "Judge the candidate again."
        )
    if not verdict.success:
        raise GateRefused(_refusal(candidate.edition, verdict))
    if not is_complete(verdict, database):
        raise GateRefused(
            f"The verdict on {database} does not answer every check of the gate.\n"
            "Judge the candidate again."
        )
    if candidate.base_edition != current:
        raise GateRefused(
            f"Readers now open {current or 'nothing'}, but {candidate.edition} was made on top of "
            f"{candidate.base_edition or 'nothing'}.\nMake the candidate again and judge it."
        )
    return Proof(candidate, verdict)


def refuse_links(directory: Path) -> None:
    """Raise GateRefused when a candidate is, or holds, a link: what is behind it may change."""
    for path in (directory, *directory.rglob("*")):
        if path.is_symlink() or (path.is_file() and not is_alone(path)):
            raise GateRefused(
                f"{path} is a link: what it leads to may change after it was judged.\n"
                "Remove it, make the candidate again and judge it."
            )


def files_of(directory: Path) -> dict[str, dict[str, Any]]:
    """Return size and hash of every file of an edition but its record, by its path in it."""
    return {
        path.relative_to(directory).as_posix(): {
            "size_bytes": path.stat().st_size,
            "sha256": hash_file(path)[0],
        }
        for path in sorted(directory.rglob("*"))
        if not path.is_dir() and path.name != EDITION_FILE
    }


def edition_flaws(paths: DataPaths, directory: Path, hashes: Hashes | None = None) -> Iterator[str]:
    """Yield a sentence for everything in which an edition is not what was published.

    Without `hashes` its files are known by name and size, and its verdict is not read.
    """
    where = directory / EDITION_FILE
    record = read_json(where)
    if directory.is_symlink():
        yield f"{directory} is a link"
        return
    if record is None or (said := flaw(record, EDITION_KIND)):
        said = said if record else "is missing, or not whole"
        yield f"{where} {said}"
        return
    if record.get("edition") != directory.name:
        yield f"{where} is the record of {record.get('edition')}"
    if was_published(paths, directory.name) and not is_as_published(paths, directory.name):
        yield f"{where} is not the record that was published"
    if missing := [field for field in ("size_bytes", "sha256") if field not in record]:
        yield f"{where} lacks {' and '.join(missing)}"
        return
    # before there were seals the record named one file alone
    whole = {"size_bytes": record["size_bytes"], "sha256": record["sha256"]}
    files = record.get("files", {DATABASE: whole})
    if files.get(DATABASE) != whole:
        yield f"{where} does not agree with itself"
    for name, recorded in files.items():
        yield from file_flaws(directory / name, recorded, hashes)
    if SEAL in record:
        for path in sorted(directory.rglob("*")):
            name = path.relative_to(directory).as_posix()
            if path.is_symlink() or not (path.is_dir() or name in files or name == EDITION_FILE):
                yield f"{path} was not published"
    if hashes:
        yield from _verdict_flaws(directory, record["sha256"])


def _verdict_flaws(directory: Path, sha256: str) -> Iterator[str]:
    try:
        verdict = read_verdict(directory / DATABASE)
    except GateRefused as refused:
        yield str(refused).splitlines()[0].rstrip(".")
        return
    if verdict is None or not verdict.success or verdict.candidate_sha256 != sha256:
        yield f"{directory / VERDICT_FILE} does not say that these bytes passed the gate"


def _refusal(edition: str, verdict: Verdict) -> str:
    """Return what refused the edition, in two lines; `describe` has the rest."""
    blocking = [check for check in verdict.checks if check.blocks]
    if not blocking:
        return f"The gate refused {edition}: no check was asked.\nJudge the candidate again."
    broken = sum(check.exception is not None for check in blocking)
    first = f"{blocking[0].suite} · {blocking[0].name}"
    others = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
    cause = f"{broken} could not be asked" if broken else "the data break the rule"
    return (
        f"The gate refused {edition}: {first}{others} failed ({cause}).\n"
        "The last good edition stays published; `pilotage gate` shows every failed check."
    )
