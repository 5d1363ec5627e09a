"""dbt's models, seeds and tests as assets and checks: one build in this process."""

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from google.protobuf.json_format import MessageToDict

from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import TRANSLATOR, manifest
from orchestration.run import steps
from orchestration.system.stopping import obeyed
from orchestration.warehouse.build import BuildReport, Part


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
    return Part([".".join(nodes[one]["fqn"]) for one in _assets_by_node(context)])


def _asset_events(context: dg.AssetExecutionContext, report: BuildReport) -> Iterator[object]:
    """Yield what dbt built and tested, in the order of the graph, as Dagster demands.

    What news did not reach counts as it stands: without an event of its own an asset would keep
    those downstream of it from running.
    """
    came: dict[str, list[dict]] = {}
    for event in report.events:
        raw = MessageToDict(event, preserving_proto_field_name=True)
        came.setdefault(raw["data"]["node_info"]["unique_id"], []).append(raw)
    left = {} if report.error else _assets_by_node(context)
    for node in _in_order():
        for raw in came.get(node, []):
            message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
            yield from message.to_default_asset_events(
                manifest=manifest(), dagster_dbt_translator=TRANSLATOR, context=context
            )
        if node in left and node not in came:
            yield dg.MaterializeResult(asset_key=left[node], metadata={"reached_by_news": False})


def _assets_by_node(context: dg.AssetExecutionContext) -> dict[str, dg.AssetKey]:
    """Return the selected assets by the unique id of their node."""
    specs = context.assets_def.specs_by_key
    return {
        specs[key].metadata["dagster_dbt/unique_id"]: key for key in context.selected_asset_keys
    }


def _in_order() -> Iterable[str]:
    """Return the unique ids of all nodes, each after those that it reads."""
    nodes = manifest()["nodes"].items()
    graph = {key: node["depends_on"].get("nodes", []) for key, node in nodes}
    return TopologicalSorter(graph).static_order()
