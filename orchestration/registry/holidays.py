"""The public holidays of a country, written into the seed of closed days.

`python -m orchestration.registry.holidays FR 1990 2040` writes those of a country, from one year
to another, for the calendar `standard` (or another, named last). What the seed says of it in
these years is replaced; other years and calendars stay. A calendar is known in the years that
the seed names: outside of them no time counts as open, and none as closed.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from orchestration.system.paths import PROJECT_ROOT

SEED = Path("seeds") / "business_holidays.csv"
COLUMNS = ("calendar", "holiday_date", "label")

Row = dict[str, str]


def public_holidays(country: str, years: Iterable[int], calendar: str) -> list[Row]:
    """Return one row a public holiday, in the words of the country; of two on a day the first.

    Raises NotImplementedError for a country that the package does not know.
    """
    # one of the tools, which the service does without
    from holidays import country_holidays

    spoken = country_holidays(country).default_language
    days = country_holidays(country, years=years, language=spoken)
    return [
        {
            "calendar": calendar,
            "holiday_date": day.isoformat(),
            "label": label.split("; ")[0].replace("\u2019", "'"),
        }
        for day, label in sorted(days.items())
    ]


def replaced(rows: Iterable[Row], new: list[Row], years: range, calendar: str) -> list[Row]:
    """Return the rows of the seed with `new` in the place of what it says of these years."""
    kept = [
        row
        for row in rows
        if row["calendar"] != calendar or int(row["holiday_date"][:4]) not in years
    ]
    return sorted([*kept, *new], key=lambda row: (row["calendar"], row["holiday_date"]))


def write(seed: Path, country: str, years: range, calendar: str) -> int:
    """Write the seed anew; return how many holidays it then has of these years."""
    with seed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    new = public_holidays(country, years, calendar)
    with seed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(replaced(rows, new, years, calendar))
    return len(new)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit("usage: python -m orchestration.registry.holidays COUNTRY FIRST LAST [CALENDAR]")
    country, first, last = sys.argv[1:4]
    calendar = (*sys.argv[4:], "standard")[0]
    count = write(PROJECT_ROOT / SEED, country, range(int(first), int(last) + 1), calendar)
    print(f"{SEED}: {count} holidays of {country} from {first} to {last}")
