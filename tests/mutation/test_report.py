"""Reasons beside the survivors they explain, and those that explain nobody any more."""

from tests.mutation.mutants import mutants_of
from tests.mutation.report import explain
from tests.mutation.world import KILLED, SURVIVED, Verdict

TEXT = "select max(a) from b where c < 1"


def test_a_reason_is_needed_while_its_mutant_survives_or_was_not_drawn() -> None:
    by_before = {one.before: one for one in mutants_of("m", TEXT) if one.after != "true"}
    reasons = [
        {"model": "m", "line": TEXT, "before": before, "after": after, "reason": before}
        for before, after in [("max", "min"), ("<", "<="), ("1", "2"), (">", ">=")]
    ]
    judged = {by_before["max"]: Verdict(SURVIVED), by_before["<"]: Verdict(KILLED)}
    explained = explain(judged, reasons, by_before.values())
    assert [reason for _, reason in explained.survivors] == ["max"]
    # a test kills the one, the other is no mutant of this text; that of the constant was not drawn
    assert [reason["before"] for reason in explained.unused] == ["<", ">"]
