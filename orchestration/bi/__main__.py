"""The direction's dashboard for Superset, as a file to import.

`python -m orchestration.bi --language fr` writes `pilotage-direction-fr.zip`; `--edition` is the
path of the edition's file where Superset runs.
"""

import argparse
import sys
from pathlib import Path

from orchestration.bi.dashboard import DASHBOARD, export
from orchestration.system.errors import PilotageError
from orchestration.system.files import write_file
from orchestration.system.language import LANGUAGES, language
from orchestration.system.paths import data_paths


def main(arguments: list[str]) -> int:
    """Write the file that is asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.bi")
    parser.add_argument("--language", choices=LANGUAGES, default=language())
    parser.add_argument(
        "--edition",
        type=Path,
        default=data_paths().pointer,
        help="what Superset opens, as its machine knows it (default: what is published here)",
    )
    parser.add_argument("--to", type=Path, help="default: pilotage-direction-<language>.zip")
    given = parser.parse_args(arguments)
    to = given.to or Path(f"pilotage-{DASHBOARD}-{given.language}.zip")
    try:
        write_file(to, export(given.edition, given.language))
    except PilotageError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    print(f"{to}: import it in Superset under Dashboards, which then opens {given.edition}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
