"""Files of the inbox: those that the program made lose the people's rows, others are listed.

Of an agent, rows about the agent go; in rows about others another number takes their place.
"""

import re
from dataclasses import replace
from pathlib import Path

from orchestration.forgetting.contents import count, take_its_place
from orchestration.forgetting.records import (
    Known,
    is_writable,
    rewrite_records,
)
from orchestration.forgetting.traces import Traces
from orchestration.landing.connectors.declared import Connector, load_connectors
from orchestration.landing.connectors.files import named
from orchestration.landing.contract import Contract, Table
from orchestration.landing.files import scan
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
_OF_AGENTS = re.compile(r"user|agent|admin|staff|employee|member")


def is_ours(paths: DataPaths, path: Path) -> bool:
    """Did the program itself put the file into the inbox?"""
    pulled = path.name.startswith(PULLED) and path.parent.parent.parent == paths.inbox
    return pulled or is_recorded(path.name) or paths.demo_truth.exists()


def clear_inbox(paths: DataPaths, contract: Contract, traces: Traces, is_all: bool) -> list[str]:
    """Take the people's rows out of the files that the program made, or out of all.

    Returns the names below the inbox of files that mention somebody and are the operator's own, or
    of a kind that nobody can write anew (a workbook that is no .xlsx). A file keeps its batch: the
    ledger learns its new hash, so that it is not accepted once more.
    """
    left: list[str] = []
    tables = _tables(paths, contract)
    connectors = load_connectors(paths, contract)
    for path in sorted(path for path in paths.inbox.rglob("*") if path.is_file()):
        below = path.relative_to(paths.inbox)
        known = _known(path, tables.get(path), connectors.get(below.parts[0]), below, traces)
        if not (is_all or is_ours(paths, path)) or not is_writable(path):
            if count(path, traces):
                left.append(str(below))
            continue
        partial = partial_name(path)
        if rewrite_records(path, partial, traces, known):
            # the ledger first: killed in between, the file is still one that it knows next time
            _tell_ledger(paths, path, {sha256_of(path), sha256_of(partial)}, partial)
            take_its_place(partial, path)
    return left


def _tables(paths: DataPaths, contract: Contract) -> dict[Path, Table]:
    files, _ = scan(paths.inbox, contract, load_mappings(paths, contract))
    return {file.path: file.table for file in files}


def _known(
    path: Path, table: Table | None, connector: Connector | None, below: Path, traces: Traces
) -> Known:
    agents = frozenset(traces.agents)
    if connector is None:
        if table is None:
            return Known({}, (AGENT,))
        links = {one: frozenset(traces.links[one]) for one in linked_columns(table, traces.links)}
        if not agents:
            # also a number that is too short to be told from others in a text
            people = frozenset(traces.renamed)
            links |= {one: links.get(one, frozenset()) | people for one in customer_columns(table)}
        if is_about_agents(table):
            links[AGENT] = agents
        return Known(links, agent_columns(table))
    links = {column: frozenset(values) for column, values in traces.links.items()}
    for column, values in traces.links.items():
        # a ticket's own record has its number as `id`
        if path.parent.name == f"{column.removesuffix('_id')}s":
            links["id"] = frozenset(values)
    if agents and _OF_AGENTS.search(str(below).lower()):
        links["id"] = links.get("id", frozenset()) | agents
    pages = {one.records for one in named(connector, "/".join(below.parts[1:])) if one.records}
    return Known(links, (AGENT,), frozenset(pages))


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
