"""How a batch becomes visible: prepared aside, then one rename; and what a crash leaves behind.

The order is: everything in `landing/.staging/<n>/`, on disk; the record, pending; the quarantined
rows; the accepted directory, whose rename is the commit; the record under its final name. A batch
whose accepted directory exists is rolled forward by the next start, any other is rolled back.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from orchestration.landing.ledger import (
    PENDING,
    BatchRecord,
    read_pending,
    record_path,
    write_pending,
)
from orchestration.system.errors import PilotageError
from orchestration.system.files import PARTIAL, directory, move, private_directory, sync
from orchestration.system.paths import DataPaths

# Called with the name of each step that is done; tests stop the program there.
Hook = Callable[[str], None]


def staging(paths: DataPaths) -> Path:
    """Where batches are prepared: beside the accepted rows, so that a rename is enough."""
    return paths.accepted.parent / ".staging"


def stage(paths: DataPaths, batch: int) -> Path:
    """Make the empty private directory in which a batch is prepared."""
    private_directory(staging(paths))
    staged = staging(paths) / f"{batch:08d}"
    shutil.rmtree(staged, ignore_errors=True)
    private_directory(staged)
    (staged / "accepted").mkdir()
    private_directory(staged / "quarantine")
    private_directory(staged / "spill")
    return staged


def accepted_directory(paths: DataPaths, source: str, table: str, batch: int) -> Path:
    return paths.accepted / source / table / f"batch={batch}"


def quarantine_directory(paths: DataPaths, source: str, table: str, batch: int) -> Path:
    return paths.quarantine / source / table / f"batch={batch}"


def commit(paths: DataPaths, staged: Path, record: BatchRecord, on_step: Hook) -> None:
    """Make a staged batch visible, all of it or nothing."""
    where = (paths, str(record.source), str(record.table), record.batch)
    accepted, quarantine = accepted_directory(*where), quarantine_directory(*where)
    directory(accepted.parent)
    for file in [*(staged / "accepted").iterdir(), *(staged / "quarantine").iterdir()]:
        sync(file)
    sync(staged / "accepted")
    sync(staged / "quarantine")
    on_step("staged")
    pending = write_pending(paths, record)
    on_step("pending record written")
    if any((staged / "quarantine").iterdir()):
        for above in (paths.quarantine, quarantine.parent.parent, quarantine.parent):
            private_directory(above)
        move(staged / "quarantine", quarantine)
        on_step("quarantine moved")
    move(staged / "accepted", accepted)
    on_step("accepted rows moved")
    move(pending, record_path(paths, record.batch))
    on_step("record final")


def recover(paths: DataPaths) -> None:
    """Bring the landing back to whole batches after a crash; nothing to do after a clean end.

    Raises `PilotageError` when rows and ledger disagree in a way that no crash explains.
    """
    shutil.rmtree(staging(paths), ignore_errors=True)
    for draft in paths.batches.glob(f".*{PARTIAL}"):
        draft.unlink(missing_ok=True)
    for pending in sorted(paths.batches.glob(f"*.json{PENDING}")):
        record = read_pending(pending)
        if _directory(paths.accepted, record).is_dir():
            move(pending, record_path(paths, record.batch))
        else:
            pending.unlink()
    _drop_orphaned_quarantine(paths)


def assert_whole(paths: DataPaths, known: list[BatchRecord]) -> None:
    """Refuse to go on when accepted rows and ledger do not name the same batches."""
    recorded = {_directory(paths.accepted, record): record.batch for record in known}
    for rows, batch in recorded.items():
        if not rows.is_dir():
            raise PilotageError(
                f"The rows of batch {batch} are missing: restore {rows}, or delete "
                f"{record_path(paths, batch)} to accept its files again"
            )
    for rows in paths.accepted.glob("*/*/batch=*"):
        if rows not in recorded and rows.name != "batch=0":
            raise PilotageError(
                f"{rows} has no record in {paths.batches}: restore the record, or move the "
                "directory away and run again"
            )


def _directory(root: Path, record: BatchRecord) -> Path:
    return root / str(record.source) / str(record.table) / f"batch={record.batch}"


def _drop_orphaned_quarantine(paths: DataPaths) -> None:
    """Rows set aside for a batch that never came to be: its file is still in the inbox."""
    for rows in paths.quarantine.glob("*/*/batch=*"):
        number = rows.name.removeprefix("batch=")
        if number.isdigit() and not record_path(paths, int(number)).exists():
            shutil.rmtree(rows)
