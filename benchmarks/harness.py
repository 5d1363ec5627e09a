"""What the benchmarks of whole commands share: processor time of a process, and its record."""

import json
import os
import platform
import re
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT_ROOT / "benchmarks" / "results"

# A line of dbt's log: `… OK created sql table model core.contacts ...... [OK in 0.42s]`.
NODE = re.compile(
    r"(?:OK created (?:sql|python) (?P<kind>\w+) model|OK loaded (?P<seed>seed) file"
    r"|(?P<test>PASS)) (?P<name>\S+) .*in (?P<seconds>[\d.]+)s\]"
)


@dataclass(frozen=True)
class Node:
    """A node of dbt that was built. `kind` is `table`, `incremental`, `view`, `seed` or `test`."""

    kind: str
    name: str
    seconds: float


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds by the wall clock, of processors (with all its children), and
    its peak of memory in MB; and what it printed."""

    wall_seconds: float
    processor_seconds: float
    peak_mb: int
    output: str


def measured(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-3000:]}")
    processor = usage.ru_utime + usage.ru_stime
    return Cost(round(wall, 2), round(processor, 2), usage.ru_maxrss // 1024, output)


def built_nodes(log: Path) -> list[Node]:
    """What dbt says in its log that it built, with the thread-seconds of each node.

    Raises ValueError when the log names none.
    """
    found = [
        Node(
            line["kind"] or line["seed"] or "test",
            line["name"].rpartition(".")[2],
            float(line["seconds"]),
        )
        for line in NODE.finditer(log.read_text(encoding="utf-8"))
    ]
    if not found:
        raise ValueError(f"{log} names no node that was built")
    return found


def spread(values: Sequence[float]) -> dict[str, object]:
    """Summarise repeated measurements."""
    return {
        "min": min(values),
        "median": round(statistics.median(values), 2),
        "max": max(values),
        "all": list(values),
    }


def commit(tree: Path) -> str:
    """Return the short name of the commit that a tree stands on, with `+` for changes to it."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=tree, capture_output=True, text=True, check=True
        ).stdout.strip()

    own = ":!benchmarks/results"
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", own)
    return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def keep(name: str, result: Mapping[str, object]) -> Path:
    """Write a result, with the machine and the time, to `benchmarks/results/<name>.json`."""
    about = {
        "benchmark": name,
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "duckdb": version("duckdb"),
        },
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({**about, **result}, indent=2) + "\n", encoding="utf-8")
    return path
