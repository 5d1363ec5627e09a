"""The gate: what has to be true of an edition before anybody may read it."""

from orchestration.gate.judge import is_complete, judge
from orchestration.gate.suites import suites_version
from orchestration.gate.verdict import Verdict, describe, read_verdict, write_verdict

__all__ = [
    "Verdict",
    "describe",
    "is_complete",
    "judge",
    "read_verdict",
    "suites_version",
    "write_verdict",
]
