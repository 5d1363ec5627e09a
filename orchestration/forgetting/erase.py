"""The steps of a forgetting, each done again without harm, and the receipt at the end.

Whom it is about stands in a private journal in the vault from the first step to the last: whatever
kills the program, `resume` takes all steps again, finds most of them done, and ends the rest.
"""

import json
import secrets
import shutil
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.forgetting.contents import (
    Texts,
    drop_from_parquet,
    kind_of,
    rewrite_duckdb,
    rewrite_parquet,
    rewrite_sqlite,
    rewrite_text,
    rows_in_parquet,
    take_its_place,
)
from orchestration.forgetting.inbox import clear_inbox, is_ours
from orchestration.forgetting.judging import Known, NotWritable
from orchestration.forgetting.proof import Proof, files_of, search
from orchestration.forgetting.records import rewrite_records
from orchestration.forgetting.traces import NAME, Traces
from orchestration.landing.commit import Hook, recover, staging
from orchestration.landing.contract import Contract, Table
from orchestration.landing.ledger import (
    BatchRecord,
    FileRecord,
    records,
    rows_open,
    write_record,
)
from orchestration.landing.marks import journal
from orchestration.landing.suppression import (
    CUSTOMER,
    person_columns,
    suppress,
    text_links,
)
from orchestration.publication.editions import editions
from orchestration.publication.recovery import remove_edition
from orchestration.publication.reissue import reissue
from orchestration.publication.verify import refuse_altered, seal_again
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import (
    PARTIAL,
    partial_name,
    private_directory,
    read_json,
    remove_directory,
    write_json,
    write_private,
)
from orchestration.system.paths import DataPaths
from orchestration.system.sql import name, text
from orchestration.warehouse.run_context import forget_built

REISSUE, DROP = "reissue", "drop"
# Published columns with somebody's words.
PUBLISHED_TEXTS = ("redacted_text", "text")


@dataclass(frozen=True)
class Order:
    """What a forgetting is to do: `editions` says what becomes of kept ones (reissue or drop), with
    `inbox` the operator's own files lose the people's rows, too."""

    receipt: str
    people: int
    traces: Traces
    editions: str = REISSUE
    inbox: bool = False
    found: dict[str, dict[str, int]] | None = None


def new_order(
    paths: DataPaths, traces: Traces, people: int, policy: str = REISSUE, inbox: bool = False
) -> Order:
    """Describe a forgetting that starts now. `UsageError` for a policy that is none."""
    if policy not in (REISSUE, DROP):
        raise UsageError(f"--editions {policy!r} is neither {REISSUE} nor {DROP}.")
    receipt = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    return Order(receipt, people, traces, policy, inbox, survey(paths, traces).by_place())


def survey(paths: DataPaths, traces: Traces) -> Proof:
    """Say where the people are mentioned now; changes nothing."""
    return search(paths, traces)


def pending(paths: DataPaths) -> Order | None:
    """Return the forgetting that was interrupted, if one was."""
    content = read_json(journal(paths))
    if content is None:
        return None
    return Order(**(content | {"traces": Traces.stored(content["traces"])}))


def forget(
    paths: DataPaths, contract: Contract, order: Order, on_step: Hook = lambda step: None
) -> dict[str, Any]:
    """Take every step of `order`, prove that nothing is left, and return the receipt.

    The caller holds the lock. Raises `PilotageError` when something is left; the journal then
    stays, and the same order can be taken again.
    """
    traces = order.traces
    if not journal(paths).exists():
        # what is sealed at the end must be what was sealed before
        refuse_altered(paths)
    content = asdict(order) | {"traces": traces.as_json()}
    write_private(journal(paths), json.dumps(content, ensure_ascii=False))
    on_step("journal")
    suppress(paths.vault, _suppressed(traces))
    on_step("suppressed")
    _clear_leftovers(paths)
    rewritten = _clear_accepted(paths, contract, traces, on_step)
    on_step("accepted")
    moved = _clear_quarantine(paths, traces, on_step)
    _clear_ledger(paths, traces)
    on_step("quarantine")
    left = clear_inbox(paths, contract, traces, order.inbox)
    on_step("inbox")
    clear_warehouse(paths)
    on_step("warehouse")
    reissued, dropped = _clear_editions(paths, traces, order.editions, on_step)
    on_step("editions")
    _clear_agent_pages(paths, traces)
    _clear_others(paths, traces)
    on_step("others")
    _clear_vault(paths, traces)
    on_step("vault")
    seal_again(paths)
    on_step("sealed")
    proof, unseen = _prove(paths, order, left)
    left = sorted({*left, *unseen})
    on_step("proved")
    receipt = {
        "receipt": order.receipt,
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "people": order.people,
        "whom": "agents" if traces.agents else "customers",
        "found_before": order.found or {},
        "accepted_files_rewritten": rewritten,
        "quarantined_rows_removed": moved,
        "editions": {"policy": order.editions, "reissued": reissued, "dropped": dropped},
        "operator_files_left": [one for one in left if not traces.mentions(one)],
        "operator_files_left_count": len(left),
        "read_again": {"files": proof.files, "bytes": proof.size_bytes, "found": 0},
    }
    write_json(paths.receipts / f"{order.receipt}.json", receipt)
    on_step("receipt")
    journal(paths).unlink()
    return receipt


def _suppressed(traces: Traces) -> Iterator[tuple[str, str]]:
    # people may share a name: it keeps no row away
    yield from (one for one in traces.plain if one[0] != NAME)
    for kind, numbers in traces.links.items():
        yield from ((kind, number) for number in numbers)


def _clear_leftovers(paths: DataPaths) -> None:
    """Remove what other interrupted commands left: it is hidden, and nobody else looks there."""
    recover(paths)
    shutil.rmtree(staging(paths), ignore_errors=True)
    for partial in paths.root.rglob(f".*{PARTIAL}"):
        if partial.is_dir():
            shutil.rmtree(partial)
        else:
            partial.unlink(missing_ok=True)


def _clear_accepted(paths: DataPaths, contract: Contract, traces: Traces, on_step: Hook) -> int:
    """Give accepted rows another person, and empty the texts that the people wrote."""
    rewritten = 0
    for table in contract.tables.values():
        texts = _texts_of(table, contract, traces)
        place = paths.accepted / table.source / table.name
        for file in sorted(place.glob("batch=*/*.parquet")):
            if rewrite_parquet(file, traces, texts):
                rewritten += 1
                on_step("accepted file")
    return rewritten


def _texts_of(table: Table, contract: Contract, traces: Traces) -> Texts | None:
    """Return which free texts of a landed table the people wrote."""
    columns = [column.name for column in table.columns if column.free_text]
    conditions = [
        f"rows.{name(one)} in ({_listed(traces.people)})" for one in person_columns(table)
    ]
    conditions += [
        f"rows.{name(link)} in ({_listed(traces.links.get(link, []))})"
        for link, tables in text_links(contract).items()
        if table in tables
    ]
    if not columns or not conditions:
        return None
    return Texts(columns, " or ".join(f"coalesce({one}, false)" for one in conditions))


def _listed(values: Any) -> str:
    return ", ".join(text(value) for value in sorted(values)) or "null"


def _clear_quarantine(paths: DataPaths, traces: Traces, on_step: Hook) -> int:
    """Remove rows set aside that mention the people; the ledger counts them as suppressed."""
    known = {record.batch: record for record in records(paths)}
    left = rows_open(list(known.values()))
    moved = 0
    for file in sorted(paths.quarantine.glob("*/*/batch=*/*.parquet")):
        batch = int(file.parent.name.removeprefix("batch="))
        there, gone = rows_in_parquet(file, traces)
        if gone and (record := known.get(batch)):
            # first the count: whoever comes again sees by it whether these rows were counted
            uncounted = {
                one.name: gone.get(one.name, 0)
                for one in record.files
                if one.quarantined == there.get(one.name, 0)
            }
            write_record(paths, _without_quarantined(record, uncounted, left[batch]))
            on_step("quarantined rows counted")
        moved += sum(drop_from_parquet(file, traces).values())
    # rows of vendors' files that no connector could read: no batch counts them
    for file in sorted(paths.quarantine.glob("*/*.parquet")):
        moved += sum(drop_from_parquet(file, traces, "file").values())
    return moved


def _without_quarantined(record: BatchRecord, gone: dict[str, int], most: int) -> BatchRecord:
    """Count rows as suppressed that were quarantined: no more than still wait to come again."""
    files: list[FileRecord] = []
    total = 0
    for file in record.files:
        rows = min(gone.get(file.name, 0), file.quarantined, most - total)
        total += rows
        files.append(
            replace(file, quarantined=file.quarantined - rows, suppressed=file.suppressed + rows)
        )
    return replace(
        record,
        files=files,
        quarantined=record.quarantined - total,
        suppressed=record.suppressed + total,
    )


def _clear_ledger(paths: DataPaths, traces: Traces) -> None:
    """Take the people out of what the records quote: codes, names of files."""
    for record in records(paths):
        content = json.dumps(asdict(record), ensure_ascii=False)
        if traces.mentions(content):
            found = json.loads(traces.replaced(content))
            files = [FileRecord(**file) for file in found.pop("files")]
            write_record(paths, BatchRecord(**found, files=files))


def clear_warehouse(paths: DataPaths) -> None:
    """Remove what the next run builds again: a deleted row would stay in a database's file."""
    forget_built(paths)
    if paths.warehouse.is_dir():
        remove_directory(paths.warehouse)
    private_directory(paths.warehouse)


def _clear_editions(
    paths: DataPaths, traces: Traces, policy: str, on_step: Hook
) -> tuple[list[str], list[str]]:
    """Write the kept editions anew, or all but the current one away; return the names of both."""
    reissued, dropped = [], []
    for edition in editions(paths):
        if policy == DROP and not edition.is_current:
            remove_edition(paths, edition)
            dropped.append(edition.name)
            continue
        if reissue(edition, lambda old, new: _write_edition(old, new, traces)):
            reissued.append(edition.name)
            on_step("edition")
    return reissued, dropped


def _write_edition(old: Path, new: Path, traces: Traces) -> bool:
    return rewrite_duckdb(old, new, traces, _published_texts(old, traces))


def _published_texts(database: Path, traces: Traces) -> dict[tuple[str, str], Texts]:
    """Return by table which published texts the people wrote: those of their numbers, tickets."""
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "where database_name = current_database() and not internal group by all"
        ).fetchall()
    links: dict[str, Any] = {CUSTOMER: traces.people, **traces.links}
    found = {}
    for schema, table, columns in rows:
        texts = [column for column in PUBLISHED_TEXTS if column in columns]
        theirs = [
            f"coalesce(rows.{name(link)} in ({_listed(values)}), false)"
            for link, values in links.items()
            if link in columns and values
        ]
        if texts and theirs:
            found[schema, table] = Texts(texts, " or ".join(theirs))
    return found


def _clear_agent_pages(paths: DataPaths, traces: Traces) -> None:
    """Remove the pages of the agents: each is about one person, and nobody else is to see it."""
    from orchestration.site.roles import file_names

    for agent in traces.agents:
        # as it is called where another differs by capitals alone, and where none does
        for file in {file_names([agent])[agent], file_names([agent, agent.swapcase()])[agent]}:
            for page in paths.agent_pages.glob(f"*/{file}.html"):
                page.unlink()


def _clear_others(paths: DataPaths, traces: Traces) -> None:
    """Write everything else anew that mentions the people; what is only built goes."""
    databases = {one.database for one in editions(paths)}
    apart = (paths.inbox, paths.accepted, paths.quarantine, paths.receipts, paths.vault)
    for file in files_of(paths):
        if file in databases or any(file.is_relative_to(place) for place in apart):
            continue
        kind = kind_of(file)
        is_built = file.relative_to(paths.root).parts[0] in ("dbt", "dagster")
        if kind == "parquet":
            rewrite_parquet(file, traces)
        elif kind == "duckdb":
            rewrite_duckdb(file, file, traces)
        elif kind == "sqlite":
            rewrite_sqlite(file, traces)
        elif traces.mentions(file.name):
            file.unlink()
        else:
            try:
                rewrite_text(file, traces)
            except PilotageError:
                if is_built:
                    file.unlink()
                elif kind != "zip" or not _clear_packed(file, traces):
                    raise


def _clear_packed(file: Path, traces: Traces) -> bool:
    """Take the people out of a workbook or an archive that somebody exported to here, or say no."""
    partial = partial_name(file)
    try:
        is_changed = rewrite_records(file, partial, traces, Known({}))
    except NotWritable:
        return False
    if is_changed:
        take_its_place(partial, file)
    return is_changed


def _clear_vault(paths: DataPaths, traces: Traces) -> None:
    """Write the vault anew without the identifiers of the people."""
    file = paths.vault / "identifiers.duckdb"
    if file.exists():
        theirs = f"coalesce(pseudonym in ({_listed(traces.renamed)}), false)"
        rewrite_duckdb(file, file, traces, without_rows={("main", "identifiers"): theirs})


def _prove(paths: DataPaths, order: Order, left: Collection[str]) -> tuple[Proof, list[str]]:
    """Read everything again but the operator's own files, and those `left` to the operator.

    Returns what else of the inbox is theirs to see to: files that mention somebody where no record
    does, across two lines or by their name, say. `PilotageError` names what is left beside them.
    """
    own = paths.inbox

    def is_asked(path: Path) -> bool:
        if not path.is_relative_to(own):
            return True
        return str(path.relative_to(own)) not in left and (order.inbox or is_ours(paths, path))

    proof = search(paths, order.traces, is_asked)
    unseen = [one.path for one in proof.found if one.path.is_relative_to(own)]
    if found := [one.path for one in proof.found if one.path not in unseen]:
        places = ", ".join(str(path.relative_to(paths.root)) for path in found[:5])
        raise PilotageError(
            f"{len(found)} files still mention somebody who is to be forgotten: {places}. Close "
            "the programs that hold them open, mend or remove what nobody can write anew, then "
            "`pilotage forget --resume`."
        )
    return proof, [str(path.relative_to(own)) for path in unseen]
