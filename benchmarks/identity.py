"""How long does it take to say which person each of two million references stands for?

    .venv/bin/python -m benchmarks.identity [--customers 600000] [--record]

Writes accepted rows into a temporary directory: customers with an e-mail and every other one with
a phone, declared references of which some are shared or handed over, other ids, and merges, among
them one chain of 10,000 and 50,000 merges into one record. Then builds the project's own identity
models, first whole, then with a second batch of late merges and hand-overs. Prints the seconds of
each model; `--record` keeps the measurement as JSON in `benchmarks/results/`.
"""

import argparse
import json
import os
import resource
import tempfile
import time

import duckdb

from benchmarks.harness import PROJECT_ROOT, keep
from orchestration.run.steps import initialise
from orchestration.system.environment import prepare_environment
from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.paths import DataPaths
from orchestration.warehouse.build import Part, build
from orchestration.warehouse.news import built_now
from orchestration.warehouse.run_context import Built, RunContext

MODELS = ["+int_customer_references_matched"]
CHAIN = 10_000
WIDE = 50_000

# `$n` customers. A chain, a hub and a tenth of the others are merged; every third customer has a
# declared handle, every fourth a declared phone, which every tenth of these hands over.
FIRST = {
    "customers": """
        select
            'c' || i as customer_id,
            'email_' || md5('e' || i) as email,
            if(i % 2 = 0, 'phone_' || md5('p' || i), null) as phone,
            'consumer' as segment,
            'north' as brand,
            timestamptz '2024-01-01' as created_at
        from range($n) as numbers (i)
    """,
    "customer_refs": """
        select
            'handle' as ref_type,
            'handle_' || md5('h' || i // 3) as ref_value,
            'c' || i as customer_id,
            null::timestamptz as valid_from,
            null::timestamptz as valid_to
        from range(0, $n, 3) as numbers (i)
        union all
        select
            'phone', 'phone_' || md5('d' || i), 'c' || i, null,
            if(i % 40 = 0, timestamptz '2025-01-01', null)
        from range(0, $n, 4) as numbers (i)
        union all
        select 'phone', 'phone_' || md5('d' || i), 'c' || (i + 1), timestamptz '2025-01-01', null
        from range(0, $n, 40) as numbers (i)
        union all
        select 'customer_id', 'shop_' || i, 'c' || i, null, null
        from range(0, $n, 12) as numbers (i)
    """,
    "customer_merges": """
        select
            'c' || i as merged_customer_id,
            'c' || case
                when i < $chain then i + 1
                when i < $chain + $wide then $n - 1
                -- a chain of up to ten
                else i + 1
            end as survivor_customer_id,
            timestamptz '2025-06-01' as merged_at
        from range($n - 1) as numbers (i)
        where i < $chain + $wide or (i % 100) < 10
    """,
}
SECOND = {
    "customer_merges": """
        select 'c' || i as merged_customer_id, 'c' || (i + 1) as survivor_customer_id,
            timestamptz '2025-07-01' as merged_at
        from range($chain + $wide + 50, $n - 1, 100) as numbers (i)
    """,
    "customer_refs": """
        select 'handle' as ref_type, 'handle_' || md5('h' || i // 3) as ref_value,
            'c' || (i + 1) as customer_id, timestamptz '2025-02-01' as valid_from,
            null::timestamptz as valid_to
        from range(0, $n, 300) as numbers (i)
    """,
}


def write(paths: DataPaths, tables: dict[str, str], customers: int, batch: int) -> int:
    """Write rows as if they had been accepted in one batch; return how many."""
    sizes = {"$n": customers, "$chain": CHAIN, "$wide": WIDE}
    written = 0
    for table, query in tables.items():
        for name, size in sizes.items():
            query = query.replace(name, str(size))
        folder = paths.accepted / "billing" / table / f"batch={batch}"
        folder.mkdir(parents=True)
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            [(rows,)] = con.execute(f"""
                copy (
                    select *, {batch}::bigint as batch, 'made' as source_file,
                        row_number() over () as row_number
                    from ({query})
                ) to '{folder}/rows.parquet' (format parquet)
            """).fetchall()
        written += rows
    return written


def run(paths: DataPaths, batch: int, built: Built | None) -> tuple[Built, dict[str, object]]:
    """Build the identity models once; return what was built and the seconds it took."""
    previous = built.latest_batch if built else 0
    context = RunContext(f"edition {batch}", None, previous, batch, None)
    started, worked = time.perf_counter(), time.process_time()
    # the data tests of the models themselves, and no others
    report = build(paths, context, built, Part(MODELS, "cautious"))
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    if report.error:
        raise SystemExit(str(report.error))
    models = {
        event.data.node_info.node_name: round(event.data.execution_time, 2)
        for event in report.events
        if event.data.node_info.resource_type == "model"
        and event.data.node_info.materialized != "view"
    }
    return built_now(paths, context, project_fingerprint(PROJECT_ROOT)), {
        "models_seconds": models,
        "models_seconds_in_all": round(sum(models.values()), 2),
        "wall_seconds_with_parsing_and_tests": round(seconds, 1),
        # what a machine that does nothing else would need, over its cores
        "processor_seconds_with_parsing_and_tests": round(work, 1),
    }


def counts(paths: DataPaths) -> dict[str, int]:
    """What the models said, to see that they said it of everything."""
    with duckdb.connect(str(paths.build_db), read_only=True) as con:
        [row] = con.execute("""
            select
                count(distinct (ref_type, ref_value)) as references,
                count(*) as stretches_of_time,
                count(*) filter (changed_in_batch = 2) as stretches_of_the_second_batch,
                (select count(*) from intermediate.int_customer_survivors_resolved) as linked_ids,
                (select count(*) from intermediate.int_customers_resolved) as persons
            from intermediate.int_customer_references_matched
        """).fetchall()
        return dict(zip([column[0] for column in con.description], row, strict=True))


def measure(customers: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="pilotage-identity-") as folder:
        os.environ["PILOTAGE_DATA_DIR"] = folder
        paths = prepare_environment()
        initialise(paths)
        landed = write(paths, FIRST, customers, 1)
        built, first = run(paths, 1, None)
        landed_late = write(paths, SECOND, customers, 2)
        _, second = run(paths, 2, built)
        found = counts(paths)
    return {
        "landed_rows": landed,
        "landed_rows_of_the_second_batch": landed_late,
        "longest_chain": CHAIN,
        **found,
        "whole": first,
        "second_batch": second,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=600_000)
    parser.add_argument("--record", action="store_true", help="keep the result as JSON")
    options = parser.parse_args()
    result = measure(options.customers)
    print(json.dumps(result, indent=2))
    if options.record:
        print(f"Recorded in {keep('identity', result)}")


if __name__ == "__main__":
    main()
