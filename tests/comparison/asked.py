"""What both pages of reasons are asked by: two editions, and what to write of them."""

import argparse
from pathlib import Path


def two_editions(program: str, description: str | None) -> argparse.Namespace:
    """Return `old` and `new`, two files, the `page` to write or None, and its `revisions`."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {program}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--revisions", default="old and new", help="named on the page")
    return parser.parse_args()
