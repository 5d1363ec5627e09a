"""Great Expectations on DuckDB: runs suites read-only and gives back counts, never values.

Great Expectations takes seconds to import: nothing here imports it before it is asked to run.
"""

import logging
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.gate.checks import Check, CheckResult, Suite
from orchestration.stopping import stop_if_asked

# Metrics of passing checks come in a handful of combined queries; only what fails is counted.
_JUDGE = {"result_format": "BOOLEAN_ONLY"}
_COUNT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_EXPECT_NO_ROWS = "expect_no_rows"
_READ_ONLY = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def run(
    database: Path, plan: Sequence[tuple[Suite, Sequence[Check]]], reads_files: bool = False
) -> list[CheckResult]:
    """Ask the planned checks of `database`, and return one result for each of them.

    Never raises for a check: what the engine could not answer carries its exception. With
    `reads_files` views over files may be queried; else the engine can open nothing but `database`.
    """
    plan = [(owner, checks) for owner, checks in plan if checks]
    if not plan:
        return []
    try:
        source = _open(database, reads_files)
    except Exception as error:
        stop_if_asked()
        return [_broken(owner, check, error) for owner, checks in plan for check in checks]
    try:
        return [result for owner, checks in plan for result in _run_suite(source, owner, checks)]
    finally:
        # Two engines, each with a connection: left open, they keep the file's lock.
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _open(database: Path, reads_files: bool) -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # its own log lines are for nobody here: what matters comes as a result
    logger = logging.getLogger("great_expectations")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from orchestration.gate import dialect  # noqa: F401  registers duckdb+gate

    config = dict(_READ_ONLY)
    if not reads_files:
        config["enable_external_access"] = "false"
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_sql(
        "candidate",
        connection_string=f"duckdb+gate:///{database}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True, "config": config}},
    )


def _run_suite(source: Any, owner: Suite, checks: Sequence[Check]) -> list[CheckResult]:
    try:
        asset = source.add_table_asset(owner.name, table_name=owner.table, schema_name=owner.schema)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        found = _validate(batch, checks, _JUDGE)
        failed = [check for check in checks if _uncounted(found.get(check.name))]
        counted = _validate(batch, failed, _COUNT) if failed else {}
    except Exception as error:
        stop_if_asked()
        return [_broken(owner, check, error) for check in checks]
    return [
        _result(owner, check, found.get(check.name), counted.get(check.name)) for check in checks
    ]


def _validate(batch: Any, checks: Iterable[Check], result_format: Mapping) -> dict[str, dict]:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    from orchestration.gate import expectations as ours

    suite = gx.ExpectationSuite(
        name="suite",
        expectations=[
            getattr(ours if hasattr(ours, check.expectation) else gxe, check.expectation)(
                **check.arguments, severity=check.severity, meta={"check": check.name}
            )
            for check in checks
        ],
    )
    outcome = batch.validate(suite, result_format=dict(result_format))
    results = (result.to_json_dict() for result in outcome.results)
    return {result["expectation_config"]["meta"]["check"]: result for result in results}


def _uncounted(found: Mapping | None) -> bool:
    """True where the data failed and nothing says by how many rows."""
    if found is None or found["success"] or _exception(found) is not None:
        return False
    return _count(found) is None


def _result(
    owner: Suite, check: Check, found: Mapping | None, counted: Mapping | None
) -> CheckResult:
    if found is None:
        return _broken(owner, check, RuntimeError("the engine gave no answer"))
    return CheckResult(
        suite=owner.name,
        name=check.name,
        severity=check.severity,
        success=bool(found["success"]) and _exception(found) is None,
        meaning=check.meaning,
        unexpected_count=None if found["success"] else _count(counted or found),
        exception=_exception(found),
    )


def _broken(owner: Suite, check: Check, error: Exception) -> CheckResult:
    return CheckResult(
        suite=owner.name,
        name=check.name,
        severity=check.severity,
        success=False,
        meaning=check.meaning,
        exception=without_values(f"{type(error).__name__}: {error}"),
    )


def _count(counted: Mapping) -> int | None:
    """Return the number of offending rows; an observed value only where it is such a number."""
    outcome = counted.get("result") or {}
    count = outcome.get("unexpected_count")
    kind = counted["expectation_config"]["type"]
    if count is None and kind == _EXPECT_NO_ROWS:
        count = outcome.get("observed_value")
    return count if isinstance(count, int) else None


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
