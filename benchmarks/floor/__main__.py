"""How far is a full build from the least that must be done?

    .venv/bin/python -m benchmarks.floor DATA [--rounds 3] [--record NAME]

Runs `floor.sql`, written by hand, on the accepted Parquet of a data directory that was built, and
then a full build of the project on the same files, in turn. The floor makes contacts (folded, with
legs and identity), tickets with their stretches in the backlog, issues, survey answers, orders,
subscriptions at each month's end, and the cells of ten headline KPIs; what it leaves out stands at
its head. Its cells must be those of `kpis.kpi_values`, or nothing is measured. Prints the ratio of
processor time; `--record` keeps the measurement in `benchmarks/results/<NAME>.json`.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import duckdb

from benchmarks.harness import PROJECT_ROOT, built_nodes, commit, keep, measured, spread
from orchestration.system.paths import DataPaths

FLOOR = Path(__file__).with_name("floor.sql")
PROFILE = {"threads": "2", "memory_limit": "4GB"}
# Every published value has its equal, and every cell of the floor is published: with
# its denominator, and with its value unless too few people stand behind it.
DIFFERENCES = """
    select *
    from floor.kpi_cells as floor
    full join (
        from published.kpis.kpi_values
        where
            kpi_id in (select kpi_id from floor.kpi_cells)
            and (value is not null or denominator > 0)
    ) as published
        using (kpi_id, period_grain, period_start, slice_type, slice_value)
    where
        published.denominator is distinct from cast(floor.denominator as double)
        or abs(published.value - floor.value) > 1e-9 * greatest(1, abs(published.value))
        or (published.value is null and published.status <> 'insufficient_sample')
"""
HEADLINES = 10
# What the floor's cells are made from in the project, with all that these read.
MEASURES = (
    "measures_contacts",
    "measures_costs",
    "measures_issue_contacts",
    "measures_issues",
    "measures_replies",
    "measures_repurchase",
    "measures_retention",
    "measures_surveys",
)


def build_floor(accepted: Path, database: Path) -> None:
    """Run the script on the files below `accepted`; its tables go to a new file."""
    with duckdb.connect(str(database), config=PROFILE) as con:
        con.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        con.execute("create schema landed; create schema seeds")
        for table in accepted.glob("*/*"):
            con.execute(f"""
                create view landed.{table.name} as
                from read_parquet('{table}/*/*.parquet', union_by_name = true)
            """)
        for seed in (PROJECT_ROOT / "seeds").glob("*.csv"):
            con.execute(f"""
                create view seeds.{seed.stem} as
                from read_csv('{seed}', header = true, all_varchar = true)
            """)
        con.execute(FLOOR.read_text(encoding="utf-8"))


def check(database: Path, marts: Path) -> dict[str, int]:
    """Count the cells of each KPI. Raises SystemExit when any is not the published one."""
    with duckdb.connect() as con:
        con.execute(f"attach '{database}' as floor (read_only)")
        con.execute(f"attach '{marts}' as published (read_only)")
        different = con.execute(f"select kpi_id, count(*) from ({DIFFERENCES}) group by 1")
        if found := different.fetchall():
            raise SystemExit(f"cells of the floor that are not those of kpi_values: {dict(found)}")
        cells = con.execute("select kpi_id, count(*) from floor.kpi_cells group by 1").fetchall()
    if len(cells) != HEADLINES:
        raise SystemExit(f"a world too small: it has cells of {len(cells)} KPIs, not {HEADLINES}")
    return dict(cells)


def where_time_goes(dbt: Path) -> dict[str, float]:
    """Thread-seconds of a build by what it made; `dbt` has its target and its log. Models are
    grouped by whether the floor's cells come from them."""
    manifest = json.loads((dbt / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = manifest["nodes"]
    wanted = [key for key, node in nodes.items() if node["name"] in MEASURES]
    needed: set[str] = set()
    while wanted:
        key = wanted.pop()
        if key in nodes and key not in needed:
            needed.add(key)
            wanted += nodes[key].get("depends_on", {}).get("nodes", [])
    facts = {nodes[key]["name"] for key in needed}
    seconds: dict[str, float] = defaultdict(float)
    for node in built_nodes(dbt / "logs" / "dbt.log"):
        what = f"{node.kind}s"
        if node.kind not in ("seed", "test"):
            what = "facts of the floor" if node.name in facts else "other models"
        seconds[what] += node.seconds
    return {what: round(took, 1) for what, took in seconds.items()}


def measure(data: Path, rounds: int) -> dict[str, object]:
    """Alternate the floor and a full build of the same accepted files."""
    seconds: dict[str, list[float]] = {"floor": [], "full build": []}
    peaks: dict[str, int] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="pilotage-floor-", dir=data.parent) as name:
            database = Path(name) / "floor.duckdb"
            alone = [sys.executable, "-m", "benchmarks.floor", str(data), "--only", str(database)]
            cost = measured(alone, PROJECT_ROOT, {})
            seconds["floor"].append(cost.processor_seconds)
            peaks["floor"] = cost.peak_mb
            print(f"floor: {cost.processor_seconds} s of processor time", flush=True)
            built = Path(name) / "data"
            shutil.copytree(DataPaths(data).accepted.parent, built / "landing", copy_function=_link)
            pilotage = str(PROJECT_ROOT / ".venv" / "bin" / "pilotage")
            dbt = built / "dbt"
            environment = {
                "PILOTAGE_DATA_DIR": str(built),
                "DBT_TARGET_PATH": str(dbt / "target"),
                "DBT_LOG_PATH": str(dbt / "logs"),
            }
            cost = measured([pilotage, "build"], PROJECT_ROOT, environment)
            seconds["full build"].append(cost.processor_seconds)
            peaks["full build"] = cost.peak_mb
            print(f"full build: {cost.processor_seconds} s of processor time", flush=True)
            where = where_time_goes(dbt)
            cells = check(database, DataPaths(built).marts_db)
            with duckdb.connect(str(DataPaths(built).marts_db), read_only=True) as con:
                [(contacts,)] = con.execute("select count(*) from core.contacts").fetchall()
    ratios = [
        round(full / floor, 2)
        for full, floor in zip(seconds["full build"], seconds["floor"], strict=True)
    ]
    return {
        "commit": commit(PROJECT_ROOT),
        "contacts": contacts,
        "cells": cells,
        "processor_seconds": {what: spread(its) for what, its in seconds.items()},
        "ratio": spread(ratios),
        "thread_seconds_of_the_full_build": where,
        "peak_mb": peaks,
    }


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("data", type=Path, help="data directory with accepted files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", metavar="NAME")
    parser.add_argument("--only", type=Path, help="run the script into this file, and nothing else")
    options = parser.parse_args()
    data = options.data.resolve()
    if options.only:
        build_floor(DataPaths(data).accepted, options.only)
        return
    result = measure(data, options.rounds)
    print(json.dumps(result, indent=2))
    if options.record:
        print(f"Recorded in {keep(options.record, result)}")


if __name__ == "__main__":
    main()
