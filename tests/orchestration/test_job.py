"""What a failed job says in its own name."""

from orchestration.errors import GateRefused
from orchestration.job import _own_error


def test_the_own_error_is_found_behind_the_wrapping() -> None:
    own = GateRefused("refused")
    wrapped = RuntimeError("step failed")
    wrapped.__cause__ = ValueError("inner")
    wrapped.__cause__.__context__ = own
    assert _own_error(wrapped) is own


def test_errors_that_name_each_other_end_the_search() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__context__, other.__context__ = other, one
    assert _own_error(one) is None
