"""How long does each step of `make run` take on a fresh directory, and how large is the edition?

    .venv/bin/python benchmarks/run.py [--customers 12000] [--months 18] [--record]

Runs the command itself, twice: on an empty directory, then again with nothing to do. Step times are
those that the command prints. `--record` keeps the measurement as JSON in `benchmarks/results/`.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT_ROOT / "benchmarks" / "results"
STEP = re.compile(r"^(?P<title>[A-Z][^:]*): (?P<seconds>[\d.]+) s$", re.MULTILINE)


def run(data: Path, customers: int, months: int) -> dict[str, object]:
    """Run the command once; return its wall seconds and those of its steps."""
    environment = os.environ | {
        "PILOTAGE_DATA_DIR": str(data),
        "PILOTAGE_DEMO_CUSTOMERS": str(customers),
        "PILOTAGE_DEMO_MONTHS": str(months),
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.monotonic() - started
    steps = {step["title"]: float(step["seconds"]) for step in STEP.finditer(done.stdout)}
    return {"wall_seconds": round(seconds, 1), "steps_seconds": steps}


def measure(customers: int, months: int) -> dict[str, object]:
    """Measure a fresh run and an idle one, and the edition between them."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        fresh = run(data, customers, months)
        idle = run(data, customers, months)
        edition = (data / "published" / "pilotage.duckdb").resolve()
        with duckdb.connect(str(edition), read_only=True) as con:
            counts = {
                table: con.execute(f"select count(*) from {table}").fetchall()[0][0]
                for table in ("core.contacts", "core.survey_answers", "kpis.kpi_values")
            }
        return {
            "what": "pilotage run",
            "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
            "customers": customers,
            "months": months,
            "fresh_run": fresh,
            "second_run_wall_seconds": idle["wall_seconds"],
            "edition_bytes": edition.stat().st_size,
            "edition_rows": counts,
        }


def main() -> None:
    """Print the measurement, and keep it with `--record`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=12_000)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    text = json.dumps(measure(arguments.customers, arguments.months), indent=2) + "\n"
    print(text, end="")
    if arguments.record:
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / "run.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
