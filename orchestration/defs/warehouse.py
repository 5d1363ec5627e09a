"""dbt's models, seeds and tests as assets and checks: one build in this process."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import build_dbt_asset_specs

from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import TRANSLATOR, made_nothing, manifest
from orchestration.run import steps
from orchestration.system.stopping import obeyed
from orchestration.warehouse.build import BuildReport, Part

TESTS = "tests"


@cache
def _in_order() -> Sequence[str]:
    """Return the unique ids of all nodes, each after those that it reads."""
    nodes = manifest()["nodes"].items()
    graph = {key: node["depends_on"].get("nodes", []) for key, node in nodes}
    return tuple(TopologicalSorter(graph).static_order())


def _tested() -> dict[str, str]:
    """Return for each test the node that it speaks of: of several the one furthest down."""
    nodes, positions = manifest()["nodes"], {one: at for at, one in enumerate(_in_order())}
    found = {}
    for key, node in nodes.items():
        if node["resource_type"] == "test":
            read = [one for one in node["depends_on"]["nodes"] if one in _built_nodes()]
            attached = node.get("attached_node")
            if read:
                found[key] = attached if attached in read else max(read, key=positions.__getitem__)
    return found


@cache
def _built_nodes() -> Mapping[str, dg.AssetKey]:
    """Return the asset of every model and seed, by unique id."""
    nodes = manifest()["nodes"].values()
    built = (one for one in nodes if one["resource_type"] in ("model", "seed"))
    return {one["unique_id"]: TRANSLATOR.get_asset_key(one) for one in built}


@dg.multi_asset(
    name="warehouse_build",
    specs=build_dbt_asset_specs(manifest=manifest(), dagster_dbt_translator=TRANSLATOR),
    # One check a table for all its tests. It blocks nothing by itself: a failed test fails the
    # build, and with it this step.
    check_specs=[
        dg.AssetCheckSpec(TESTS, asset=_built_nodes()[one], description="dbt's tests of the table.")
        for one in sorted(set(_tested().values()))
    ],
    can_subset=True,
)
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

    What news did not reach counts as it stands.
    """
    results = {event.data.node_info.unique_id: event.data for event in report.events}
    tests: dict[str, list[Any]] = {}
    for test, node in _tested().items():
        if test in results:
            tests.setdefault(node, []).append(results[test])
    left = {} if report.error else _assets_by_node(context)
    selected = context.selected_asset_keys
    for node in _in_order():
        key = _built_nodes().get(node)
        if key is None or key not in selected:
            continue
        if node in results and _status(results[node]) == "success":
            yield dg.MaterializeResult(asset_key=key, metadata=_built(results[node]))
        elif node in left and node not in results:
            yield made_nothing(key)
        if node in tests and dg.AssetCheckKey(key, TESTS) in context.selected_asset_check_keys:
            yield _check_result(key, tests[node])


def _status(result: Any) -> str:
    return str(result.node_info.node_status or result.status).lower()


def _built(result: Any) -> dict[str, float]:
    return {"Execution Duration": result.execution_time}


def _check_result(key: dg.AssetKey, tests: Sequence[Any]) -> dg.AssetCheckResult:
    """Return one answer for all tests of a table, with those that found rows."""
    failed = {one.name: one.num_failures for one in tests if _status(one) != "pass"}
    return dg.AssetCheckResult(
        check_name=TESTS,
        asset_key=key,
        passed=not failed,
        metadata={"tests": len(tests), "failed": failed or "none"},
    )


def _assets_by_node(context: dg.AssetExecutionContext) -> dict[str, dg.AssetKey]:
    """Return the selected assets by the unique id of their node."""
    selected = context.selected_asset_keys
    return {node: key for node, key in _built_nodes().items() if key in selected}
