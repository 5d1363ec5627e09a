"""What the publisher demands to see before it moves anything: it takes nobody's word for it."""

from dataclasses import dataclass
from pathlib import Path

from orchestration.gate.declared import read_rules
from orchestration.gate.judge import file_sha256, is_complete
from orchestration.gate.suites import suites_version
from orchestration.gate.verdict import Verdict, read_verdict
from orchestration.publication.candidate import CandidateRecord, read_candidate
from orchestration.publication.files import DATABASE
from orchestration.system.errors import GateRefused


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
    candidate = read_candidate(directory)
    if candidate is None:
        raise GateRefused(f"There is no whole candidate in {directory}.\nMake it again.")
    verdict = read_verdict(database)
    if verdict is None:
        raise GateRefused(f"{database} has no verdict.\nJudge it first: `pilotage gate`.")
    sha256 = file_sha256(database)
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
