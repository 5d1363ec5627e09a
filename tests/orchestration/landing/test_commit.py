"""A batch is there whole or not at all, wherever the program is stopped."""

import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from orchestration.landing.ledger import latest_batch, records
from orchestration.system import files
from orchestration.system.errors import PilotageError
from orchestration.system.paths import PROJECT_ROOT
from tests.orchestration.killing import Killed

STEPS = [
    "staged",
    "pending record written",
    "quarantine moved",
    "accepted rows moved",
    "record final",
]
FIRST = "event_id,kind,amount\ne1,asked,1\n"
SECOND = "event_id,kind,amount\ne1,asked,1\ne2,asked,2\ne1,asked,9\ne3,,\ne4\n"


def expected_in_the_end(landing) -> None:
    landing.assert_whole()
    assert landing.rows("contact_events", "event_id, batch") == [("e1", 1), ("e2", 2)]
    assert [record.batch for record in records(landing.paths)] == [1, 2]
    assert [row for row, _ in landing.quarantined("contact_events")] == [3, 4, 5]
    assert latest_batch(landing.paths) == 2


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_whole_batches(landing, step: str) -> None:
    landing.drop("contact_events_1.csv", FIRST)
    landing.accept()
    landing.drop("contact_events_2.csv", SECOND)

    def stop(done: str) -> None:
        if done == step:
            raise Killed

    with pytest.raises(Killed):
        landing.accept(on_step=stop)
    visible = landing.rows("contact_events", "event_id")
    is_committed = STEPS.index(step) >= STEPS.index("accepted rows moved")
    assert visible == ([("e1",), ("e2",)] if is_committed else [("e1",)])

    report = landing.accept()
    assert len(report.batches) == (0 if is_committed else 1)
    expected_in_the_end(landing)
    assert landing.accept().batches == []


@pytest.mark.parametrize("rename", range(6))
def test_a_crash_before_any_rename_leaves_whole_batches(landing, monkeypatch, rename: int) -> None:
    landing.drop("contact_events_1.csv", FIRST)
    landing.accept()
    landing.drop("contact_events_2.csv", SECOND)
    done = []
    real = files.move

    def move(source: Path, target: Path) -> None:
        if len(done) == rename:
            raise Killed
        done.append(target)
        real(source, target)

    for module in ("system.files", "landing.commit", "landing.initialise"):
        monkeypatch.setattr(f"orchestration.{module}.move", move)
    try:
        landing.accept()
    except Killed:
        assert len(done) == rename
    else:
        assert len(done) <= rename
    monkeypatch.undo()
    landing.accept()
    expected_in_the_end(landing)


def test_a_real_kill_is_survived(landing, tmp_path) -> None:
    landing.drop("contact_events_1.csv", FIRST)
    landing.accept()
    landing.drop("contact_events_2.csv", SECOND)
    program = f"""
        import os
        from pathlib import Path
        from orchestration.landing.accept import accept
        from orchestration.landing.contract import load_contract
        from orchestration.system.paths import DataPaths
        from tests.orchestration.landing.conftest import write_contract

        contract = load_contract(write_contract(Path({str(tmp_path / "project")!r})))
        accept(DataPaths(Path({str(landing.paths.root)!r})), contract,
            on_step=lambda step: os._exit(9) if step == "accepted rows moved" else None)
    """
    ended = subprocess.run([sys.executable, "-c", dedent(program)], cwd=PROJECT_ROOT, check=False)
    assert ended.returncode == 9
    assert landing.accept().batches == []
    expected_in_the_end(landing)


def test_a_crash_in_the_first_run_of_all_is_survived(landing) -> None:
    landing.drop("contact_events_1.csv", FIRST)

    def stop(done: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        landing.accept(on_step=stop)
    assert landing.accept().accepted == 1
    landing.assert_whole()


DISK_FULL = """
    import resource
    from pathlib import Path
    from orchestration.system.errors import PilotageError
    from orchestration.landing.accept import accept
    from orchestration.landing.contract import load_contract
    from orchestration.system.paths import DataPaths
    from tests.orchestration.landing.conftest import write_contract

    contract = load_contract(write_contract(Path({project!r})))
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    try:
        accept(DataPaths(Path({data!r})), contract)
    except PilotageError as error:
        print(error)
"""


@pytest.mark.parametrize("limit", [100, 20_000])
def test_a_full_disk_leaves_nothing_half_written(landing, tmp_path, limit: int) -> None:
    landing.drop("contact_events_1.csv", FIRST)
    landing.accept()
    lines = "".join(f"e{number},{hash(str(number))},{number}\n" for number in range(2, 5_000))
    landing.drop("contact_events_2.csv", "event_id,kind,amount\n" + lines)
    program = dedent(DISK_FULL).format(
        project=str(tmp_path / "project"), limit=limit, data=str(landing.paths.root)
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.startswith("Cannot read or write under") and "free space" in ended.stdout
    assert ended.stdout.count("\n") == 1
    landing.assert_whole()
    assert len(landing.rows("contact_events")) == 1
    assert landing.accept().accepted == 4_998
    landing.assert_whole()


def test_a_directory_that_cannot_be_written_is_a_clear_error(landing, monkeypatch) -> None:
    landing.drop("contact_events_1.csv", FIRST)

    def closed(source: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    landing.accept()
    landing.drop("contact_events_2.csv", SECOND)
    monkeypatch.setattr("orchestration.landing.commit.move", closed)
    with pytest.raises(PilotageError, match=r"Cannot read or write under .*Permission denied"):
        landing.accept()
    monkeypatch.undo()
    landing.accept()
    expected_in_the_end(landing)


def test_rows_without_record_and_records_without_rows_are_not_passed_over(landing) -> None:
    landing.drop("contact_events_1.csv", FIRST)
    landing.accept()
    directory = landing.paths.accepted / "calls" / "contact_events" / "batch=1"
    aside = landing.paths.root / "aside"
    shutil.move(directory, aside)
    with pytest.raises(PilotageError, match="rows of batch 1 are missing: restore"):
        landing.accept()
    shutil.move(aside, directory)
    record = landing.paths.batches / "00000001.json"
    shutil.move(record, aside)
    with pytest.raises(PilotageError, match="has no record"):
        landing.accept()
    shutil.move(aside, record)
    landing.accept()
    landing.assert_whole()


def test_a_broken_record_is_named(landing) -> None:
    landing.drop("contact_events_1.csv", FIRST)
    landing.accept()
    (landing.paths.batches / "00000001.json").write_text("{")
    with pytest.raises(PilotageError, match=r"00000001\.json is not a readable record"):
        landing.accept()
