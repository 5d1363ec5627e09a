"""The steps of a run, as the commands and the Dagster job both call them.

Each takes the data directory's paths, reports its progress, and leaves its result in files: the
next step needs nothing else. Heavy libraries are imported by the step that uses them.
"""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.landing.marks import assert_none_under_way
from orchestration.publication.files import DATABASE
from orchestration.system.console import reporter
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.run_context import (
    Built,
    RunContext,
    new_context,
    read_built,
    read_context,
    write_context,
)

if TYPE_CHECKING:
    from orchestration.gate import Verdict
    from orchestration.gate.arrival import ArrivalFinding
    from orchestration.landing.accept import AcceptReport
    from orchestration.publication.editions import Edition
    from orchestration.warehouse.build import BuildReport, Part


def initialise(paths: DataPaths) -> None:
    """Create the data directory: inbox, key, and for dbt empty tables, history and a context.

    Run again it changes nothing.
    """
    from orchestration.landing.contract import load_contract
    from orchestration.landing.initialise import initialise as initialise_landing

    initialise_landing(paths, load_contract(PROJECT_ROOT))
    _initialise_history(paths)


def run(paths: DataPaths, as_of: str | None = None) -> bool:
    """Take every step from the inbox to what readers open; `as_of` is an instant in UTC.

    False when nothing of what came could land, so that there is nothing new to publish. Raises the
    PilotageError of the step that failed: readers then have what they had.
    """
    from orchestration.run.pending import reasons_to_run

    accept_files(paths)
    if not reasons_to_run(paths, as_of):
        return False
    report = build_warehouse(paths, as_of)
    if report.error:
        raise report.error
    make_candidate(paths)
    verdict = judge_candidate(paths)
    if not verdict.success:
        raise refusal(paths, verdict)
    refuse_other_edition(paths, publish_edition(paths).name)
    return True


def refuse_other_edition(paths: DataPaths, edition: str | None = None) -> None:
    """Raise PilotageError unless readers get `edition` (None: any), whole and as it was published.

    What a run ends with: exit status 0 says that its data are what readers now get, or that there
    was nothing new and they get what was published last.
    """
    from orchestration.publication.editions import current_name
    from orchestration.publication.proof import edition_flaws
    from orchestration.system.hashes import Hashes

    current = current_name(paths)
    if current is None or edition not in (None, current):
        raise PilotageError(
            f"{paths.pointer} leads to {current or 'nothing'}, not to {edition or 'an edition'}.\n"
            f"`pilotage rollback --to {edition}` moves it."
            if edition
            else f"{paths.pointer} is gone.\n`pilotage rollback --to` a kept edition puts it back."
        )
    hashes = Hashes(paths.hashes)
    found = list(edition_flaws(paths, paths.editions / current, hashes))
    hashes.keep()
    if found:
        raise PilotageError(
            f"Readers open {current}, which is not as it was published: {found[0]}.\n"
            "`pilotage verify` names the sound editions, `pilotage rollback --to` goes to one."
        )


def accept_files(paths: DataPaths) -> "tuple[AcceptReport, list[ArrivalFinding]]":
    """Accept what stands in the inbox, and return what came and what is unusual about it.

    A plain `dbt build` then sees the new batches.
    """
    from orchestration.gate.arrival import Arrival
    from orchestration.landing.accept import accept
    from orchestration.landing.contract import load_contract

    contract = load_contract(PROJECT_ROOT)
    arrival = Arrival(paths, contract)
    with reporter().step("Accept"):
        report = accept(paths, contract, inspect=arrival.inspect)
    _initialise_history(paths)
    if not report.batches:
        return report, []
    _refresh_context(paths)
    with reporter().step("Arrival checks"):
        return report, arrival.conclude(report.batches)


def build_warehouse(
    paths: DataPaths, as_of: str | None = None, part: "Part | None" = None
) -> "BuildReport":
    """Run dbt once. `as_of` is an instant in UTC; the report says what failed."""
    from orchestration.landing.ledger import latest_batch
    from orchestration.publication.recovery import mend
    from orchestration.warehouse.build import build

    assert_none_under_way(paths)
    with reporter().step("Build"):
        # the models read what landed and what past editions published
        mend(paths)
        _refuse_altered_inputs(paths)
        built = read_built(paths)
        context = new_context(latest_batch(paths), built, as_of, checked_at=checked_at(paths))
        return build(paths, context, built, part)


def _refuse_altered_inputs(paths: DataPaths) -> None:
    """Raise PilotageError when what a build reads is not what was accepted and published."""
    from orchestration.landing.proof import refuse_altered_landing
    from orchestration.publication.changelog import changes_flaws
    from orchestration.publication.showing import refuse_broken_chain
    from orchestration.system.hashes import Hashes

    hashes = Hashes(paths.hashes)
    refuse_altered_landing(paths, hashes)
    refuse_broken_chain(paths)
    for said in changes_flaws(paths, hashes):
        raise PilotageError(f"{said}.\nRestore it from a backup, or from the edition's own copy.")
    hashes.keep()


def make_candidate(paths: DataPaths) -> Path:
    """Copy the marts of the last build into a closed candidate file."""
    from orchestration.publication.candidate import make_candidate as make

    with reporter().step("Candidate"):
        return make(paths, last_built(paths).edition)


def judge_candidate(paths: DataPaths) -> "Verdict":
    """Ask the gate, and leave its verdict beside the candidate."""
    from orchestration.gate import judge, write_verdict

    path = candidate_path(paths)
    with reporter().step("Gate"):
        verdict = judge(path)
        write_verdict(verdict, path)
    return verdict


def refusal(paths: DataPaths, verdict: "Verdict") -> GateRefused:
    """Say why the gate refused, and what is missing of which source where that is the reason."""
    from orchestration.gate import describe
    from orchestration.publication.findings import incomplete

    built = read_built(paths)
    missing = incomplete(paths.candidates / built.edition / DATABASE) if built else []
    return GateRefused("\n".join([describe(verdict), *missing]))


def publish_edition(paths: DataPaths) -> "Edition":
    """Publish the judged candidate, and return the edition that readers now get."""
    from orchestration.publication.publish import publish

    assert_none_under_way(paths)
    built = last_built(paths)
    with reporter().step("Publish"):
        return publish(
            paths,
            built.edition,
            project_fingerprint=built.fingerprint,
            latest_batch=built.latest_batch,
            write_pages=partial(_write_pages, paths),
        )


def _write_pages(
    paths: DataPaths, database: Path, record: dict[str, Any], site: Path
) -> dict[str, Any]:
    """Write the pages of an edition; what stops them does not stop its tables."""
    from orchestration.gate.asked import read_results
    from orchestration.lineage import load_lineage
    from orchestration.site.reference import kept
    from orchestration.site.write import write_site
    from orchestration.system.files import private_directory
    from orchestration.warehouse.manifest import load_manifest

    agents = paths.agent_pages / record["edition"]
    try:
        private_directory(paths.agent_pages)
        results = read_results(database.parent)
        if results and results.edition != record["edition"]:
            results = None
        reference = kept(paths, record["project_fingerprint"])
        made_of = (load_manifest(), load_lineage(paths), results)
        return {"count": write_site(database, record, *made_of, site, agents, reference)}
    except Exception as error:
        if os.environ.get("PILOTAGE_DEBUG"):
            raise
        for folder in (site, agents):
            shutil.rmtree(folder, ignore_errors=True)
        # its words may hold a name of a person or a file, and the record is published
        return {"error": f"{type(error).__name__}; set PILOTAGE_DEBUG=1 to see where"}


def last_built(paths: DataPaths) -> Built:
    """Return what the marts hold; PilotageError when their last build is not whole."""
    built, context = read_built(paths), read_context(paths)
    if built is None or context is None or built.edition != context.edition:
        raise PilotageError(
            f"The marts in {paths.marts_db} are not those of a finished build of the newest "
            "batches; run `pilotage build`."
        )
    return built


def candidate_path(paths: DataPaths) -> Path:
    """Return where the candidate of the last build stands, made or not."""
    return paths.candidates / last_built(paths).edition / DATABASE


def checked_at(paths: DataPaths) -> str | None:
    """Return the instant from which the demonstration is looked at; None for other data."""
    from orchestration.demo.truth import date_of_check

    return date_of_check(paths.demo_truth)


def _initialise_history(paths: DataPaths) -> None:
    """Create what dbt reads of runs and editions before there are any."""
    from orchestration.publication.changelog import initialise as initialise_changelog

    initialise_changelog(paths)
    if not paths.run_context.exists():
        write_context(paths, RunContext("0", None, 0, 0, None))


def _refresh_context(paths: DataPaths) -> None:
    from orchestration.landing.ledger import latest_batch

    context = new_context(latest_batch(paths), read_built(paths), checked_at=checked_at(paths))
    write_context(paths, context)
