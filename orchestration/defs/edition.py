"""From marts to readers: the candidate, the gate that judges it, the edition that it becomes."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs.resources import Warehouse
from orchestration.defs.translator import TRANSLATOR, manifest, team
from orchestration.gate.checks import CheckResult
from orchestration.gate.declared import PUBLISHED
from orchestration.publication.findings import counted, read_findings
from orchestration.run import steps
from orchestration.run.announce import announce_edition

WHOLE_FILE = "whole_file"
OWNERS = [team("core")]


def _marts() -> list[dict[str, Any]]:
    """Return the manifest's nodes that stand in the marts file: models, and readers' seeds."""
    nodes = manifest()["nodes"].values()
    tables = (one for one in nodes if one["resource_type"] in ("model", "seed"))
    return [one for one in tables if one["database"] == PUBLISHED]


@dg.asset(
    deps=[TRANSLATOR.get_asset_key(one) for one in _marts()],
    group_name="publication",
    owners=OWNERS,
)
def candidate(warehouse: Warehouse) -> dg.MaterializeResult:
    """One closed copy of the marts, as readers would get it."""
    path = steps.make_candidate(warehouse.paths)
    return dg.MaterializeResult(
        metadata={"path": dg.MetadataValue.path(path), "bytes": path.stat().st_size}
    )


def _check_names() -> dict[str, str]:
    """Name one asset check per table; what is asked of the file as a whole is one more."""
    return {
        f"{one['schema']}.{one['alias']}": f"{one['schema']}__{one['alias']}" for one in _marts()
    }


@dg.multi_asset_check(
    name="gate",
    specs=[
        dg.AssetCheckSpec(name, asset=candidate, blocking=True)
        for name in [*_check_names().values(), WHOLE_FILE]
    ],
)
def gate(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Ask every rule of the gate; one check per published table.

    Raises GateRefused after the answers, so that whoever waits for the run sees why.
    """
    names = _check_names()
    answers: dict[str, list[CheckResult]] = {name: [] for name in [*names.values(), WHOLE_FILE]}
    verdict = steps.judge_candidate(warehouse.paths)
    for result in verdict.checks:
        table = result.suite.rpartition(": ")[2]
        answers[names.get(table, WHOLE_FILE)].append(result)
    for name, results in answers.items():
        yield _check_result(name, results)
    if not verdict.success:
        raise steps.refusal(warehouse.paths, verdict)


def _check_result(name: str, results: list[CheckResult]) -> dg.AssetCheckResult:
    """Fail when a result blocks, warn when only warnings failed.

    Whether every question was asked is for the publisher, who demands the whole verdict.
    """
    failed = [one.name for one in results if not one.success]
    blocks = any(one.blocks for one in results)
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=candidate.key,
        passed=not failed and not blocks,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        metadata={"checks": len(results), "failed": ", ".join(failed) or "none"},
    )


@dg.asset(deps=[candidate], group_name="publication", owners=OWNERS)
def edition(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """What readers open: the judged candidate, behind one pointer."""
    published = steps.publish_edition(warehouse.paths)
    for problem in announce_edition(warehouse.paths):
        context.log.warning(problem)
    return dg.MaterializeResult(
        metadata={
            "edition": published.name,
            "path": dg.MetadataValue.path(published.database),
            "sha256": published.record["sha256"],
            "findings": counted(read_findings(published.database)) or "none",
        }
    )
