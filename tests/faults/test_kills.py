"""A command that is killed at any of its steps leaves nothing that the next does not mend."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.kills import CASES, kill_all
from tests.faults.readers import BACK, FORTH, Backward, Found, read

SMOKED = ("accept", "publish")


@pytest.mark.parametrize("command", SMOKED)
def test_a_kill_at_each_named_step_is_mended(tmp_path: Path, command: str) -> None:
    [case] = [one for one in CASES if one.command == command]
    kills, counted = kill_all(tmp_path, [replace(case, at_random=0, each_of_a_name=1)])
    assert len(kills) > 15
    assert [one for one in kills if one.found] == []
    seen = counted[command]
    assert seen["reads"] > 0
    assert (seen["torn"], seen["backward"], seen["incomplete"]) == (0, 0, 0)
