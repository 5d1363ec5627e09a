"""Take a strange batch for true: a person says so, with a reason, and the ledger keeps both."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.landing.commit import commit, recover, stage
from orchestration.landing.ledger import (
    BatchRecord,
    forget_refusals,
    last_link,
    latest_batch,
    read_held,
    records,
)
from orchestration.system.errors import UsageError
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths


@dataclass(frozen=True)
class Taken:
    """What was taken for true: a batch that landed, or the files of one that was held back."""

    batch: int
    source: str
    table: str
    strange: list[dict[str, Any]]
    is_held: bool


def take_for_true(paths: DataPaths, which: str, by: str, because: str) -> Taken:
    """Record that the batch `which` is true, and return what it was.

    `which` is the number of a batch that landed, or `source/table` of one that was held back: its
    files are then accepted by the next run. The record is an empty batch of the same table, so that
    the ledger is only ever added to. UsageError when there is no such strange batch, or nobody and
    no reason is named.
    """
    by, because = by.strip(), because.strip()
    if not by or not because:
        raise UsageError("Say who accepts it and why: --by NAME --because REASON.")
    with hold(paths, "accept-batch"):
        recover(paths)
        found, is_held = _find(paths, which)
        said: dict[str, Any] = {
            "by": by,
            "because": because,
            "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        if is_held:
            checks = [[one["check"], one["column"]] for one in found.strange]
            said |= {
                "files": [file.sha256 for file in found.files],
                "names": [file.name for file in found.files],
                "received": found.received,
                "checks": checks,
            }
        else:
            said["batch"] = found.batch
        batch = latest_batch(paths) + 1
        staged = stage(paths, batch)
        record = BatchRecord(
            batch=batch,
            source=found.source,
            table=found.table,
            accepted_at=said["at"],
            files=[],
            received=0,
            accepted=0,
            quarantined=0,
            duplicate=0,
            unknown_columns=[],
            contract_sha256=found.contract_sha256,
            accepts=[said],
            previous=last_link(paths),
        )
        commit(paths, staged, record, lambda step: None)
        shutil.rmtree(staged, ignore_errors=True)
        if is_held:
            forget_refusals(paths, [f"{found.source}/{file.name}" for file in found.files])
    return Taken(batch, str(found.source), str(found.table), found.strange, is_held)


def _find(paths: DataPaths, which: str) -> tuple[BatchRecord, bool]:
    known, held = records(paths), read_held(paths)
    if not which.isdigit():
        for record in held:
            if f"{record.source}/{record.table}" == which:
                return record, True
        listed = ", ".join(f"{one.source}/{one.table}" for one in held) or "none"
        raise UsageError(f"No batch of {which} is held back; held back are: {listed}.")
    done = {one.get("batch") for record in known for one in record.accepts}
    for record in known:
        if record.batch == int(which):
            if not record.strange or record.batch in done:
                raise UsageError(
                    f"Nothing about batch {which} is strange, or it was accepted before."
                )
            return record, False
    raise UsageError(f"There is no batch {which}: `pilotage accept` says their numbers.")
