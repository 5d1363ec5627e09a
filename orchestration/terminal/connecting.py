"""`pilotage connect`: the vendors that are known, one of them, or what a file looks like."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import typer

from orchestration.landing.accept import engine
from orchestration.landing.connectors.declared import Connector, RawTable, load_connectors
from orchestration.landing.connectors.files import (
    ZIP,
    RawFile,
    contents,
    fitness,
    kind_of,
    look,
    missing_columns,
)
from orchestration.landing.connectors.state import states
from orchestration.landing.contract import load_contract
from orchestration.landing.files import FileRefused
from orchestration.landing.mappings.propose import Given
from orchestration.lineage.landed import kpis_reached
from orchestration.system.console import stdout
from orchestration.system.errors import UsageError
from orchestration.system.files import copy_file, directory
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.terminal.mapping import found_file, map_file, somebody_answers

# Below this part of its columns known, a file looks like nothing.
LEAST_KNOWN = 0.5
MOST_SHOWN = 12
MOST_GROUPS = 5


@dataclass(frozen=True)
class Likeness:
    """What a file looks like: a table of a vendor's layout, and how much of it is known there."""

    connector: Connector
    file: RawFile

    @property
    def known(self) -> float:
        """The part of the file's columns that the layout knows."""
        columns = self.file.columns
        return 1 - len(self.file.unread) / len(columns) if columns else 0.0

    @property
    def rank(self) -> tuple[float, ...]:
        complete, share, found = fitness(self.file)
        return (complete, round(self.known + share, 3), found)


def connect(paths: DataPaths, what: str | None, is_agreed: bool) -> None:
    """Show every connector, the one called `what`, or what the file `what` looks like."""
    contract = load_contract(PROJECT_ROOT)
    connectors = load_connectors(paths, contract)
    if what is None:
        _list(paths, connectors.values())
    elif what in connectors:
        _describe(paths, connectors[what])
    else:
        _look(paths, connectors, Path(what), is_agreed)


def _list(paths: DataPaths, connectors: Iterable[Connector]) -> None:
    out = stdout()
    known = {state["connector"]: state for state in states(paths)}
    for one in connectors:
        layouts = ", ".join(one.layouts)
        out.print(f"{one.name}: {one.vendor} ({layouts})", markup=False)
        if state := known.get(one.name):
            rows = sum(part["rows"] for file in state["files"] for part in file["parts"])
            out.print(
                f"  {len(state['files']):,} files, {rows:,} raw rows, read {state['converted_at']}",
                markup=False,
            )
    out.print(
        f"Put a vendor's files into {paths.inbox}/<name>/ and run `pilotage run`; "
        "`pilotage connect <name>` says which, `pilotage connect <file>` what a file looks like.",
        markup=False,
    )


def _describe(paths: DataPaths, connector: Connector) -> None:
    out = stdout()
    out.print(f"{connector.vendor}: drop its files in {paths.inbox / connector.name}", markup=False)
    for layout, says in connector.layouts.items():
        out.print(f"Layout {layout}: {says}", markup=False)
        for table in connector.tables:
            if table.layout == layout:
                out.print(f"  {', '.join(table.patterns)}: {_columns(table)}", markup=False)
    out.print("What comes out:", markup=False)
    for table_name, says in connector.fills.items():
        out.print(f"  {table_name}: {says}", markup=False)
    _print_kpis(connector.landing)
    if connector.cannot:
        out.print("What does not:", markup=False)
        for said in connector.cannot:
            out.print(f"  {said}", markup=False)
    place = paths.connectors / connector.name / "options.yml"
    out.print(f"Options, in {place} under `options`:", markup=False)
    for name, value in connector.options.items():
        out.print(f"  {name}: {value or 'not said'} ({connector.says.get(name, '')})", markup=False)
    for codes in connector.codes:
        out.print(
            f"Codes, there under `codes`: {codes.name} ({codes.says}), "
            f"{len(codes.values)} values known",
            markup=False,
        )
    for state in states(paths):
        if state["connector"] == connector.name:
            for mapped in state["mappings"]:
                out.print(
                    f"Last read: {mapped['table']}, {mapped['raw_rows']:,} raw rows in, "
                    f"{mapped['rows']:,} landing rows out",
                    markup=False,
                )


def _columns(table: RawTable) -> str:
    required = [column.name for column in table.read if column.required]
    others = len(table.read) - len(required)
    return f"{', '.join(required)}" + (f" and {others} more" if others else "")


def _print_kpis(tables: Iterable[str]) -> None:
    reached = kpis_reached(list(tables))
    out = stdout()
    if reached.whole:
        out.print(f"KPIs made from these alone: {', '.join(reached.whole)}", markup=False)
    groups: dict[tuple[str, ...], list[str]] = {}
    for kpi, others in reached.partly.items():
        groups.setdefault(others, []).append(kpi)
    near = sorted(groups.items(), key=lambda group: (len(group[0]), group[0]))
    for others, kpis in near[:MOST_GROUPS]:
        out.print(f"With {', '.join(others)} as well: {', '.join(kpis)}", markup=False)
    if more := sum(len(kpis) for _, kpis in near[MOST_GROUPS:]):
        out.print(f"{more} more KPIs have a part in them, beside many other tables", markup=False)


def _look(paths: DataPaths, connectors: dict[str, Connector], file: Path, is_agreed: bool) -> None:
    """Say what a file looks like and put it into its vendor's inbox; or propose a mapping."""
    path = found_file(paths, file)
    with tempfile.TemporaryDirectory(prefix="pilotage-connect-") as name:
        work = Path(name)
        with engine(work) as con:
            try:
                looked = _look_inside(con, connectors, path, work / "unpacked")
            except FileRefused as refused:
                raise UsageError(f"{path.name} {refused}.") from None
    for shown, likeness in looked:
        if isinstance(likeness, Likeness):
            _show(shown, likeness)
        elif likeness or len(looked) > 1:
            said = likeness or "looks like no export that is known"
            stdout().print(f"{shown}: {said}", markup=False)
    likely = [likeness for _, likeness in looked if isinstance(likeness, Likeness)]
    if not likely:
        names = ", ".join(connectors)
        stdout().print(
            f"{path.name} looks like no export of {names}. What its columns seem to be:",
            markup=False,
        )
        map_file(paths, path, Given(), is_agreed)
        return
    best = max(likely, key=lambda one: one.rank)
    _put(paths, best, path, is_agreed)


def _look_inside(
    con: duckdb.DuckDBPyConnection, connectors: dict[str, Connector], path: Path, work: Path
) -> list[tuple[str, Likeness | str | None]]:
    """What each file of an archive looks like, or why it cannot be read; else the file itself.

    `FileRefused` when there is nothing that can be read.
    """
    looked: list[tuple[str, Likeness | str | None]] = []
    refusal: FileRefused | None = None
    for part, shown in contents(path, path.name, work):
        try:
            looked.append((shown, _likeliest(con, connectors, path, part, shown)))
        except FileRefused as refused:
            refusal = refused
            looked.append((shown, str(refused)))
    if refusal and all(isinstance(said, str) for _, said in looked):
        raise refusal
    return looked


def _likeliest(
    con: duckdb.DuckDBPyConnection,
    connectors: dict[str, Connector],
    origin: Path,
    path: Path,
    shown: str,
) -> Likeness | None:
    """The table that a file's columns are most like; None where less than half is known."""
    kind, is_gzipped = kind_of(path, shown)
    known = [(one, table) for one in connectors.values() for table in one.tables]
    file = RawFile(origin, path, shown, known[0][1], kind, is_gzipped, ())
    looked = look(con, file, [table for _, table in known])
    found = [Likeness(one, as_its) for (one, _), as_its in zip(known, looked, strict=True)]
    fitting = [
        one
        for one in found
        if one.known >= LEAST_KNOWN and fitness(one.file)[2] >= min(2, len(one.file.table.read))
    ]
    return max(fitting, key=lambda one: one.rank) if fitting else None


def _show(shown: str, likeness: Likeness) -> None:
    out, file = stdout(), likeness.file
    table = file.table
    found = [column for column in table.read if file.headers(column)]
    out.print(
        f"{shown}: looks like {likeness.connector.vendor}, layout {table.layout}, table "
        f"{table.name}: {len(found)} of its {len(table.read)} columns are there",
        markup=False,
    )
    for column in found:
        headers = " + ".join(file.headers(column))
        if headers != column.name:
            out.print(f"  {headers} is {column.name}", markup=False)
    if missing := missing_columns(file):
        out.print(f"  missing, and needed: {', '.join(missing)}", markup=False)
    absent = [one.name for one in table.read if not one.required and not file.headers(one)]
    if absent:
        out.print(f"  missing, and left empty: {_some(absent)}", markup=False)
    if file.unread:
        out.print(f"  not read: {_some(file.unread)}", markup=False)


def _some(names: list[str]) -> str:
    more = len(names) - MOST_SHOWN
    return ", ".join(names[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _put(paths: DataPaths, likeness: Likeness, path: Path, is_agreed: bool) -> None:
    """Copy the file to where its connector finds it, once somebody agreed."""
    connector, table = likeness.connector, likeness.file.table
    out = stdout()
    out.print(f"{connector.vendor} gives {', '.join(connector.landing)}.", markup=False)
    _print_kpis(connector.landing)
    inbox = paths.inbox / connector.name
    if inbox in path.parents:
        out.print(f"It lies in {inbox}; `pilotage run` reads it.", markup=False)
        return
    if missing := missing_columns(likeness.file):
        raise UsageError(
            f"{path.name} cannot be read without {', '.join(missing)}: export it again with them."
        )
    # a file is known by the name of its folder, too; an archive by the names inside
    folder = table.patterns[0].strip("*_-. ")
    target = inbox / path.name if path.suffix.lower() == ZIP else inbox / folder / path.name
    if target.exists():
        raise UsageError(f"{target} is there already; name the file otherwise.")
    if not is_agreed:
        if not somebody_answers():
            out.print(f"Put it into {target.parent}, or say --yes.", markup=False)
            return
        if not typer.confirm(f"Copy it to {target}?", default=True):
            return
    directory(target.parent)
    # it holds plain identifiers
    copy_file(path, target, is_private=True)
    out.print(f"In the inbox: {target}. `pilotage run` reads it.", markup=False)
