"""A look at the lineage on the terminal.

`python -m orchestration.lineage fcr_rate` names the raw columns of a KPI, `--column
interactions.contacts.answered_at` the KPIs of a column, and `--svg fcr_rate` draws its picture.
`--landed` writes down which landing columns each KPI is made from.
"""

import argparse
import sys

from orchestration.lineage import Lineage, as_svg, load_lineage, picture
from orchestration.lineage.landed import FILE, landed_csv
from orchestration.system.environment import prepare_environment
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import write_file


def main(arguments: list[str]) -> int:
    """Print what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.lineage")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("kpi", nargs="?", help="print the raw columns that this KPI is made from")
    asked.add_argument("--column", help="print the KPIs of a column, as source.table.column")
    asked.add_argument("--svg", metavar="KPI", help="print the picture of a KPI")
    asked.add_argument(
        "--unresolved", action="store_true", help="print the models that could not be followed"
    )
    asked.add_argument("--landed", action="store_true", help=f"write {FILE.name} anew")
    options = parser.parse_args(arguments)
    try:
        lineage = load_lineage(prepare_environment())
        if options.column:
            lines = kpis_of(lineage, options.column)
        elif options.svg:
            lines = [as_svg(picture(lineage, options.svg), "en")]
        elif options.landed:
            write_file(FILE, landed_csv(lineage).encode())
            lines = [f"Written: {FILE}"]
        elif options.unresolved:
            lines = [f"{model}: {why}" for model, why in lineage.graph.unresolved.items()]
        else:
            lines = [f"{one}\t{one.use}" for one in lineage.raw_columns_of(options.kpi)]
    except PilotageError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    print("\n".join(lines))
    return 0


def kpis_of(lineage: Lineage, name: str) -> list[str]:
    """Return a line for each KPI of a column; UsageError when the name is not one of a column."""
    parts = name.split(".")
    if len(parts) != 3:
        raise UsageError(f"{name} is no column: write source.table.column.")
    return [f"{one.kpi_id}\t{one.use}" for one in lineage.kpis_of(*parts)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
