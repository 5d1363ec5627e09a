"""Great Expectations on DuckDB: runs suites read-only and gives back counts, never values.

Great Expectations takes seconds to import: nothing here imports it before it is asked to run.
"""

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.gate.checks import BROKEN_ROWS, Check, CheckResult, Suite, counting_query
from orchestration.system.deferred import imported_later
from orchestration.system.stopping import stop_if_asked

# Whether a check passed, and no more: what an expectation has seen might identify a person. Our own
# sees nothing but counts.
_JUDGE = {"result_format": "BOOLEAN_ONLY"}
_COUNT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_READ_ONLY = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

Plan = Sequence[tuple[Suite, Sequence[Check]]]


class EngineError(Exception):
    """What the engine answered in place of a count."""


def run(database: Path, plan: Plan) -> list[CheckResult]:
    """Ask the planned checks of `database`, and return one result for each of them.

    Never raises for a check: what the engine could not answer carries its exception. The engine
    can open nothing but `database`.
    """
    plan = [(owner, checks) for owner, checks in plan if checks]
    if not plan:
        return []
    try:
        source = _open(database)
    except Exception as error:
        stop_if_asked()
        return [_broken(owner, check, error) for owner, checks in plan for check in checks]
    try:
        counted = _only(plan, lambda check: check.expectation == BROKEN_ROWS)
        others = _only(plan, lambda check: check.expectation != BROKEN_ROWS)
        return _count(source, counted) + [
            result for owner, checks in others for result in _expect(source, owner, checks)
        ]
    finally:
        # Two engines, each with a connection: left open, they keep the file's lock.
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _only(plan: Plan, wanted: Callable[[Check], bool]) -> Plan:
    kept = [(owner, [check for check in checks if wanted(check)]) for owner, checks in plan]
    return [(owner, checks) for owner, checks in kept if checks]


def _open(database: Path) -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # its own log lines are for nobody here: what matters comes as a result
    logger = logging.getLogger("great_expectations")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    # for charts: a quarter of the time of this import
    with imported_later("altair", "scipy.stats"):
        import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from orchestration.gate import dialect  # noqa: F401  registers duckdb+gate

    config = _READ_ONLY | {"enable_external_access": "false"}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_sql(
        "candidate",
        connection_string=f"duckdb+gate:///{database}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True, "config": config}},
    )


def _count(source: Any, plan: Plan) -> list[CheckResult]:
    """Count broken rows: one expectation a suite, with all its checks in one query.

    Where such a query breaks, its checks are asked one by one, to know which of them breaks it.
    """
    if not plan:
        return []
    # a batch a table would be described and planned a hundred times: this one is the whole file
    asset = source.add_query_asset("file", query="select 1 as one")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    results = []
    for (owner, checks), answer in zip(plan, _counts_in(batch, plan), strict=True):
        if isinstance(answer, Exception):
            alone = [(owner, [check]) for check in checks]
            answers = _counts_in(batch, alone) if len(checks) > 1 else [answer]
        else:
            answers = [[count] for count in answer]
        results += [
            _broken(owner, check, one)
            if isinstance(one, Exception)
            else _counted(owner, check, *one)
            for check, one in zip(checks, answers, strict=True)
        ]
    return results


def _counts_in(batch: Any, plan: Plan) -> list[list[int] | Exception]:
    """Return for each suite of the plan the counts of its checks, in order, or what went wrong."""
    try:
        found = _validate(
            batch,
            [
                Check(
                    str(number), BROKEN_ROWS, {"counting_query": counting_query(owner, checks)}, ""
                )
                for number, (owner, checks) in enumerate(plan)
            ],
            _COUNT,
        )
    except Exception as error:
        stop_if_asked()
        return [error] * len(plan)
    return [_counts(found.get(str(number)), len(checks)) for number, (_, checks) in enumerate(plan)]


def _counts(found: Mapping | None, expected: int) -> list[int] | Exception:
    if found is None:
        return RuntimeError("the engine gave no answer")
    if exception := _exception(found):
        return EngineError(exception)
    counts = (found.get("result") or {}).get("observed_value")
    if not isinstance(counts, list) or len(counts) != expected:
        return RuntimeError("the engine gave no answer")
    return counts


def _counted(owner: Suite, check: Check, count: int) -> CheckResult:
    return CheckResult(
        suite=owner.name,
        name=check.name,
        severity=check.severity,
        success=count == 0,
        meaning=check.meaning,
        unexpected_count=count or None,
    )


def _expect(source: Any, owner: Suite, checks: Sequence[Check]) -> list[CheckResult]:
    """Ask Great Expectations' own expectations of one table or view."""
    try:
        asset = source.add_table_asset(owner.name, table_name=owner.table, schema_name=owner.schema)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        found = _validate(batch, checks, _JUDGE)
    except Exception as error:
        stop_if_asked()
        return [_broken(owner, check, error) for check in checks]
    return [_result(owner, check, found.get(check.name)) for check in checks]


def _validate(batch: Any, checks: Iterable[Check], result_format: Mapping) -> dict[str, dict]:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    from orchestration.gate import expectations as ours

    suite = gx.ExpectationSuite(
        name="suite",
        expectations=[
            getattr(ours if check.expectation == BROKEN_ROWS else gxe, check.expectation)(
                **check.arguments, severity=check.severity, meta={"check": check.name}
            )
            for check in checks
        ],
    )
    outcome = batch.validate(suite, result_format=dict(result_format))
    results = (result.to_json_dict() for result in outcome.results)
    return {result["expectation_config"]["meta"]["check"]: result for result in results}


def _result(owner: Suite, check: Check, found: Mapping | None) -> CheckResult:
    if found is None:
        return _broken(owner, check, RuntimeError("the engine gave no answer"))
    return CheckResult(
        suite=owner.name,
        name=check.name,
        severity=check.severity,
        success=bool(found["success"]) and _exception(found) is None,
        meaning=check.meaning,
        exception=_exception(found),
    )


def _broken(owner: Suite, check: Check, error: Exception) -> CheckResult:
    return CheckResult(
        suite=owner.name,
        name=check.name,
        severity=check.severity,
        success=False,
        meaning=check.meaning,
        exception=without_values(
            str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
        ),
    )


def _exception(found: Mapping) -> str | None:
    """Return the first exception of a result; Great Expectations nests them by metric, or not."""
    info = found.get("exception_info") or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return without_values(entry.get("exception_message") or "unknown")
    return None


def without_values(message: str) -> str:
    """Return the first line of an engine's message; quoted text may be data, so it is left out."""
    first = next((line for line in message.splitlines() if line.strip()), "unknown")
    if "Binder Error" not in first and "Catalog Error" not in first:
        first = re.sub(r"'[^']*'|\"[^\"]*\"", "…", first)
    return first[:300]
