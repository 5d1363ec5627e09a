"""Landed tables: files of the inbox become accepted rows under a new batch number."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import LANDING, landing_key, manifest, team
from orchestration.run import steps


def contract_tables() -> list[Mapping[str, Any]]:
    """Return the landing contract's tables; what the program itself writes is none."""
    sources = manifest()["sources"].values()
    return [source for source in sources if source["config"]["meta"].get("key")]


@dg.multi_asset(
    name=LANDING,
    specs=[
        dg.AssetSpec(landing_key(table), description=table["description"], owners=[team("core")])
        for table in contract_tables()
    ],
    group_name=LANDING,
)
def landing(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Accept what stands in the inbox, and say for every table what came."""
    report, findings = steps.accept_files(warehouse.paths)
    for refusal in report.refused:
        context.log.warning(f"{refusal.file} was refused: {refusal.reason}")
    for finding in findings:
        context.log.warning(f"{finding.source}/{finding.table}: {finding.message}")
    came = {(batch.source, batch.table): batch for batch in report.batches}
    for table in contract_tables():
        batch = came.get((table["source_name"], table["name"]))
        yield dg.MaterializeResult(asset_key=landing_key(table), metadata=_counts(batch))


def _counts(batch: Any) -> dict[str, int]:
    """Rows by what became of them; a table that nothing came for has received none."""
    if batch is None:
        return {"received": 0}
    return {
        "batch": batch.batch,
        "received": batch.received,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "duplicate": batch.duplicate,
    }
