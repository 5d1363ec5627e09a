"""How fast Zendesk's exports become landing rows: `python -m benchmarks.zendesk FOLDER`.

Writes an export of its own into FOLDER (tickets and their audits as JSON lines), converts it with
two threads under the memory limit of a run, and says how long that took. Nothing is accepted or
built: this is the conversion alone.
"""

import argparse
import json
import resource
import shutil
import time
from pathlib import Path

import duckdb

from orchestration.landing.connectors.convert import convert
from orchestration.landing.connectors.declared import load_connectors
from orchestration.landing.contract import load_contract
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.sql import text

MEMORY_LIMIT, THREADS = "4GB", 2


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--tickets", type=int, default=200_000)
    arguments.add_argument("--audits", type=int, default=5, help="audits a ticket, of two events")
    arguments.add_argument("--words", type=int, default=12, help="words of a message")
    said = arguments.parse_args()
    write_export(said.folder / "inbox", said.tickets, said.audits, said.words)
    print(json.dumps(measure(said.folder), indent=2))


def write_export(inbox: Path, tickets: int, audits: int, words: int) -> None:
    """Tickets of one year, each with its audits: a message and a change of status or agent each."""
    inbox.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"set threads = {THREADS}")
        con.execute("""
            create macro moment(ticket, step) as strftime(
                timestamp '2025-01-01 08:00:00' + to_seconds(ticket * 150 + step * 5400),
                '%Y-%m-%dT%H:%M:%SZ'
            )
        """)
        con.execute(f"""
            copy (
                select
                    id,
                    moment(id, 0) as created_at,
                    moment(id, {audits}) as updated_at,
                    'solved' as status,
                    100000 + id % 50000 as requester_id,
                    100000 + id % 50000 as submitter_id,
                    1 + id % 100 as assignee_id,
                    1 + id % 10 as group_id,
                    'normal' as priority,
                    {{'channel': if(id % 3 = 0, 'web', 'email'), 'source': {{'rel': null}}}} as via,
                    ['one', 'two'] as tags,
                    repeat('Subject ', 4) as subject
                from range(1, {tickets + 1}) as tickets (id)
            ) to {text(inbox / "tickets.jsonl")} (format json)
        """)
        con.execute(f"""
            copy (
                select
                    id * 100 + step as id,
                    id as ticket_id,
                    moment(id, step) as created_at,
                    if(step % 2 = 0, 100000 + id % 50000, 1 + id % 100) as author_id,
                    {{'channel': 'web', 'source': {{'rel': null}}}} as via,
                    [
                        {{
                            'id': id * 1000 + step * 10, 'type': 'Comment',
                            'author_id': if(step % 2 = 0, 100000 + id % 50000, 1 + id % 100),
                            'body': repeat('lorem ipsum ', {words} // 2), 'public': step <> 3,
                            'field_name': null, 'value': null, 'previous_value': null
                        }},
                        {{
                            'id': id * 1000 + step * 10 + 1,
                            'type': if(step = 0, 'Create', 'Change'),
                            'author_id': null, 'body': null, 'public': null,
                            'field_name': if(step = 1, 'assignee_id', 'status'),
                            'value': case step
                                when 0 then 'new'
                                when 1 then cast(1 + id % 100 as varchar)
                                when {audits - 1} then 'solved'
                                when 2 then 'open'
                                else 'pending'
                            end,
                            'previous_value': null
                        }}
                    ] as events
                from range(1, {tickets + 1}) as tickets (id), range({audits}) as steps (step)
            ) to {text(inbox / "ticket_audits.jsonl")} (format json)
        """)
        con.execute(f"""
            copy (
                select
                    id,
                    if(id <= 100, 'agent', 'end-user') as role,
                    '2024-01-01T00:00:00Z' as created_at,
                    '2024-01-01T00:00:00Z' as updated_at,
                    'person' || id || '@home.example' as email,
                    if(id <= 100, 1 + id % 10, null) as default_group_id
                from (
                    select unnest(range(1, 101)) as id
                    union all
                    select unnest(range(100000, 150000))
                )
            ) to {text(inbox / "users.jsonl")} (format json)
        """)


def measure(folder: Path) -> dict[str, object]:
    """Convert what lies in FOLDER/inbox; rows, seconds, and the most memory of the process."""
    contract = load_contract(PROJECT_ROOT)
    connector = load_connectors(DataPaths(folder / "data"), contract)["zendesk"]
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    with duckdb.connect(str(work / "raw.duckdb")) as con:
        con.execute(f"set threads = {THREADS}")
        con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        con.execute(f"set temp_directory = {text(work / 'spilled')}")
        con.execute("set TimeZone = 'UTC'")
        started, worked = time.perf_counter(), time.process_time()
        done = convert(con, connector, contract, folder / "inbox", work, folder / "none", b"0")
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
        tickets, events = con.execute("""
            select
                (select count(*) from shape.tickets),
                (select count(*) from shape.audit_events)
        """).fetchone()
    records = done.raw_rows
    return {
        "bytes": sum(one.stat().st_size for one in (folder / "inbox").iterdir()),
        "records": records,
        "events": events,
        "landing_rows": sum(one.rows for one in done.mapped),
        "seconds": round(seconds, 1),
        # of all threads: what two cores with nothing else to do need at the least is half of it
        "cpu_seconds": round(cpu, 1),
        "tickets_and_events_a_second": round((tickets + events) / seconds),
        "tickets_and_events_a_cpu_second": round((tickets + events) / cpu),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
