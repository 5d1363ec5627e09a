"""Do two editions, or two revisions of the project, publish the same?

    python -m tests.comparison OLD.duckdb NEW.duckdb
    python -m tests.comparison main HEAD [--world demo] [--world examples] [--keep FOLDER]

The first compares every table of two files. The second builds the demonstration world (of the size
that `PILOTAGE_DEMO_CUSTOMERS` and `PILOTAGE_DEMO_MONTHS` give) and the worked examples at both
revisions, each in a work tree of its own, and compares what they publish. With `--keep` the trees
and worlds stay in that folder, and what is built there is not built again. Prints one line a table;
ends with 1 when any differs.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from tests.comparison.compare import Comparison, compare
from tests.comparison.worlds import WORLDS, check_out, remove


def main() -> None:
    options = _options()
    if options.old.endswith(".duckdb"):
        equal = _report("editions", compare(Path(options.old), Path(options.new)))
    else:
        with _folder(options.keep) as folder:
            equal = _compare_revisions(options, folder)
    sys.exit(0 if equal else 1)


def _compare_revisions(options: argparse.Namespace, folder: Path) -> bool:
    equal = True
    revisions = (("old", options.old), ("new", options.new))
    try:
        trees = {name: check_out(revision, folder / name / "tree") for name, revision in revisions}
        for world in options.world or list(WORLDS):
            editions: dict[str, Path] = {}
            for name, revision in revisions:
                print(f"building the world {world} at {revision}", flush=True)
                first = folder / "old" / world if editions else None
                editions[name] = WORLDS[world](trees[name], folder / name / world, first)
            equal = _report(world, compare(editions["old"], editions["new"])) and equal
    finally:
        if options.keep is None:
            for name, _ in revisions:
                if (folder / name / "tree").exists():
                    remove(folder / name / "tree")
    return equal


def _report(title: str, comparisons: Iterable[Comparison]) -> bool:
    equal = different = 0
    for comparison in comparisons:
        print(comparison, flush=True)
        equal, different = equal + comparison.is_equal, different + (not comparison.is_equal)
    print(f"{title}: {equal} tables equal, {different} not")
    return not different


@contextmanager
def _folder(kept: Path | None):
    folder = kept or Path(tempfile.mkdtemp(prefix="pilotage-comparison-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder.resolve()
    finally:
        if kept is None:
            shutil.rmtree(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", help="a published file, or a revision of the project")
    parser.add_argument("new", help="another of the same kind")
    parser.add_argument("--world", action="append", choices=WORLDS, help="default: each")
    parser.add_argument("--keep", type=Path, help="folder for trees and worlds, which then stay")
    return parser.parse_args()


if __name__ == "__main__":
    main()
