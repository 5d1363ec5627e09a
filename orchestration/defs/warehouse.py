"""dbt's models, seeds and tests as assets and checks: one build in this process."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from google.protobuf.json_format import MessageToDict

from orchestration import steps
from orchestration.build import BuildReport, Part
from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import TRANSLATOR, manifest
from orchestration.stopping import obeyed


@dbt_assets(manifest=manifest(), dagster_dbt_translator=TRANSLATOR, name="warehouse_build")
def warehouse_build(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[object]:
    """Build what is selected; what dbt finished counts even when a later node fails."""
    try:
        # Dagster's own interrupt would leave dbt's threads to their queries.
        with obeyed(last_words=None):
            report = steps.build_warehouse(
                warehouse.paths, warehouse.as_of_instant, _selected_part(context)
            )
    except KeyboardInterrupt:
        raise dg.DagsterExecutionInterruptedError from None
    context.log.info(f"Built: {report.how}")
    yield from _asset_events(context, report)
    if report.error:
        raise report.error


def _selected_part(context: dg.AssetExecutionContext) -> Part | None:
    """Return the part of a partial run; None when everything is selected."""
    if not context.is_subset:
        return None
    nodes = manifest()["nodes"]
    specs = context.assets_def.specs_by_key
    ids = [specs[key].metadata["dagster_dbt/unique_id"] for key in context.selected_asset_keys]
    return Part([".".join(nodes[one]["fqn"]) for one in ids])


def _asset_events(context: dg.AssetExecutionContext, report: BuildReport) -> Iterator[object]:
    """Yield what dbt built and tested; what news did not reach counts as it stands.

    Without an event of its own an asset would keep those downstream of it from running.
    """
    left = set(context.selected_asset_keys)
    for event in report.events:
        raw = MessageToDict(event, preserving_proto_field_name=True)
        message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
        for found in message.to_default_asset_events(
            manifest=manifest(), dagster_dbt_translator=TRANSLATOR, context=context
        ):
            if isinstance(found, dg.Output):
                left.discard(context.asset_key_for_output(found.output_name))
            yield found
    if report.error is None:
        for key in sorted(left):
            yield dg.MaterializeResult(asset_key=key, metadata={"reached_by_news": False})
