"""The verdict on a candidate: a small sealed file beside it, bound to its bytes and the rules."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.gate.checks import WARNING, CheckResult
from orchestration.system.errors import GateRefused
from orchestration.system.files import write_json
from orchestration.system.seals import SEAL, flaw, sealed

FILE_NAME = "verdict.json"
KIND = "verdict"


@dataclass(frozen=True)
class Verdict:
    """`candidate_sha256` and `suites_version` say what was judged by which rules."""

    candidate_sha256: str
    suites_version: str
    success: bool
    judged_at: str
    checks: tuple[CheckResult, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of checks by what became of them; they add up to `total`."""
        broken = sum(check.exception is not None for check in self.checks)
        warned = sum(_is_mere_warning(check) for check in self.checks)
        passed = sum(check.success for check in self.checks)
        total = len(self.checks)
        return {
            "total": total,
            "passed": passed,
            "failed": total - passed - warned - broken,
            "warned": warned,
            "broken": broken,
        }

    @property
    def asked(self) -> set[tuple[str, str]]:
        """The `(suite, check)` pairs that the verdict answers."""
        return {(check.suite, check.name) for check in self.checks}


def _is_mere_warning(check: CheckResult) -> bool:
    return not check.success and check.exception is None and check.severity == WARNING


def is_passed(checks: Iterable[CheckResult]) -> bool:
    """Fail closed: no check at all is no success."""
    results = list(checks)
    return bool(results) and not any(check.blocks for check in results)


def write_verdict(verdict: Verdict, candidate: Path) -> Path:
    """Write the verdict beside its candidate, whole or not at all, and return its path."""
    path = candidate.parent / FILE_NAME
    write_json(path, sealed(asdict(verdict) | {"counts": verdict.counts}, KIND))
    return path


def read_verdict(candidate: Path) -> Verdict | None:
    """Return the verdict beside `candidate`, or None without one; GateRefused when unsound."""
    path = candidate.parent / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        stored = json.loads(text)
        if said := _flaw(stored):
            raise GateRefused(f"The verdict {path} {said}.\nJudge the candidate again.")
        return _parse(stored)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise GateRefused(
            f"The verdict {path} cannot be read ({type(error).__name__}).\n"
            "Judge the candidate again."
        ) from error


def _flaw(stored: Any) -> str | None:
    """A verdict without a seal is nobody's."""
    return flaw(stored, KIND) if isinstance(stored, dict) and SEAL in stored else "has no seal"


def _parse(stored: dict[str, Any]) -> Verdict:
    """Success is read from the checks as well: a verdict cannot claim what they deny."""
    checks = tuple(CheckResult(**check) for check in stored["checks"])
    return Verdict(
        candidate_sha256=stored["candidate_sha256"],
        suites_version=stored["suites_version"],
        success=stored["success"] is True and is_passed(checks),
        judged_at=stored["judged_at"],
        checks=checks,
    )


def describe(verdict: Verdict) -> str:
    """Return what a person has to know: which rules failed, by how many rows, where to look."""
    counts = verdict.counts
    lines = [_headline(verdict, counts)]
    shown = [check for check in verdict.checks if not check.success]
    for check in sorted(shown, key=lambda one: (not one.blocks, one.suite, one.name)):
        lines.append(f"  {_label(check)} {check.suite} · {check.name}: {_cause(check)}")
    if counts["broken"]:
        lines.append(
            "  The gate itself failed on the broken checks: mend it before blaming the data."
        )
    return "\n".join(lines)


def _headline(verdict: Verdict, counts: dict[str, int]) -> str:
    if not verdict.checks:
        return "Gate: refused, no check was asked."
    outcome = "passed" if verdict.success else "refused"
    rest = ", ".join(f"{counts[kind]} {kind}" for kind in ("failed", "broken", "warned"))
    return f"Gate: {outcome}. {counts['passed']} of {counts['total']} checks passed, {rest}."


def _label(check: CheckResult) -> str:
    if check.exception is not None:
        return "broken "
    return "warning" if check.severity == WARNING else "failed "


def _cause(check: CheckResult) -> str:
    if check.exception is not None:
        return check.exception
    if check.not_run is not None:
        return f"not asked, {check.not_run} is missing."
    if check.unexpected_count is None:
        return check.meaning
    rows = "1 row" if check.unexpected_count == 1 else f"{check.unexpected_count:,} rows"
    return f"{rows}. {check.meaning}"
