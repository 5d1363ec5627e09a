"""The gate: what has to be true of an edition before anybody may read it."""

from .judge import is_complete, judge
from .suites import suites_version
from .verdict import Verdict, describe, read_verdict, write_verdict

__all__ = [
    "Verdict",
    "describe",
    "is_complete",
    "judge",
    "read_verdict",
    "suites_version",
    "write_verdict",
]
