"""What a command says at its end is said once."""

from pathlib import Path

import pytest

from orchestration.run import steps
from orchestration.system.environment import prepare_environment
from orchestration.terminal.outcome import print_accepted

CONTACTS = """contact_id,channel,direction,disposition,queue_entered_at
c1,kiosk,inbound,answered,2026-06-01T09:00:00Z
c2,phone,inbound,answered,2026-06-01T10:00:00Z
"""


def test_a_code_that_no_seed_knows_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path))
    paths = prepare_environment()
    steps.initialise(paths)
    folder = paths.inbox / "interactions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    report, findings = steps.accept_files(paths)
    print_accepted(paths, report, findings)
    said = " ".join(capsys.readouterr().err.split())
    assert said.count("'kiosk'") == 1
    assert (
        "interactions/contacts: channel 'kiosk' stands in 1 rows, and seeds/channels.csv does not"
        " know it" in said
    )
