"""Running dbt inside this process: parse once, build once, and say plainly what failed."""

import contextlib
import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestration.console import reporter
from orchestration.environment import dbt_log_path
from orchestration.errors import GateRefused, PilotageError
from orchestration.fingerprint import project_fingerprint
from orchestration.paths import PROJECT_ROOT, DataPaths
from orchestration.run_context import Built, RunContext, forget_built, write_built, write_context

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

RESULT_EVENTS = {"LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult"}
SHOWN_NAMES = 5
LONGEST_MESSAGE = 300


@dataclass
class BuildReport:
    """What one dbt build did. `events` are dbt's structured result events, one a node.

    `full_refresh` is the reason for one, or None. `error` is set when the build failed: GateRefused
    for a failed data test, PilotageError for anything else.
    """

    full_refresh: str | None
    error: PilotageError | None = None
    models: int = 0
    tests: int = 0
    warnings: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


def why_full_refresh(
    paths: DataPaths, context: RunContext, built: Built | None, fingerprint: str
) -> str | None:
    """Return the reason to build everything afresh, or None when new batches are enough."""
    if built is None or not (paths.build_db.exists() and paths.marts_db.exists()):
        return "nothing was built yet"
    if built.fingerprint != fingerprint:
        return "models, seeds, macros or tools changed"
    if context.as_of is not None or built.as_of is not None:
        return "the as-of instant is set or was"
    if context.latest_batch < built.latest_batch:
        return "the landing has fewer batches than were built"
    return None


def build(
    paths: DataPaths,
    context: RunContext,
    built: Built | None,
    select: Sequence[str] = (),
) -> BuildReport:
    """Write the run's context, run one `dbt build`, and record it when it succeeded.

    With `select` (dbt selectors) only that part is built and nothing is recorded. Raises
    PilotageError when the project cannot be read; what failed in the build is in the report.
    """
    fingerprint = project_fingerprint(PROJECT_ROOT)
    report = BuildReport(why_full_refresh(paths, context, built, fingerprint))
    manifest = parse()
    write_context(paths, replace(context, project_fingerprint=fingerprint))
    if report.full_refresh and not select:
        # A full refresh that stops half-way leaves tables of two kinds: the next must be full, too.
        forget_built(paths)
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    arguments += ["--select", *select] if select else []
    arguments += ["--full-refresh"] if report.full_refresh else []
    outcome = _invoke(arguments, manifest, report)
    report.error = _failure(outcome)
    if report.error is None:
        _summarise(outcome, report)
    if report.error is None and not select:
        write_built(paths, context, fingerprint)
    return report


def parse() -> "Manifest":
    """Parse the project, write its manifest and return it.

    Raises PilotageError saying what dbt could not read.
    """
    outcome = _invoke(["parse"], None, None)
    if not outcome.success:
        raise PilotageError(f"dbt cannot read the project: {one_line(str(outcome.exception))}")
    return outcome.result


def one_line(message: str) -> str:
    """Reduce an error of dbt or DuckDB to its sentence: no caret lines, no repeated header."""
    lines = [line.strip() for line in message.strip().splitlines()]
    if len(lines) > 1 and " Error in " in lines[0]:
        where = lines[0].partition(" Error in ")[2]
        lines = [f"{where}:", *lines[1:]]
    kept = []
    for line in lines:
        if not line or line.startswith(("LINE ", "> in macro", "> called by", "compiled code at")):
            break
        kept.append(line)
    text = " ".join(kept)
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def _invoke(
    arguments: list[str], manifest: "Manifest | None", report: BuildReport | None
) -> "dbtRunnerResult":
    """Run one dbt command silently, and release DuckDB's write lock after it."""
    from dbt.cli.main import dbtRunner

    runner = dbtRunner(manifest=manifest, callbacks=[_listener(report)] if report else [])
    common = ["--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT)]
    quiet = ["--quiet", "--log-level", "none", "--log-level-file", "info"]
    with _connections_closed(), _manifest_left_to_itself():
        outcome = runner.invoke([*arguments, *common, *quiet])
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        # Somebody stopped the command: that is no failure of dbt's.
        raise outcome.exception
    return outcome


@contextlib.contextmanager
def _connections_closed() -> Iterator[None]:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections, reset_adapters

    try:
        yield
    finally:
        cleanup_connections()
        DuckDBConnectionManager.close_all_connections()
        reset_adapters()


@contextlib.contextmanager
def _manifest_left_to_itself() -> Iterator[None]:
    """Spare Python's collector the manifest, which stays: looking through it again and again
    takes a tenth of a build."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _listener(report: BuildReport) -> Callable[[Any], None]:
    """Return a callback that counts finished nodes and keeps their result events."""
    from google.protobuf.json_format import MessageToDict

    def listen(event: Any) -> None:
        if event.info.name not in RESULT_EVENTS:
            return
        report.events.append(MessageToDict(event, preserving_proto_field_name=True))
        total: int = getattr(event.data, "total", 0) or getattr(event.data, "num_models", 0)
        reporter().count(len(report.events), total)

    return listen


def _failure(outcome: "dbtRunnerResult") -> PilotageError | None:
    """Turn dbt's failures into one error: broken nodes first, failed data tests otherwise."""
    log = f"see {dbt_log_path() / 'dbt.log'}"
    if outcome.success:
        return None
    if outcome.exception is not None:
        return PilotageError(f"dbt stopped: {one_line(str(outcome.exception))} ({log})")
    results = list(outcome.result.results)
    broken = [r for r in results if r.status in ("error", "runtime error", "partial success")]
    if broken:
        first = broken[0]
        rest = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        kind = f"{first.node.resource_type.value} {first.node.name}"
        return PilotageError(f"{kind}{rest} failed: {one_line(first.message or '')} ({log})")
    failed = [r for r in results if r.status == "fail"]
    tests = sum(r.node.resource_type == "test" for r in results)
    names = ", ".join(f"{r.node.name} ({r.failures} rows)" for r in failed[:SHOWN_NAMES])
    more = f" and {len(failed) - SHOWN_NAMES} more" if len(failed) > SHOWN_NAMES else ""
    return GateRefused(
        f"{len(failed)} of {tests} data tests failed: {names}{more}.\n"
        f"The last edition stays published. What each test means stands in its description; {log}."
    )


def _summarise(outcome: "dbtRunnerResult", report: BuildReport) -> None:
    results = list(outcome.result.results)
    report.tests = sum(r.node.resource_type == "test" for r in results)
    report.models = len(results) - report.tests
    report.warnings = [f"{r.node.name} ({r.failures} rows)" for r in results if r.status == "warn"]
