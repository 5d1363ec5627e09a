"""`pilotage map`: what a user's file would become, shown, asked about, and written down."""

import codecs
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import typer

from orchestration.landing.accept import engine
from orchestration.landing.contract import Contract, load_contract
from orchestration.landing.files import (
    SUFFIXES,
    FileRefused,
    InboxFile,
    stem_of,
    suffix_of,
    table_of,
)
from orchestration.landing.mappings.declared import (
    FileMapping,
    as_entry,
    load_mappings,
    parse_mapping,
    write_mapping,
)
from orchestration.landing.mappings.fillings import plain
from orchestration.landing.mappings.look import look
from orchestration.landing.mappings.preview import Preview, preview
from orchestration.landing.mappings.propose import Given, Proposal, propose
from orchestration.landing.prepass import examine
from orchestration.landing.pseudonyms import load_key
from orchestration.system.console import stdout
from orchestration.system.errors import UsageError
from orchestration.system.files import copy_file, directory
from orchestration.system.paths import PROJECT_ROOT, DataPaths

if TYPE_CHECKING:
    from rich.table import Table

# Of a value in the preview.
WIDEST = 24
# Columns of the terminal that is none.
UNWATCHED = 250


NAMES_OF_DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


def map_file(paths: DataPaths, file: Path, given: Given, is_agreed: bool) -> Path:
    """Propose a mapping for `file`, and write it once somebody agreed; return where it stands.

    The file itself then lies in the inbox of its source, unchanged.
    """
    contract = load_contract(PROJECT_ROOT)
    path = found_file(paths, file)
    if place := _in_contract_form(path, contract, given):
        raise UsageError(
            f"{path.name} is in the landing contract's form already: put it into "
            f"{paths.inbox / place} and run `pilotage run`."
        )
    with tempfile.TemporaryDirectory(prefix="pilotage-map-") as name:
        spill = Path(name)
        with engine(spill) as con:
            try:
                proposal = _proposed(con, path, spill, contract, given)
                _show(path, proposal)
                proposal = _completed(con, path, spill, contract, given, proposal)
                checked = _checked(proposal, contract)
                shown = preview(con, path, proposal.table, checked, load_key(paths.vault), spill)
            except FileRefused as refused:
                raise UsageError(f"{path.name} {refused}.") from None
    _show_rows(proposal, shown)
    target = _agreed_place(paths, path, checked, is_agreed)
    written = write_mapping(paths, checked, contract)
    load_mappings(paths, contract)
    if target != path:
        directory(target.parent)
        copy_file(path, target)
    stdout().print(f"Written: {written}", markup=False)
    stdout().print(f"In the inbox: {target}. `pilotage run` lands it.", markup=False)
    return written


def found_file(paths: DataPaths, file: Path) -> Path:
    """The file as it is named: here, or in the inbox."""
    if file.is_file():
        return file.resolve()
    places = sorted(one for one in paths.inbox.rglob(file.name) if one.is_file())
    if len(places) == 1 and not file.is_absolute():
        return places[0]
    where = f"here nor below {paths.inbox}" if not file.is_absolute() else "there"
    raise UsageError(f"{file}: no such file {where}.")


def _in_contract_form(path: Path, contract: Contract, given: Given) -> str | None:
    """The folder of the source that reads this file as it is; None when none does."""
    if given.columns or given.constants or given.table or given.source:
        return None
    stem, kind = stem_of(path.name), SUFFIXES.get(suffix_of(path.name).lower())
    # the columns of JSON lines are known only once all of them were read
    if kind is None or kind[0] == "jsonl":
        return None
    for source in contract.sources:
        table = table_of(stem.lower(), contract.of_source(source))
        try:
            if table and not examine(InboxFile(path, table, *kind)).unknown_columns:
                return source
        except FileRefused:
            continue
    return None


def _proposed(
    con: duckdb.DuckDBPyConnection, path: Path, spill: Path, contract: Contract, given: Given
) -> Proposal:
    encoding, delimiter = _as_said(given)
    return propose(con, look(con, path, spill, encoding, delimiter), contract, given)


def _as_said(given: Given) -> tuple[str | None, str | None]:
    """Return the encoding and the delimiter that were given; UsageError for what is none."""
    if given.encoding is not None:
        try:
            codecs.lookup(given.encoding)
        except LookupError:
            raise UsageError(f"There is no encoding {given.encoding!r}.") from None
    if given.delimiter is None:
        return given.encoding, None
    delimiter = {"tab": "\t"}.get(given.delimiter, given.delimiter)
    if delimiter not in NAMES_OF_DELIMITERS:
        raise UsageError(f"--delimiter {given.delimiter!r}: give one of ; , | or tab.")
    return given.encoding, delimiter


def _completed(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    spill: Path,
    contract: Contract,
    given: Given,
    proposal: Proposal,
) -> Proposal:
    """Ask for what is missing, where somebody answers."""
    while proposal.missing:
        column = proposal.table.by_name[proposal.missing[0]]
        allowed = f" ({', '.join(column.allowed)})" if column.allowed else ""
        options = " ".join(f"--column HEADER={name}" for name in proposal.missing)
        if not somebody_answers():
            values = " or ".join(
                f"--set {name}={_example(proposal, name)}" for name in proposal.missing
            )
            raise UsageError(
                f"Nothing fills {', '.join(proposal.missing)}, which {proposal.table.full_name} "
                f"requires: say {options}, or the same value for all rows: {values}."
            )
        answer = typer.prompt(f"{column.name}{allowed}: a header of the file, or =value").strip()
        if answer.startswith("=") and column.allowed and answer[1:] not in column.allowed:
            stdout().print(f"{answer[1:]} is none of {', '.join(column.allowed)}.", markup=False)
        elif answer.startswith("="):
            given = replace(given, constants={**given.constants, column.name: answer[1:]})
        elif plain(answer) not in map(plain, proposal.unplaced):
            stdout().print(f"Free are {', '.join(proposal.unplaced) or 'none'}.", markup=False)
        else:
            given = replace(given, columns={**given.columns, answer: column.name})
        given = replace(given, source=proposal.table.source, table=proposal.table.name)
        proposal = _proposed(con, path, spill, contract, given)
    return proposal


def _example(proposal: Proposal, column: str) -> str:
    allowed = proposal.table.by_name[column].allowed
    return "|".join(allowed) if allowed else "VALUE"


def _checked(proposal: Proposal, contract: Contract) -> FileMapping:
    """The mapping as it will be read back: what YAML says is what is shown."""
    entry = as_entry(proposal.mapping)
    return parse_mapping(entry, proposal.mapping.source, contract, "proposal")


def _show(path: Path, proposal: Proposal) -> None:
    from rich.table import Table

    mapping, out = proposal.mapping, stdout()
    delimiter = NAMES_OF_DELIMITERS[mapping.delimiter]
    out.print(
        f"{path.name} as {proposal.table.full_name}: {mapping.encoding}, {delimiter}, dates "
        f"{mapping.date_format}, decimals with {mapping.decimal!r}, clocks of {mapping.time_zone}; "
        f"files named {mapping.pattern}",
        markup=False,
    )
    shown = Table(box=None, pad_edge=False)
    for title in ("column", "from", "found", "values"):
        shown.add_column(title, overflow="fold")
    for filling in mapping.fillings:
        source = f"={filling.constant}" if filling.constant else " + ".join(filling.headers)
        codes = [(said, code) for said, code in filling.values]
        codes += [("nothing", filling.default)] if filling.default is not None else []
        values = ", ".join(f"{said} → {code}" for said, code in codes)
        unit = f" in {filling.unit}" if filling.unit else ""
        is_required = proposal.table.by_name[filling.column].required
        shown.add_row(
            filling.column + "*" * is_required, source + unit, proposal.why[filling.column], values
        )
    _print_table(shown)
    for note in proposal.notes:
        out.print(note, markup=False)
    if proposal.unplaced:
        out.print(f"Not placed, so not read: {', '.join(proposal.unplaced)}", markup=False)
    for column, strange in proposal.unknown.items():
        rule = proposal.table.by_name[column]
        what = (
            "no value of the contract: such rows go to quarantine"
            if rule.allowed
            else f"not in seeds/{str(rule.known_in).partition('.')[0]}.csv: each stands for itself"
        )
        out.print(f"{column}: {_listed(strange)}: {what}", markup=False)
    if proposal.missing:
        out.print(f"Required, and nothing fills it: {', '.join(proposal.missing)}", markup=False)


def _listed(values: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(repr(value) for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def _show_rows(proposal: Proposal, shown: Preview) -> None:
    from rich.table import Table

    out = stdout()
    title = "As they would land (instants in UTC, people by pseudonym):"
    rows = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for column in shown.columns:
        rows.add_column(column, overflow="ellipsis", no_wrap=True)
    rows.add_column("quarantine", overflow="ellipsis", no_wrap=True)
    for row in shown.rows:
        rows.add_row(*map(_short, row))
    _print_table(rows)
    out.print(f"{shown.accepted:,} of {shown.received:,} rows fit the contract.", markup=False)
    for reason, count in shown.reasons:
        out.print(f"  quarantined, {count:,}: {reason}", markup=False)


def _print_table(table: "Table") -> None:
    """Whole where nobody watches the width: a log, a pipe."""
    out = stdout()
    if not out.is_terminal:
        out.width = UNWATCHED
    out.print(table, markup=False)


def _short(value: object) -> str:
    """A value of the preview, no wider than a column can be."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    said = "" if value is None else str(value)
    return said if len(said) <= WIDEST else f"{said[: WIDEST - 1]}…"


def _agreed_place(paths: DataPaths, path: Path, mapping: FileMapping, is_agreed: bool) -> Path:
    """Ask whether to write it, and return where the file belongs."""
    target = paths.inbox / mapping.source / path.name
    if target.exists() and not target.samefile(path) and target.read_bytes() != path.read_bytes():
        raise UsageError(f"{target} is another file: rename {path.name}, then map it.")
    if not is_agreed:
        if not somebody_answers():
            raise UsageError(
                "Nobody answers here: say --yes to write this mapping, or what is otherwise with "
                "--table, --column HEADER=COLUMN, --set COLUMN=VALUE, --date-format."
            )
        typer.confirm(f"Write it to {paths.mappings / mapping.source}.yml?", abort=True)
    return path if target.exists() and target.samefile(path) else target


def somebody_answers() -> bool:
    return sys.stdin.isatty()


def pairs(said: Sequence[str], option: str) -> dict[str, str]:
    """Read `A=B` as often as it was said; UsageError for what is no such pair."""
    found = {}
    for one in said:
        # a header may hold the sign, and so may a value
        left, equals, right = one.partition("=") if option == "--set" else one.rpartition("=")
        if not (left and equals and right):
            raise UsageError(f"{option} {one!r}: write {option} NAME=VALUE.")
        found[left] = right
    return found
