"""How long does it take to accept a large file, measured against a plain copy of it?

    .venv/bin/python -m benchmarks.accept [--rows 1000000] [--runs 5] [--record]

Writes a CSV of contacts into a temporary directory (a few rows break the contract), then alternates
in one process: a plain `copy (select * from read_csv(…)) to parquet`; the whole of `accept` on an
empty landing (hash, checks, pseudonyms, reconciliation, quarantine, commit); and `accept` of the
same rows once more in another file, so that every row meets an accepted one. Prints the medians of
the ratios and rows a second; `--record` keeps the measurement as JSON in `benchmarks/results/`.
"""

import argparse
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from benchmarks.harness import PROJECT_ROOT, keep
from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.contract import Contract, load_contract
from orchestration.system.paths import DataPaths

Result = TypeVar("Result")

# One customer for every five contacts, half of them known by an e-mail address or a phone number;
# every other instant without an offset; one row in 20,000 answered before it was queued.
CONTACTS = """
    with contacts as (
        select
            i,
            timestamp '2024-01-01' + to_seconds((i * 60)::bigint) as queued,
            case when i % 2 = 0 then '' else '+01:00' end as offset_text,
            (hash(i) % 600)::bigint as seconds,
            (hash(i * 7) % greatest(1, $rows // 5))::bigint as customer
        from range(1, $rows + 1) as numbers (i)
    )
    select
        'C' || lpad(i::varchar, 9, '0') as contact_id,
        ['email', 'phone', 'customer_id', ''][1 + customer % 4] as customer_ref_type,
        [
            'client' || customer || '@example.com',
            '06' || lpad(customer::varchar, 8, '0'),
            'K' || customer,
            'K' || customer,
        ][1 + customer % 4] as customer_ref,
        ['phone', 'chat', 'email', 'social'][1 + seconds % 4] as channel,
        ['inbound', 'inbound', 'outbound'][1 + seconds % 3] as direction,
        'reason_' || seconds % 40 as reason,
        'queue_' || seconds % 12 as queue,
        'team_' || seconds % 20 as team,
        'brand_' || seconds % 3 as brand,
        'site_' || seconds % 4 as site,
        strftime(queued, '%Y-%m-%dT%H:%M:%S') || offset_text as queue_entered_at,
        strftime(
            queued + to_seconds(if(i % 20000 = 0, -60, seconds // 10)), '%Y-%m-%dT%H:%M:%S'
        ) || offset_text as answered_at,
        strftime(queued + to_seconds(60 + seconds), '%Y-%m-%dT%H:%M:%S') || offset_text as ended_at,
        seconds // 10 as wait_seconds,
        'answered' as disposition,
        'false' as is_internal,
        'false' as is_test,
        if(i % 5 = 0, 'T' || i, '') as ticket_id,
        strftime(queued + interval 1 hour, '%Y-%m-%dT%H:%M:%S') || 'Z' as updated_at,
    from contacts
"""


def write_contacts(file: Path, rows: int) -> None:
    """Write a CSV of `rows` contacts, always the same."""
    query = CONTACTS.replace("$rows", str(rows))
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{file}' (header)")


def plain_copy(file: Path, directory: Path) -> None:
    """The least that the engine must do: read the CSV, guess its types, write Parquet."""
    target = directory / "plain.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (select * from read_csv('{file}')) to '{target}' (format parquet)")


def land(file: Path, paths: DataPaths, contract: Contract) -> AcceptReport:
    """Put the file into the inbox and accept it."""
    inbox = paths.inbox / "interactions"
    inbox.mkdir(parents=True, exist_ok=True)
    os.link(file, inbox / file.name)
    return accept(paths, contract)


def timed(task: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds that a task took, and its result."""
    start = time.perf_counter()
    result = task()
    return time.perf_counter() - start, result


def measure(rows: int, runs: int) -> dict:
    """Alternate the tasks `runs` times and return the record of the measurement."""
    contract = load_contract(PROJECT_ROOT)
    seconds: dict[str, list[float]] = {"plain": [], "accept": [], "again": []}
    with tempfile.TemporaryDirectory(prefix="pilotage-accept-") as name:
        directory = Path(name)
        first, again = directory / "contacts.csv", directory / "contacts_again.csv"
        write_contacts(first, rows)
        again.write_bytes(first.read_bytes() + b"\n")
        for run in range(runs + 1):
            paths = DataPaths(directory / f"data_{run}")
            plain, _ = timed(lambda: plain_copy(first, directory))
            whole, report = timed(lambda p=paths: land(first, p, contract))
            twice, repeated = timed(lambda p=paths: land(again, p, contract))
            if report.received != rows or repeated.duplicate != report.accepted:
                raise SystemExit(f"{report} and {repeated}: not what was written")
            shutil.rmtree(paths.root)
            if run:  # the first round warms up imports and the file cache
                for task, took in zip(seconds, (plain, whole, twice), strict=True):
                    seconds[task].append(took)
        size = first.stat().st_size
    return _record(rows, size, seconds, report)


def _record(rows: int, size: int, seconds: dict[str, list[float]], report: AcceptReport) -> dict:
    ratios = {
        task: [took / plain for took, plain in zip(seconds[task], seconds["plain"], strict=True)]
        for task in ("accept", "again")
    }
    middle = statistics.median(seconds["accept"])
    return {
        "rows": rows,
        "bytes": size,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "seconds": {task: [round(took, 3) for took in all_] for task, all_ in seconds.items()},
        "median_ratio": round(statistics.median(ratios["accept"]), 2),
        "median_ratio_again": round(statistics.median(ratios["again"]), 2),
        "rows_per_second": round(rows / middle),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="keep the result as JSON")
    options = parser.parse_args()
    record = measure(options.rows, options.runs)
    medians = {task: statistics.median(all_) for task, all_ in record["seconds"].items()}
    print(f"{options.rows:,} rows, {record['bytes'] / 1e6:.0f} MB, {options.runs} rounds, medians:")
    print(f"  plain copy to Parquet      {medians['plain']:6.2f} s")
    print(
        f"  accept                     {medians['accept']:6.2f} s   {record['median_ratio']} times "
        f"the plain copy, {record['rows_per_second']:,} rows/s"
    )
    print(
        f"  accept, all rows known     {medians['again']:6.2f} s   "
        f"{record['median_ratio_again']} times the plain copy"
    )
    print(f"  peak memory {record['peak_memory_mb']:,} MB")
    if options.record:
        print(f"Recorded in {keep(f'accept_{options.rows}', record)}")


if __name__ == "__main__":
    main()
