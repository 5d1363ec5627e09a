"""dbt's models, seeds and tests as assets and checks: one build in this process."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import steps
from orchestration.build import BuildReport
from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import TRANSLATOR, manifest


@dbt_assets(manifest=manifest(), dagster_dbt_translator=TRANSLATOR, name="warehouse_build")
def warehouse_build(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[object]:
    """Build what is selected; what dbt finished counts even when a later node fails."""
    report = steps.build_warehouse(
        warehouse.paths, warehouse.as_of_instant, select=_selection(context)
    )
    context.log.info(f"Full refresh: {report.full_refresh or 'no'}")
    yield from _asset_events(context, report)
    if report.error:
        raise report.error


def _selection(context: dg.AssetExecutionContext) -> list[str]:
    """Return dbt selectors of a partial run; none when everything is selected."""
    if not context.is_subset:
        return []
    nodes = manifest()["nodes"]
    specs = context.assets_def.specs_by_key
    ids = [specs[key].metadata["dagster_dbt/unique_id"] for key in context.selected_asset_keys]
    return [".".join(nodes[one]["fqn"]) for one in ids]


def _asset_events(context: dg.AssetExecutionContext, report: BuildReport) -> Iterator[object]:
    for event in report.events:
        message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
        yield from message.to_default_asset_events(
            manifest=manifest(), dagster_dbt_translator=TRANSLATOR, context=context
        )
