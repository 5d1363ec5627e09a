"""What a command has shown is on the disk, whatever a file system forgets."""

from pathlib import Path

import pytest

from tests.faults.kills import CASES
from tests.faults.power import what_power_takes
from tests.faults.victim import processes


@pytest.mark.parametrize("command", ["accept", "gate", "publish", "rollback", "forget"])
def test_no_power_loss_takes_what_was_shown(tmp_path: Path, command: str) -> None:
    [case] = [one for one in CASES if one.command == command]
    world, order = case.make(tmp_path / "world")
    listed = tmp_path / "listed"
    process = processes().Process(target=what_power_takes, args=(command, world, order, listed))
    process.start()
    process.join()
    assert process.exitcode == 0
    renamed, *lost = listed.read_text(encoding="utf-8").split("\n")
    assert int(renamed) > 2
    assert lost == []
