"""The commands of Pilotage. Each is thin: what it does stands in the module that it calls.

Nothing heavy is imported here, so that `--help` and `status` answer at once.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from orchestration.run import steps
from orchestration.system.console import reporting, stderr, stdout
from orchestration.system.environment import prepare_environment
from orchestration.system.errors import PilotageError, Stopped, UsageError, full_disk
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths, data_paths
from orchestration.system.stopping import obeyed, received, stop_if_asked

app = typer.Typer(
    name="pilotage",
    help="A warehouse for customer relations: from raw traces to a published edition of KPIs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Date (its end, Europe/Paris) or instant to look from."),
]


STOPPED = "Stopped: readers keep the last edition. Run the same command again."


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from orchestration.terminal.outcome import print_version

        print_version(data_paths())
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Versions of Pilotage, dbt and DuckDB, and the project behind the edition.",
        ),
    ] = False,
) -> None:
    """Declare what holds for every command."""


def main() -> None:
    """Run a command; an error is one or two lines on standard error and an exit status."""
    try:
        app()
    except PilotageError as error:
        _fail(str(error), error.exit_status, error)
    except Exception as error:
        if named := full_disk(str(error)):
            _fail(str(named), named.exit_status, error)
        first = str(error).strip().partition("\n")[0]
        hint = "set PILOTAGE_DEBUG=1 to see where"
        _fail(f"{type(error).__name__}: {first} ({hint}).", 1, error)


def _fail(message: str, status: int, error: Exception) -> None:
    if os.environ.get("PILOTAGE_DEBUG"):
        raise error
    stderr().print(message, markup=False)
    sys.exit(status)


@contextmanager
def _writing(command: str) -> Iterator[DataPaths]:
    """Prepare the process, hold the data directory and show progress."""
    paths = prepare_environment()
    try:
        with obeyed(STOPPED), hold(paths, f"pilotage {command}"), reporting():
            yield paths
            stop_if_asked()
    except BaseException:
        # whatever was made of it on the way out
        if number := received():
            raise Stopped(STOPPED, number) from None
        raise


@app.command()
def init() -> None:
    """Create the data directory: inbox, pseudonym key, empty tables."""
    with _writing("init") as paths:
        steps.initialise(paths)
    stdout().print(f"{paths.root} is ready; drop files in {paths.inbox}/<source>/.", markup=False)


@app.command()
def accept() -> None:
    """Check the inbox against the landing contract and land what fits."""
    from orchestration.terminal.outcome import print_accepted

    with _writing("accept") as paths:
        report, findings = steps.accept_files(paths)
    print_accepted(paths, report, findings)
    if report.refused:
        raise typer.Exit(1)


@app.command(name="accept-batch")
def accept_batch(
    which: Annotated[str, typer.Argument(help="Number of a batch, or source/table held back.")],
    by: Annotated[str, typer.Option(help="Who says that it is true.")],
    because: Annotated[str, typer.Option(help="Why it looks so strange.")],
) -> None:
    """Take a strange batch for true, with name and reason kept; the next run uses it."""
    from orchestration.landing.taken import take_for_true
    from orchestration.terminal.words import say

    with _writing("accept-batch") as paths:
        taken = take_for_true(paths, which, by, because)
    key = "taken_held" if taken.is_held else "taken"
    place = f"{taken.source}/{taken.table}"
    stdout().print(say(key, place=place, batch=taken.batch, count=len(taken.strange)), markup=False)


@app.command()
def build(as_of: AsOf = None) -> None:
    """Run dbt once over what has landed: models, seeds and data tests."""
    from orchestration.warehouse.run_context import parse_as_of

    instant = parse_as_of(as_of) if as_of else None
    with _writing("build") as paths:
        steps.initialise(paths)
        report = steps.build_warehouse(paths, instant)
    if report.error:
        raise report.error
    stdout().print(
        f"{report.models} models and seeds built ({report.how}), {report.tests} tests passed.",
        markup=False,
    )


@app.command()
def gate() -> None:
    """Copy the marts into a candidate and judge it."""
    from orchestration.gate import describe

    with _writing("gate") as paths:
        steps.make_candidate(paths)
        verdict = steps.judge_candidate(paths)
    if not verdict.success:
        raise steps.refusal(paths, verdict)
    stdout().print(describe(verdict), markup=False)


@app.command()
def publish() -> None:
    """Publish the judged candidate, if its verdict proves it."""
    from orchestration.terminal.telling import tell_of_run

    with _writing("publish") as paths:
        edition = steps.publish_edition(paths)
    if not edition.is_current:
        raise PilotageError(
            f"{edition.name} was published before, and readers were rolled back since.\n"
            f"`pilotage rollback {edition.name}` points them to it again."
        )
    stdout().print(f"{edition.name} is published: {paths.pointer}", markup=False)
    tell_of_run(paths, is_new=True)


@app.command()
def rollback(
    edition: Annotated[str | None, typer.Argument(help="Default: the one before.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The same, as an option.")] = None,
) -> None:
    """Point readers to the edition before, or to any that is kept (forward again, too)."""
    from orchestration.publication.recovery import rollback as roll_back

    if edition and to and edition != to:
        raise UsageError(f"Two editions named, {edition} and {to}; give one.")
    with _writing("rollback") as paths:
        now = roll_back(paths, edition or to)
    stdout().print(f"{now.name} is published: {paths.pointer}", markup=False)


@app.command()
def editions() -> None:
    """List the editions that are kept, newest first."""
    from orchestration.terminal.outcome import print_editions

    print_editions(data_paths())


@app.command()
def status() -> None:
    """Show what is published, what was built last and what waits."""
    from orchestration.terminal.outcome import print_status

    print_status(data_paths())


@app.command()
def verify(
    sign: Annotated[
        bool, typer.Option("--sign", help="Take what stands here as true, and seal it anew.")
    ] = False,
) -> None:
    """Read every byte that landed and was published, and say what is not as it was written."""
    from orchestration.terminal.verifying import sign_what_stands, verify_all

    if sign:
        with _writing("verify --sign") as paths:
            sign_what_stands(paths)
    verify_all(data_paths())


@app.command()
def kpi(
    name: Annotated[
        str | None, typer.Argument(help="A KPI, by id or name; all of them without it.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="A dimension: the newest period by slice.")] = None,
    grain: Annotated[str | None, typer.Option(help="day, week, month or quarter.")] = None,
    periods: Annotated[int, typer.Option(min=1, help="How many periods.")] = 12,
) -> None:
    """Say what a KPI is and how it stands, from the published edition."""
    from orchestration.terminal.kpi import check_by, print_kpi, print_kpis

    check_by(name, by)
    if name is None:
        print_kpis(data_paths())
    else:
        print_kpi(data_paths(), name, by, grain, periods)


@app.command()
def explain(
    kpi: Annotated[str, typer.Argument(help="A KPI, by id or name.")],
    period: Annotated[str, typer.Argument(help="2026-03, 2026-03-14, 2026-W12 or 2026-Q1.")],
    cut: Annotated[str | None, typer.Option("--slice", help="Such as channel=phone.")] = None,
) -> None:
    """Explain a figure: its parts, status, query, raw columns and the rows that it counts."""
    from orchestration.terminal.explain import explain as print_explanation

    print_explanation(data_paths(), kpi, period, cut)


@app.command(name="check-freshness")
def check_freshness(
    at: Annotated[
        str | None, typer.Option("--at", help="Date (its end) or instant instead of now.")
    ] = None,
) -> None:
    """Tell the channels which sources are late by now; exit status 4 while one is."""
    from orchestration.terminal.telling import LATE, check_sources

    if check_sources(prepare_environment(), at):
        raise typer.Exit(LATE)


@app.command()
def digest(
    html: Annotated[bool, typer.Option("--html", help="As a page instead of text.")] = False,
) -> None:
    """Print what changed in the published edition and what calls for action."""
    from orchestration.terminal.telling import digest_of

    print(digest_of(data_paths(), html))


@app.command()
def notify() -> None:
    """Send a trial message to every channel of notify.yml."""
    from orchestration.terminal.telling import try_channels

    try_channels(prepare_environment())


@app.command(name="open")
def open_pages(
    what: Annotated[str, typer.Argument(help="A role, `portal`, `kpi` or `table`.")] = "direction",
    name: Annotated[str | None, typer.Argument(help="Of the KPI or the table.")] = None,
    agents: Annotated[bool, typer.Option("--agents", help="Agents' own pages.")] = False,
    show: Annotated[bool, typer.Option(help="Open it, not only say where it is.")] = True,
) -> None:
    """Open the pages of the published edition in a browser."""
    from orchestration.terminal.pages import page_of

    page = page_of(data_paths(), what, name, agents=agents)
    stdout().print(str(page), markup=False)
    if show:
        typer.launch(str(page))


@app.command()
def export(
    tables: Annotated[list[str] | None, typer.Argument(help="As `schema.table`.")] = None,
    kind: Annotated[str, typer.Option("--format", help="parquet, arrow or xlsx.")] = "parquet",
    to: Annotated[Path, typer.Option(help="Folder to write to.")] = Path(),
    everything: Annotated[bool, typer.Option("--all", help="Every published table.")] = False,
) -> None:
    """Write published tables as files: Parquet, Arrow, or workbooks for Excel."""
    from orchestration.terminal.exporting import export_tables

    for path, rows in export_tables(data_paths(), tables or [], kind, to, everything):
        stdout().print(f"{path}: {rows:,} rows", markup=False)


@app.command()
def demo(
    customers: Annotated[int | None, typer.Option(min=1, help="Number of customers.")] = None,
    months: Annotated[int | None, typer.Option(min=1, help="Months of history.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same world.")] = None,
    inbox: Annotated[Path | None, typer.Option(help="Folder to write to.")] = None,
) -> None:
    """Write a demonstration world into the inbox."""
    from orchestration.terminal.demonstration import write_demonstration

    with _writing("demo") as paths:
        write_demonstration(paths, inbox, customers, months, seed)


@app.command()
def run(as_of: AsOf = None) -> None:
    """Land, build, gate and publish what is new, and show the headline KPIs."""
    from orchestration.landing.ledger import latest_batch
    from orchestration.publication.recovery import recover
    from orchestration.run.pending import inbox_files, reasons_to_run
    from orchestration.terminal.demonstration import write_demonstration
    from orchestration.terminal.outcome import print_run
    from orchestration.terminal.telling import tell_of_run, telling_of_failure
    from orchestration.warehouse.run_context import parse_as_of

    instant = parse_as_of(as_of) if as_of else None
    with telling_of_failure("pilotage run"), _writing("run") as paths:
        for done in recover(paths):
            stdout().print(done, markup=False)
        # a user who clears the inbox after accepting must not find the demonstration in there
        if next(inbox_files(paths.inbox), None) is None and latest_batch(paths) == 0:
            write_demonstration(paths)
        is_new = bool(reasons_to_run(paths, instant)) and steps.run(paths, instant)
        if not is_new and latest_batch(paths):
            steps.refuse_other_edition(paths)
    print_run(paths, is_new)
    tell_of_run(paths, is_new)


@app.command(name="map")
def map_(
    file: Annotated[Path, typer.Argument(help="A CSV, JSONL or Parquet file of any layout.")],
    source: Annotated[str | None, typer.Option(help="Source of the landing contract.")] = None,
    table: Annotated[str | None, typer.Option(help="Table that it fills.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="HEADER=COLUMN: what a header of the file is.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="COLUMN=VALUE: the same in all rows.")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(help="Such as 'dd/mm/yyyy hh:mm' or 'mm/dd/yyyy hh:mm am'.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal mark, . or ,")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as windows-1252.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="; , | or tab.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Of clocks without an offset.")] = None,
    pattern: Annotated[str | None, typer.Option(help="Names of such files: 'appels*.csv'.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
) -> None:
    """Propose how a file of another layout becomes landing rows, and write that down."""
    from orchestration.landing.mappings.propose import Given
    from orchestration.terminal.mapping import map_file, pairs

    given = Given(
        source=source,
        table=table,
        encoding=encoding,
        delimiter=delimiter,
        date_format=date_format,
        decimal=decimal,
        time_zone=time_zone,
        pattern=pattern,
        columns=pairs(column or [], "--column"),
        constants=pairs(set_ or [], "--set"),
    )
    paths = prepare_environment()
    with hold(paths, "pilotage map"):
        map_file(paths, file, given, yes)


@app.command()
def connect(
    what: Annotated[
        str | None, typer.Argument(help="A vendor, or a file; every vendor without it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Copy a file without asking.")] = False,
) -> None:
    """Say which vendors' exports are known, and what a file looks like."""
    from orchestration.terminal.connecting import connect as show

    paths = prepare_environment()
    with hold(paths, "pilotage connect"):
        show(paths, what, yes)


@app.command()
def pull(
    vendor: Annotated[str, typer.Argument(help="Who is asked: zendesk or stripe.")],
    since: Annotated[
        str | None, typer.Option(help="First day of the first pull, as 2026-01-31.")
    ] = None,
) -> None:
    """Ask a vendor for what is new, and put it into the inbox."""
    from orchestration.terminal.pulling import pull_vendor

    paths = prepare_environment()
    with hold(paths, "pilotage pull", paths.pull_lock):
        pull_vendor(paths, vendor, since)


@app.command()
def decide(
    decision_id: Annotated[
        str | None, typer.Argument(help="A decision to change; a new one without it.")
    ] = None,
    kpi: Annotated[str | None, typer.Option(help="KPI that it should move.")] = None,
    action: Annotated[str | None, typer.Option(help="What is done, in words.")] = None,
    slice_type: Annotated[str | None, typer.Option(help="Dimension in which it acts.")] = None,
    slice_value: Annotated[str | None, typer.Option(help="Slice in which it acts.")] = None,
    control: Annotated[str | None, typer.Option(help="Comparable slice left alone.")] = None,
    expected_change: Annotated[str | None, typer.Option(help="In the KPI's unit.")] = None,
    expected_gain_eur: Annotated[str | None, typer.Option(help="Gain expected.")] = None,
    confidence: Annotated[str | None, typer.Option(help="How sure, from 0 to 1.")] = None,
    effort_days: Annotated[str | None, typer.Option(help="Effort in person-days.")] = None,
    cost_eur: Annotated[str | None, typer.Option(help="Cost.")] = None,
    owner_role: Annotated[str | None, typer.Option(help="Role that answers for it.")] = None,
    decided_on: Annotated[str | None, typer.Option(help="Day of the decision; today.")] = None,
    review_on: Annotated[str | None, typer.Option(help="Day on which it is judged.")] = None,
    status: Annotated[
        str | None,
        typer.Option(help="observed, acted, measured, adjusted, closed or cancelled."),
    ] = None,
    level: Annotated[str | None, typer.Option(help="strategic, tactical or operational.")] = None,
    objective: Annotated[str | None, typer.Option(help="Objective that it serves.")] = None,
    signal: Annotated[str | None, typer.Option(help="Signal that called for it.")] = None,
) -> None:
    """Record a decision, or what became of one; asks for it when nothing is said."""
    from datetime import UTC, datetime

    from orchestration.terminal import deciding

    given = {
        "decision_id": decision_id,
        "kpi_id": kpi,
        "action": action,
        "slice_type": slice_type,
        "slice_value": slice_value,
        "control_slice_value": control,
        "expected_change": expected_change,
        "expected_gain_eur": expected_gain_eur,
        "confidence": confidence,
        "effort_days": effort_days,
        "cost_eur": cost_eur,
        "owner_role": owner_role,
        "decided_on": decided_on,
        "review_on": review_on,
        "status": status,
        "level": level,
        "objective_id": objective,
        "signal_id": signal,
    }
    deciding.decide(data_paths(), given, datetime.now(UTC))


@app.command()
def forget(
    reference: Annotated[
        str | None,
        typer.Argument(
            help="E-mail, telephone, handle, account or number of a customer, with ; between "
            "several; asked for, or read from standard input, when it is not given here, where a "
            "shell remembers it."
        ),
    ] = None,
    agent: Annotated[
        bool, typer.Option("--agent", help="They work in the service: number, login, e-mail.")
    ] = False,
    from_file: Annotated[
        Path | None, typer.Option("--from-file", help="One person a line; - is standard input.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say where they are mentioned.")
    ] = False,
    everyone: Annotated[
        bool, typer.Option("--everyone", help="All customers who share an identifier.")
    ] = False,
    editions: Annotated[
        str, typer.Option(help="Kept editions: reissue (the same figures) or drop.")
    ] = "reissue",
    inbox: Annotated[
        bool, typer.Option("--inbox", help="Take their rows out of your own files, too.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="End a forgetting that was interrupted.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget people: nothing kept here leads to them any more; figures stay."""
    from orchestration.forgetting import erase
    from orchestration.landing.contract import load_contract
    from orchestration.system.paths import PROJECT_ROOT
    from orchestration.terminal import forgetting
    from orchestration.terminal.words import say

    people = [] if resume else forgetting.whom(reference, from_file)
    contract = load_contract(PROJECT_ROOT)
    # what a pull brings meanwhile would name them again
    with _writing("forget") as paths, hold(paths, "pilotage forget", paths.pull_lock):
        order = (
            erase.pending(paths)
            if resume
            else forgetting.ordered(paths, contract, people, agent, everyone, editions, inbox)
        )
        if order is None:
            raise UsageError(say("forget_none_pending"))
        if not resume:
            forgetting.print_survey(order)
            if dry_run:
                return
            if not yes and not sys.stdin.isatty():
                raise UsageError(say("forget_nobody_to_ask"))
            if not yes:
                typer.confirm(say("forget_sure", count=order.people), abort=True)
        receipt = erase.forget(paths, contract, order)
        steps.initialise(paths)
    forgetting.print_receipt(paths, receipt)


@app.command()
def rotate_key() -> None:
    """Put a new pseudonym key in place of the old one; everybody known stays one person."""
    from orchestration.forgetting.rotation import NEW_KEY_VARIABLE, rotate
    from orchestration.landing.contract import load_contract
    from orchestration.system.paths import PROJECT_ROOT
    from orchestration.terminal.words import count, say

    with _writing("rotate-key") as paths:
        rotated = rotate(paths, load_contract(PROJECT_ROOT))
        if not rotated.must_set_key:
            steps.initialise(paths)
    names, files = count(rotated.identifiers), count(rotated.files)
    stdout().print(say("rotated", count=names, files=files), markup=False)
    if rotated.must_set_key:
        stdout().print(say("rotated_set_key", variable=NEW_KEY_VARIABLE), markup=False)


@app.command()
def clean(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Landed files, editions and the pseudonym key, too.")
    ] = False,
) -> None:
    """Remove build files; with --all everything that the program wrote, and the inbox."""
    from orchestration.terminal.cleaning import removable, remove

    paths = prepare_environment()
    found = removable(paths, everything)
    if found and not yes:
        if not sys.stdin.isatty():
            raise UsageError("Nobody to ask here: say `pilotage clean --yes`.")
        typer.confirm(f"Remove {', '.join(one.name for one in found)} in {paths.root}?", abort=True)
    with hold(paths, "pilotage clean"):
        remove(found)
    stdout().print(f"Removed {len(found)} of {paths.root}'s folders.", markup=False)


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000,
    host: Annotated[
        str, typer.Option(help="Address; others than this machine only behind a login.")
    ] = "127.0.0.1",
) -> None:
    """Open Dagster's interface, with its scheduler, on this machine only."""
    from orchestration.terminal.interface import serve_interface

    with _writing("dev") as paths:
        steps.initialise(paths)
    raise typer.Exit(serve_interface(paths, port, host))
