"""How does the time of each model grow with the data?

    .venv/bin/python -m benchmarks.growth [--small run] [--large run_large] [--record]

Reads two results of `benchmarks.run`, of worlds of different size at one commit, and prints for
each table the exponent e of `time ~ contacts^e` in their first runs. What a table costs however few
rows there are (as much as the fastest one, which has next to none) is taken off first. Flags what
grows faster than contacts^1.15 and takes more than two seconds; ends with 1 when anything does.
`--record` keeps the result in `benchmarks/results/growth.json`.
"""

import argparse
import json
import math
import sys
from dataclasses import dataclass

from benchmarks.harness import RESULTS, keep

FASTEST_GROWTH = 1.15
SECONDS_THAT_COUNT = 2.0
# less than this is noise, not a time to compare with
LEAST_SECONDS = 0.02


@dataclass(frozen=True)
class Growth:
    """Thread-seconds of one table in either world, and how they grow."""

    table: str
    small: float
    large: float
    exponent: float

    @property
    def is_too_fast(self) -> bool:
        return self.large > SECONDS_THAT_COUNT and self.exponent > FASTEST_GROWTH


def own_seconds(by_table: dict[str, float]) -> dict[str, float]:
    """Thread-seconds of each table, less those that every table costs."""
    least = min(by_table.values())
    return {table: max(LEAST_SECONDS, seconds - least) for table, seconds in by_table.items()}


def exponent(small: float, large: float, factor: float) -> float:
    """By which power of `factor` a time has grown."""
    return round(math.log(large / small) / math.log(factor), 2)


def growths(small: dict[str, float], large: dict[str, float], factor: float) -> list[Growth]:
    """Compare two worlds, one `factor` times as large as the other; the slowest table first."""
    found = [
        Growth(table, round(small[table], 2), round(took, 2), exponent(small[table], took, factor))
        for table, took in large.items()
        if table in small
    ]
    return sorted(found, key=lambda growth: -growth.large)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", default="run", help="name of a result")
    parser.add_argument("--large", default="run_large", help="name of one of a larger world")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    runs = [
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["commits"]
        for name in (options.small, options.large)
    ]
    # the newer commit of a comparison stands last
    (small_commit, small), (large_commit, large) = (list(run.items())[-1] for run in runs)
    if small_commit != large_commit:
        sys.exit(f"measured at two commits: {small_commit} and {large_commit}")
    contacts = [run["edition"]["core.contacts"] for run in (small, large)]
    factor = contacts[1] / contacts[0]
    few, many = (own_seconds(run["thread_seconds_by_table"]) for run in (small, large))
    found = growths(few, many, factor)
    print(f"{contacts[0]:,} contacts and {contacts[1]:,}; thread-seconds of each table")
    for growth in found:
        flag = f"  faster than n^{FASTEST_GROWTH}" if growth.is_too_fast else ""
        print(
            f"{growth.table:44} {growth.small:8.2f} {growth.large:8.2f}   n^{growth.exponent:.2f}"
            f"{flag}"
        )
    totals = [round(sum(seconds.values()), 1) for seconds in (few, many)]
    print(f"{'all':44} {totals[0]:8.2f} {totals[1]:8.2f}   n^{exponent(*totals, factor):.2f}")
    too_fast = [growth.table for growth in found if growth.is_too_fast]
    if options.record:
        result = {
            "commit": small_commit,
            "contacts": contacts,
            "thread_seconds": totals,
            "exponent": exponent(*totals, factor),
            "tables": {g.table: [g.small, g.large, g.exponent] for g in found},
            "too_fast": too_fast,
        }
        print(f"Recorded in {keep('growth', result)}")
    sys.exit(1 if too_fast else 0)


if __name__ == "__main__":
    main()
