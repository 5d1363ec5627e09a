"""Landed tables: files of the inbox become accepted rows under a new batch number."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import dagster as dg

from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import LANDING, landing_key, made_nothing, manifest, team
from orchestration.gate.freshness import promises
from orchestration.run import steps
from orchestration.system.paths import PROJECT_ROOT


def contract_tables() -> list[Mapping[str, Any]]:
    """Return the landing contract's tables; what the program itself writes is none."""
    sources = manifest()["sources"].values()
    return [source for source in sources if source["config"]["meta"].get("key")]


@cache
def _promised_hours() -> Mapping[tuple[str, str], float]:
    return promises(PROJECT_ROOT / "seeds" / "sources.csv")


def _policy(table: Mapping[str, Any]) -> dg.FreshnessPolicy | None:
    """Return what the table's source promises, by the clock; None where it promises nothing."""
    hours = _promised_hours().get((table["source_name"], table["name"]))
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=hours)) if hours else None


@dg.multi_asset(
    name=LANDING,
    specs=[
        dg.AssetSpec(
            landing_key(table),
            description=table["description"],
            owners=[team("core")],
            group_name=f"{LANDING}_{table['source_name']}",
            freshness_policy=_policy(table),
        )
        for table in contract_tables()
    ],
)
def landing(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[object]:
    """Accept what stands in the inbox, and say for every table for which something came what."""
    report, findings = steps.accept_files(warehouse.paths)
    for refusal in report.refused:
        context.log.warning(f"{refusal.file} was refused: {refusal.reason}")
    for finding in findings:
        context.log.warning(f"{finding.source}/{finding.table}: {finding.message}")
    came = {(batch.source, batch.table): batch for batch in report.batches}
    for table in contract_tables():
        key, batch = landing_key(table), came.get((table["source_name"], table["name"]))
        if batch is None:
            yield made_nothing(key)
        else:
            yield dg.MaterializeResult(asset_key=key, metadata=_counts(batch))


def _counts(batch: Any) -> dict[str, int]:
    """Rows by what became of them."""
    return {
        "batch": batch.batch,
        "received": batch.received,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "duplicate": batch.duplicate,
    }
