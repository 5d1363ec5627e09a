"""Command line: see the package's docstring."""

import argparse
import time
from pathlib import Path

from orchestration.demo.world import (
    DEFAULT_CUSTOMERS,
    DEFAULT_MONTHS,
    DEFAULT_SEED,
    write_demo,
)


def main() -> None:
    """Write a demo world and print what was written."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.demo")
    parser.add_argument("--inbox", type=Path, required=True, help="directory to fill")
    parser.add_argument("--truth", type=Path, required=True, help="JSON file, outside the inbox")
    parser.add_argument("--customers", type=int, default=DEFAULT_CUSTOMERS)
    parser.add_argument("--months", type=int, default=DEFAULT_MONTHS)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--memory-limit", help="for example 4GB")
    given = parser.parse_args()
    started = time.perf_counter()
    try:
        report = write_demo(**vars(given))
    except ValueError as error:
        parser.error(str(error))
    seconds = time.perf_counter() - started
    print(
        f"{report.total_rows:,} rows in {report.files} files, {report.contacts:,} of them "
        f"contacts, {seconds:.1f} s ({report.contacts / seconds:,.0f} contacts/s, "
        f"{report.total_rows / seconds:,.0f} rows/s)"
    )


main()
