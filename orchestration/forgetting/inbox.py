"""Files of the inbox: those that the program made lose the people's rows, others are listed.

Of an agent, rows about the agent go; in rows about others another number takes their place.
"""

import re
from dataclasses import replace
from pathlib import Path

from orchestration.forgetting.contents import count, take_its_place
from orchestration.forgetting.judging import Known, NotWritable
from orchestration.forgetting.records import rewrite_records
from orchestration.forgetting.traces import Traces
from orchestration.landing.connectors.declared import Connector, load_connectors
from orchestration.landing.connectors.files import named
from orchestration.landing.contract import Contract
from orchestration.landing.files import InboxFile, scan
from orchestration.landing.ledger import records, write_record
from orchestration.landing.mappings.declared import load_mappings
from orchestration.landing.recording import is_recorded
from orchestration.landing.suppression import (
    AGENT,
    agent_columns,
    customer_columns,
    is_about_agents,
    linked_columns,
)
from orchestration.system.files import partial_name
from orchestration.system.hashes import sha256_of
from orchestration.system.paths import DataPaths

# What `pilotage pull` writes, as <vendor>/<table>/pull-….jsonl.
PULLED = "pull-"
# What vendors call the files with the people of a service.
_OF_AGENTS = re.compile(r"(?<![a-z])(?:user|agent|admin|staff|employee|member)s?(?![a-z])")


def is_ours(paths: DataPaths, path: Path) -> bool:
    """Did the program itself put the file into the inbox?"""
    pulled = path.name.startswith(PULLED) and path.parent.parent.parent == paths.inbox
    return pulled or is_recorded(path.name) or paths.demo_truth.exists()


def clear_inbox(paths: DataPaths, contract: Contract, traces: Traces, is_all: bool) -> list[str]:
    """Take the people's rows out of the files that the program made, or out of all.

    Returns the names below the inbox of files that mention somebody and are the operator's own, or
    of a kind that nobody can write anew (a PDF, a workbook that is no .xlsx). A file keeps its
    batch: the ledger learns its new hash, so that it is not accepted once more.
    """
    left: list[str] = []
    files = _files(paths, contract)
    connectors = load_connectors(paths, contract)
    for path in sorted(path for path in paths.inbox.rglob("*") if path.is_file()):
        below = path.relative_to(paths.inbox)
        connector = connectors.get(below.parts[0])
        known = (
            _known_of_vendor(connector, below, traces)
            if connector
            else _known(files.get(path), traces)
        )
        is_writable = is_all or is_ours(paths, path)
        if not (is_writable and _clear(paths, path, traces, known)) and count(path, traces):
            left.append(str(below))
    return left


def _clear(paths: DataPaths, path: Path, traces: Traces, known: Known) -> bool:
    """Take the people's rows out of a file; False where it cannot be written anew."""
    partial = partial_name(path)
    try:
        is_changed = rewrite_records(path, partial, traces, known)
    except NotWritable:
        return False
    if is_changed:
        # the ledger first: killed in between, the file is still one that it knows next time
        _tell_ledger(paths, path, {sha256_of(path), sha256_of(partial)}, partial)
        take_its_place(partial, path)
    return True


def _files(paths: DataPaths, contract: Contract) -> dict[Path, InboxFile]:
    files, _ = scan(paths.inbox, contract, load_mappings(paths, contract))
    return {file.path: file for file in files}


def _known(file: InboxFile | None, traces: Traces) -> Known:
    """Return what is known of a source's file, which a mapping may call otherwise."""
    if file is None:
        return Known({}, (AGENT,))
    table, agents = file.table, frozenset(traces.agents)
    links = {one: frozenset(traces.links[one]) for one in linked_columns(table, traces.links)}
    if not agents:
        # also a number that is too short to be told from others in a text
        people = frozenset(traces.renamed)
        links |= {one: links.get(one, frozenset()) | people for one in customer_columns(table)}
    if is_about_agents(table):
        links[AGENT] = agents
    called = {one: (one,) for one in table.by_name}
    if file.mapping is None:
        return Known(links, agent_columns(table), called=called)
    # of several columns that are joined, none has the number alone
    called |= {one.column: one.headers for one in file.mapping.fillings if len(one.headers) == 1}
    return Known(links, agent_columns(table), called=called, delimiter=file.mapping.delimiter)


def _known_of_vendor(connector: Connector, below: Path, traces: Traces) -> Known:
    """Return what is known of a vendor's file, by its own name and that of its table's folder."""
    folder, shown = below.parent.name, "/".join(below.parts[1:])
    links = {column: frozenset(values) for column, values in traces.links.items()}
    for column, values in traces.links.items():
        # a ticket's own record has its number as `id`
        if folder == f"{column.removesuffix('_id')}s":
            links["id"] = frozenset(values)
    tables = named(connector, shown)
    said = "/".join([shown.lower(), *(table.name for table in tables)])
    if traces.agents and _OF_AGENTS.search(said):
        links["id"] = links.get("id", frozenset()) | frozenset(traces.agents)
    called: dict[str, tuple[str, ...]] = {}
    for one in (one for table in tables for one in table.read):
        called[one.name] = (*called.get(one.name, ()), *one.names)
    pages = frozenset(table.records for table in tables if table.records)
    return Known(links, (AGENT,), pages, called)


def _tell_ledger(paths: DataPaths, path: Path, known: set[str], new: Path) -> None:
    """Record the hash that a file gets, where its rows were accepted from it."""
    for record in records(paths):
        files = [
            replace(file, sha256=sha256_of(new), stamp=[])
            if (file.name, record.source) == (path.name, path.parent.name) and file.sha256 in known
            else file
            for file in record.files
        ]
        if files != record.files:
            write_record(paths, replace(record, files=files))
