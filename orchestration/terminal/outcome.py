"""What a command says at its end: where the result is, and what a person should look at."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from orchestration.system.ages import spoken
from orchestration.system.console import stderr, stdout
from orchestration.system.language import LANGUAGES, language
from orchestration.system.paths import DataPaths
from orchestration.terminal.words import say
from orchestration.warehouse.run_context import read_built

SHOWN_WARNINGS = 3
STATUS_WIDTH = 11

if TYPE_CHECKING:
    from orchestration.gate.arrival import ArrivalFinding
    from orchestration.landing.accept import AcceptReport
    from orchestration.landing.connectors.convert import Conversion
    from orchestration.run.announce import FreshnessReport


def print_accepted(
    paths: DataPaths, report: "AcceptReport", findings: "list[ArrivalFinding]"
) -> None:
    """Say what landed, batch by batch, and warn of what did not."""
    if not report.batches and not report.refused:
        stdout().print("Nothing new in the inbox.")
    for conversion in report.conversions:
        _print_conversion(conversion)
    for batch in report.batches:
        stdout().print(
            f"Batch {batch.batch}, {batch.source}/{batch.table}: {batch.received:,} received, "
            f"{batch.accepted:,} accepted, {batch.quarantined:,} quarantined, "
            f"{batch.duplicate:,} duplicate."
        )
        for reason in batch.reasons:
            stdout().print(f"  quarantined, {reason['rows']:,}: {reason['reason']}", markup=False)
        if batch.unknown_columns:
            names = ", ".join(batch.unknown_columns)
            stdout().print(f"  ignored, not in the contract: {names}", markup=False)
    messages = [f"{one.source}/{one.table}: {one.message}" for one in findings]
    _warn_of_some(messages, f"{paths.batches / 'checks'}")
    warn_of_landing(paths)


def _print_conversion(conversion: "Conversion") -> None:
    """Say what a connector made of a vendor's files."""
    files = len({taken.file.origin for taken in conversion.taken})
    stdout().print(
        f"{conversion.connector.vendor}: {conversion.raw_rows:,} raw rows of {files:,} files.",
        markup=False,
    )
    for mapped in conversion.mapped:
        if mapped.rows:
            stdout().print(
                f"  {mapped.table.source}/{mapped.table.name}: {mapped.raw_rows:,} raw rows in, "
                f"{mapped.rows:,} landing rows out, {mapped.new_rows:,} of them new.",
                markup=False,
            )
    for table, files_waited_for in conversion.waiting.items():
        listed = ", ".join(files_waited_for)
        warn(f"{table} waits until these files can be read: {listed}")


def print_run(paths: DataPaths, is_new: bool) -> None:
    """Show the published edition: headline KPIs, where it is, what was left out."""
    from orchestration.publication.findings import incomplete
    from orchestration.publication.standing import status
    from orchestration.terminal.findings import print_findings
    from orchestration.terminal.headlines import print_headlines

    published = status(paths)
    if not is_new:
        built = read_built(paths)
        if built and built.edition != published["current"]:
            stdout().print(say("rolled_back", edition=built.edition), markup=False)
        else:
            stdout().print(say("nothing_new"), markup=False)
    print_headlines(paths.pointer)
    print_findings(paths.pointer)
    for said in incomplete(paths.pointer):
        warn(said)
    warn_of_landing(paths)
    # what is withheld stands among the findings
    messages = [
        f"{one['source']}/{one['table']}: {one['texts'][LANGUAGES.index(language())]}"
        for one in _arrival_warnings(paths)
    ]
    _warn_of_some(messages, f"{paths.batches / 'checks'}")
    for problem in published["problems"]:
        warn(problem)
    query = f"duckdb.connect('{paths.pointer}', read_only=True).sql('from kpis.kpi_values')"
    edition = say("edition_is", edition=published["current"], path=paths.pointer)
    stdout().print(edition, markup=False)
    command = f'.venv/bin/python -c "import duckdb; print({query})"'
    if (paths.site / "direction.html").is_file():
        stdout().print(say("see_pages", page=paths.site / "direction.html"), markup=False)
    stdout().print(say("query_it", command=command), markup=False)


def print_status(paths: DataPaths) -> None:
    """Show what is published, what was built last, and what waits. Reads small files only."""
    from orchestration.landing.ledger import latest_batch
    from orchestration.publication.findings import counted, incomplete, read_findings
    from orchestration.publication.standing import status
    from orchestration.run.announce import freshness
    from orchestration.run.pending import new_files

    published, built = status(paths), read_built(paths)
    lines = [("data", str(paths.root))]
    if published["current"]:
        since = _local(published["published_at"])
        kept = len(published["kept"])
        found = counted(read_findings(paths.pointer)) or say("status_no_findings")
        lines += [
            ("published", say("status_since", edition=published["current"], since=since)),
            ("", str(paths.pointer)),
            ("kept", say("status_editions", count=kept)),
            ("findings", f"{found} (`kpis.findings`)"),
        ]
    else:
        lines.append(("published", say("status_nothing")))
    if built:
        waiting = latest_batch(paths) - built.latest_batch
        text = say("status_up_to", edition=built.edition, batch=built.latest_batch)
        if waiting > 0:
            text = say("status_later", built=text, count=waiting)
        lines.append(("built", text))
    lines.append(("inbox", say("status_files", count=len(new_files(paths)))))
    for key, text in lines:
        name = say(f"status_{key}") if key else ""
        stdout().print(f"{name:<{STATUS_WIDTH}}{text}", markup=False)
    if published["current"]:
        print_freshness(freshness(paths))
    for said in incomplete(paths.pointer):
        warn(said)
    warn_of_landing(paths)
    for problem in published["problems"]:
        warn(problem)


def print_version(paths: DataPaths) -> None:
    """Say which versions run, and the fingerprint of the project that made the edition."""
    from importlib.metadata import version

    from orchestration.publication.editions import editions

    versions = {"dbt": version("dbt-core"), "duckdb": version("duckdb")}
    stdout().print(say("version", version=version("pilotage"), **versions), markup=False)
    current = next((one for one in editions(paths) if one.is_current), None)
    if current is not None:
        fingerprint = current.record["project_fingerprint"]
        words = say("version_edition", edition=current.name, fingerprint=fingerprint)
        stdout().print(words, markup=False)


def print_freshness(report: "FreshnessReport") -> None:
    """Say how many sources are fresh by the clock, and which one is late."""
    when = f"{report.now.astimezone():%Y-%m-%d %H:%M}"
    fresh = report.promised - len(report.late)
    words = say("status_fresh", fresh=fresh, promised=report.promised, when=when)
    stdout().print(f"{say('status_sources'):<{STATUS_WIDTH}}{words}", markup=False)
    for one in report.late:
        promised = f"promised within {spoken(one.promised_hours)}"
        if one.newest_at is None:
            warn(f"{one.place} is late: {promised}, never came ({one.owner})")
            continue
        behind = (report.now - one.newest_at).total_seconds() / 3600
        warn(f"{one.place} is late: {promised}, newest event {spoken(behind)} ago ({one.owner})")


def print_editions(paths: DataPaths) -> None:
    """List the editions that are kept, newest first; the current one is marked."""
    from orchestration.publication.editions import editions

    kept = editions(paths)
    if not kept:
        stdout().print("No edition yet: `pilotage run` publishes the first.")
    for one in kept:
        mark = "→" if one.is_current else " "
        stdout().print(f"{mark} {one.name}  {_local(one.published_at)}", markup=False)


def warn_of_landing(paths: DataPaths) -> None:
    """Warn of refused files and of rows in quarantine, and say where to look."""
    from orchestration.landing.ledger import read_refusals, records, rows_open

    for file, (refusal, _) in sorted(read_refusals(paths).items()):
        warn(say("refused_file", file=file, reason=refusal.reason))
    known = records(paths)
    rows = sum(rows_open(known).values())
    if rows:
        warn(say("in_quarantine", count=rows, where=paths.quarantine))
    nobody = sum(one["rows"] for record in known for one in record.refused_identifiers)
    if nobody:
        warn(say("name_nobody", count=nobody, where=paths.batches))


def _arrival_warnings(paths: DataPaths) -> list[dict[str, Any]]:
    """Return what was unusual about the batches that came with the published edition."""
    from orchestration.publication.editions import editions

    current = next((one for one in editions(paths) if one.is_current), None)
    return current.record["batches"]["arrival_warnings"] if current else []


def _warn_of_some(messages: list[str], where: str) -> None:
    """Warn of the first few, and say where the rest stands."""
    for message in messages[:SHOWN_WARNINGS]:
        warn(message)
    if len(messages) > SHOWN_WARNINGS:
        warn(f"and {len(messages) - SHOWN_WARNINGS} more unusual things about what came: {where}")


def warn(text: str) -> None:
    stderr().print(say("warning", text=text), style="yellow", markup=False)


def _local(instant: str | None) -> str:
    if instant is None:
        return say("unknown_time")
    return f"{datetime.fromisoformat(instant).astimezone():%Y-%m-%d %H:%M}"
