"""One dbt build inside this process: of what news can reach, and what failed said plainly."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.gate.asked import Asked, keep_results, read_results
from orchestration.gate.built import BuildProof, forget_proof, nodes_hash, read_proof, write_proof
from orchestration.gate.declared import FILE_NAME as RULES_FILE
from orchestration.gate.declared import keep_rules
from orchestration.landing.ledger import BatchRecord, records
from orchestration.system.console import reporter
from orchestration.system.errors import PilotageError
from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.hashes import hash_file
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.seals import signing_key
from orchestration.warehouse.compiled import keep_compiled
from orchestration.warehouse.dbt_command import invoke, one_line
from orchestration.warehouse.failures import build_failure
from orchestration.warehouse.manifest import load_manifest
from orchestration.warehouse.marts import close_marts, drop_tables_that_left
from orchestration.warehouse.news import built_now, file_stamps, find_news, why_everything
from orchestration.warehouse.reach import nodes_to_build
from orchestration.warehouse.run_context import (
    Built,
    RunContext,
    forget_built,
    write_built,
    write_context,
)

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

RESULT_EVENTS = {"LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult"}
# Put on the nodes to build, in this process's copy of the manifest: one selector finds them all.
REACHED = "reached_by_news"
# Below so many landed rows a second thread costs each query more than it saves: dbt's own threads
# keep the processors busy.
LARGE = 5_000_000
# What a build makes or asks: all of it is counted.
COUNTED = ("model", "seed", "snapshot", "test")
DONE = ("success", "pass", "warn")
NAMED = 3
QUERY_THREADS = "PILOTAGE_QUERY_THREADS"


@dataclass(frozen=True)
class Part:
    """A part of the project: dbt selectors, and which tests they bring along (dbt's word for it).

    With `only_reached` no more of it than news can reach.
    """

    select: Sequence[str]
    indirect_selection: str = "eager"
    only_reached: bool = False


@dataclass
class BuildReport:
    """What one dbt build did. `events` are dbt's result events as it sent them, one a node.

    `full_refresh` is the reason for one, or None; `everything` that for building all nodes in the
    ordinary way. `error` is set when the build failed: GateRefused for a failed data test,
    PilotageError for anything else.
    """

    full_refresh: str | None
    everything: str | None = None
    error: PilotageError | None = None
    models: int = 0
    tests: int = 0
    events: list[Any] = field(default_factory=list)

    @property
    def how(self) -> str:
        """Return how much was built, and why, for people."""
        if self.full_refresh:
            return f"everything afresh: {self.full_refresh}"
        return f"everything: {self.everything}" if self.everything else "what new batches reach"


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
    # what stands is trusted with the operator's key only where nobody else has touched it
    if signing_key() and built.files != file_stamps(paths):
        return "the warehouse is not as the last build left it"
    return None


def build(
    paths: DataPaths, context: RunContext, built: Built | None, part: Part | None = None
) -> BuildReport:
    """Write the run's context, run one `dbt build`, and record it when it succeeded.

    Built is what news can reach since `built`, or everything where that is not known to be enough;
    of a `part`, which is not recorded, what it asks for. Raises PilotageError when the project
    cannot be read; what failed in the build is in the report.
    """
    fingerprint = project_fingerprint(PROJECT_ROOT)
    report = BuildReport(why_full_refresh(paths, context, built, fingerprint))
    manifest = load_manifest()
    write_context(paths, replace(context, project_fingerprint=fingerprint))
    if report.full_refresh and not part:
        # A full refresh that stops half-way leaves tables of two kinds: the next must be full, too.
        forget_built(paths)
        forget_proof(paths.warehouse)
    expected = counted_nodes(manifest)
    nodes, ledger = None, records(paths)
    if built and not report.full_refresh and (part is None or part.only_reached):
        report.everything, nodes = _reached(paths, built, manifest, ledger)
        if part is None and not _stands(paths, built, expected):
            report.everything, nodes = "the last build left no proof", None
    arguments = ["build", "--exclude-resource-type", "unit_test", "--no-write-json"]
    arguments += ["--full-refresh"] if report.full_refresh else []
    arguments += _selection(manifest, nodes, part)
    with _threads_of_a_query(ledger):
        outcome = invoke(arguments, manifest, _listener(report))
    report.error = build_failure(outcome, paths)
    if report.error is None:
        planned = expected if nodes is None else nodes
        done = _summarise(outcome, report)
        report.error = None if part else _left_out(planned, done)
    if report.error is None and report.full_refresh and not part:
        drop_tables_that_left(paths.marts_db, manifest)
        keep_compiled(paths.warehouse, manifest, fingerprint)
    if report.error is None and not part:
        keep_rules(paths.warehouse, manifest, fingerprint)
        tests = {one for one in expected if one.startswith("test.")}
        keep_results(
            paths.warehouse, context.edition, fingerprint, tests, _asked(outcome, context.edition)
        )
        close_marts(paths.marts_db)
        proof = BuildProof(
            edition=context.edition,
            project_fingerprint=fingerprint,
            expected=len(expected),
            done=len(planned),
            standing=len(expected) - len(planned),
            tests=len(tests),
            nodes_sha256=nodes_hash(expected),
            marts_sha256=hash_file(paths.marts_db)[0],
            rules_sha256=hash_file(paths.warehouse / RULES_FILE)[0],
        )
        write_proof(paths.warehouse, proof)
        write_built(paths, built_now(paths, context, fingerprint))
    elif built and not report.full_refresh and not part:
        # some tables are newer than others now, by nobody else's hand
        write_built(paths, replace(built, files=file_stamps(paths), is_whole=False))
    return report


def counted_nodes(manifest: "Manifest") -> frozenset[str]:
    """Return the unique ids of all that a whole build makes or asks."""
    return frozenset(
        key
        for key, node in manifest.nodes.items()
        if node.resource_type.value in COUNTED and node.config.materialized != "ephemeral"
    )


def _stands(paths: DataPaths, built: Built, expected: Collection[str]) -> bool:
    """True when what is left alone was made and asked by builds of the same project."""
    proof, results = read_proof(paths.warehouse), read_results(paths.warehouse)
    return (
        proof is not None
        and results is not None
        and results.project_fingerprint == built.fingerprint
        and len(results.tests) == proof.tests
        and (proof.edition, proof.project_fingerprint) == (built.edition, built.fingerprint)
        and proof.nodes_sha256 == nodes_hash(expected)
    )


def _left_out(planned: Collection[str], done: Collection[str]) -> PilotageError | None:
    """Say what dbt was to make or ask and did not: success alone does not say that it did."""
    missing = sorted(set(planned) - set(done))
    if not missing:
        return None
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    return PilotageError(
        f"dbt left out {len(missing)} of {len(planned)} models, seeds and tests: "
        f"{', '.join(missing[:NAMED])}{more}.\nNothing is published; run again."
    )


@contextmanager
def _threads_of_a_query(ledger: Sequence[BatchRecord]) -> Iterator[None]:
    """Give DuckDB one thread a query while the landing is small; what the user set has its way."""
    is_small = sum(record.accepted for record in ledger) < LARGE
    if not is_small or QUERY_THREADS in os.environ:
        yield
        return
    os.environ[QUERY_THREADS] = "1"
    try:
        yield
    finally:
        del os.environ[QUERY_THREADS]


def _reached(
    paths: DataPaths, built: Built, manifest: "Manifest", ledger: Sequence[BatchRecord]
) -> tuple[str | None, Collection[str] | None]:
    """Return the reason to build everything, or the unique ids of the nodes that are enough."""
    if reason := why_everything(paths, built):
        return reason, None
    try:
        return None, nodes_to_build(manifest, find_news(paths, built, ledger))
    except duckdb.Error as error:
        return f"the warehouse cannot say what is new ({one_line(str(error))})", None


def _selection(manifest: "Manifest", nodes: Collection[str] | None, part: Part | None) -> list[str]:
    """Return dbt's options that select these nodes (None: all) of the part (None: the project)."""
    specs = list(part.select) if part else []
    indirect_selection = part.indirect_selection if part else "eager"
    if nodes is not None:
        for node in nodes:
            manifest.nodes[node].tags.append(REACHED)
        specs = [f"{spec},tag:{REACHED}" for spec in specs] or [f"tag:{REACHED}"]
        indirect_selection = indirect_selection if part else "empty"
    select = ["--select", *specs] if specs else []
    return [*select, "--indirect-selection", indirect_selection]


def _listener(report: BuildReport) -> Callable[[Any], None]:
    """Return a callback that counts finished nodes and keeps their result events."""

    def listen(event: Any) -> None:
        if event.info.name not in RESULT_EVENTS:
            return
        report.events.append(event)
        total: int = getattr(event.data, "total", 0) or getattr(event.data, "num_models", 0)
        reporter().count(len(report.events), total)

    return listen


def _summarise(outcome: "dbtRunnerResult", report: BuildReport) -> frozenset[str]:
    """Count what dbt did, and return the unique ids of what it made or asked with success."""
    results = list(outcome.result.results)
    report.tests = sum(r.node.resource_type == "test" for r in results)
    report.models = len(results) - report.tests
    return frozenset(r.node.unique_id for r in results if r.status in DONE)


def _asked(outcome: "dbtRunnerResult", edition: str) -> dict[str, Asked]:
    """Return by unique id what became of the tests that dbt asked now."""
    found = {}
    for result in outcome.result.results:
        if result.node.resource_type == "test" and result.status in DONE:
            ends = [step.completed_at for step in result.timing if step.completed_at]
            at = max(ends) if ends else datetime.now(UTC)
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            rows = result.failures or 0
            found[result.node.unique_id] = Asked(rows, at.isoformat(timespec="seconds"), edition)
    return found
