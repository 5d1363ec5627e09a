"""What does a day cost? The commands of a user, one after the other, at one commit or at two.

    .venv/bin/python -m benchmarks.run [--customers 12000] [--months 18] [--new-contacts 40]
        [--against main] [--rounds 3] [--inbox FOLDER] [--record NAME]

Each round lands the same files in an empty directory: first run, gate alone, `status`, idle run,
and a run after some new contacts; then a parse of the project from nothing. With `--against` each
round does so at that commit as well (or in that folder, a checkout that was set up), in turn, so
that both meet the same machine. Figures are seconds of processor time of the whole command, with
its children; wall seconds and the peak of memory stand beside them. `--record` keeps the result as
`benchmarks/results/<NAME>.json`; `python -m benchmarks.page` writes the page from there.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.harness import PROJECT_ROOT, Cost, built_nodes, commit, keep, measured, spread
from orchestration.system.paths import DataPaths
from tests.comparison.worlds import check_out, remove

STEP = re.compile(r"^(?P<title>[A-Z][^:]*): (?P<seconds>[\d.]+) s$", re.MULTILINE)
SHORT_COMMANDS = 3

# The newest contacts once more, a day later, as an export of the next evening would bring them.
NEW_CONTACTS = """
    copy (
        select
            * replace (
                'new-' || contact_id as contact_id,
                {instants}
            )
        from read_csv('{source}', all_varchar = true)
        where
            ticket_id is null
            and parent_contact_id is null
            and try_cast(queue_entered_at as timestamptz) is not null
        order by try_cast(queue_entered_at as timestamptz) desc, contact_id
        limit {count}
    ) to '{target}' (header)
"""
NEXT_DAY = """
    strftime(
        timezone('UTC', try_cast({column} as timestamptz)) + interval 1 day, '%Y-%m-%dT%H:%M:%SZ'
    ) as {column}
"""
INSTANTS = ("queue_entered_at", "answered_at", "ended_at", "updated_at")


def write_new_contacts(inbox: Path, target: Path, count: int) -> None:
    """Write a file of `count` contacts, which follow the newest of an inbox."""
    source = max(path for path in (inbox / "interactions").glob("contacts_2*.csv"))
    query = NEW_CONTACTS.format(
        instants=", ".join(NEXT_DAY.format(column=column) for column in INSTANTS),
        source=source,
        target=target,
        count=count,
    )
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(query)


def a_day(tree: Path, data: Path, inbox: Path, new_contacts: int) -> Iterator[tuple[str, Cost]]:
    """Run a user's commands on an empty directory; yield what each cost."""
    environment = {
        "PILOTAGE_DATA_DIR": str(data),
        "DBT_TARGET_PATH": str(data / "dbt" / "target"),
        "DBT_LOG_PATH": str(data / "dbt" / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    paths = DataPaths(data)

    def command(*arguments: str) -> Cost:
        return measured(arguments, tree, environment)

    pilotage = str(tree / ".venv" / "bin" / "pilotage")
    shutil.copytree(inbox, paths.inbox, copy_function=os.link)
    yield "first run", command(pilotage, "run")
    yield "gate", command(pilotage, "gate")
    for _ in range(SHORT_COMMANDS):
        yield "status", command(pilotage, "status")
        yield "idle run", command(pilotage, "run")
    target = paths.inbox / "interactions" / "contacts_of_the_next_day.csv"
    write_new_contacts(inbox, target, new_contacts)
    yield f"{new_contacts} new contacts", command(pilotage, "run")
    dbt = [str(tree / ".venv" / "bin" / "dbt"), "--quiet", "parse", "--no-partial-parse"]
    yield "cold parse", command(*dbt, "--target-path", str(data / "parsed"))


def seconds_by_table(data: Path) -> dict[str, float]:
    """Thread-seconds of each table that the builds so far have made; views take none."""
    nodes = built_nodes(data / "dbt" / "logs" / "dbt.log")
    return {node.name: node.seconds for node in nodes if node.kind in ("table", "incremental")}


def nodes(data: Path) -> dict[str, int]:
    """Count what a full build runs: models, seeds and data tests of the project parsed last."""
    manifest = json.loads((data / "parsed" / "manifest.json").read_text(encoding="utf-8"))
    counts: dict[str, int] = defaultdict(int)
    for node in manifest["nodes"].values():
        counts[node["resource_type"]] += 1
    return {**counts, "all": sum(counts.values())}


def sizes(data: Path) -> dict[str, int]:
    """Rows of the edition that was published, and its bytes."""
    edition = DataPaths(data).pointer.resolve()
    with duckdb.connect(str(edition), read_only=True) as con:
        rows = {
            table: con.execute(f"select count(*) from {table}").fetchall()[0][0]
            for table in ("core.contacts", "core.survey_answers", "kpis.kpi_values")
        }
    return {**rows, "bytes": edition.stat().st_size}


def measure(trees: dict[str, Path], inbox: Path, rounds: int, new_contacts: int) -> dict:
    """Run the day `rounds` times in every tree, in turn; return a summary by commit."""
    costs: dict[str, dict[str, list[Cost]]] = {name: defaultdict(list) for name in trees}
    facts: dict[str, dict] = {}
    tables: dict[str, dict[str, float]] = {}
    for number in range(rounds):
        for name, tree in trees.items():
            with tempfile.TemporaryDirectory(prefix="pilotage-run-", dir=inbox.parent) as folder:
                data = Path(folder) / "data"
                for title, cost in a_day(tree, data, inbox, new_contacts):
                    costs[name][title].append(cost)
                    if title == "first run":
                        tables[name] = seconds_by_table(data)
                    print(
                        f"round {number + 1}, {name}: {title}: {cost.processor_seconds:.1f} s of "
                        f"processor time, {cost.wall_seconds:.1f} s",
                        flush=True,
                    )
                facts[name] = {"nodes": nodes(data), "edition": sizes(data)}
    return {
        name: {
            **facts[name],
            "steps_of_the_first_run_wall_seconds": {
                step["title"]: float(step["seconds"])
                for step in STEP.finditer(costs[name]["first run"][-1].output)
            },
            "processor_seconds": {
                title: spread([cost.processor_seconds for cost in its])
                for title, its in costs[name].items()
            },
            "wall_seconds": {
                title: spread([cost.wall_seconds for cost in its])
                for title, its in costs[name].items()
            },
            "peak_mb": {title: max(c.peak_mb for c in its) for title, its in costs[name].items()},
            "thread_seconds_by_table": tables[name],
        }
        for name in trees
    }


def main() -> None:
    """Print the measurement, and keep it with `--record`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=12_000)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--new-contacts", type=int, default=40)
    parser.add_argument("--inbox", type=Path, help="files to land, instead of a new demonstration")
    parser.add_argument("--against", help="another commit, or the folder of a checkout")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", metavar="NAME")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as name:
        folder = Path(name)
        inbox = (options.inbox or _demonstration(folder, options)).resolve()
        trees, added = {commit(PROJECT_ROOT): PROJECT_ROOT}, None
        if options.against and Path(options.against).is_dir():
            trees = {commit(Path(options.against)): Path(options.against), **trees}
        elif options.against:
            added = check_out(options.against, folder / "tree")
            trees = {options.against: added, **trees}
        try:
            by_commit = measure(trees, inbox, options.rounds, options.new_contacts)
            if commit(PROJECT_ROOT) not in by_commit:
                sys.exit("the project was changed while it was measured")
        finally:
            if added:
                remove(added)
    result = {
        "customers": options.customers,
        "months": options.months,
        "new_contacts": options.new_contacts,
        "rounds": options.rounds,
        "commits": by_commit,
    }
    print(json.dumps(result, indent=2))
    if options.record:
        print(f"Recorded in {keep(options.record, result)}")


def _demonstration(folder: Path, options: argparse.Namespace) -> Path:
    """Write a demonstration world of the wanted size, and return its inbox."""
    data = folder / "world"
    size = ["--customers", str(options.customers), "--months", str(options.months)]
    pilotage = str(PROJECT_ROOT / ".venv" / "bin" / "pilotage")
    measured([pilotage, "demo", *size], PROJECT_ROOT, {"PILOTAGE_DATA_DIR": str(data)})
    return DataPaths(data).inbox


if __name__ == "__main__":
    main()
