"""The command that writes the seed of closed days."""

import csv
from pathlib import Path

from orchestration.registry.holidays import SEED, public_holidays, replaced, write
from orchestration.system.paths import PROJECT_ROOT

HEADER = "calendar,holiday_date,label\n"


def test_the_holidays_of_france_are_those_of_the_seed() -> None:
    with (PROJECT_ROOT / SEED).open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["calendar"] == "standard"]
    years = range(1990, 2041)
    assert kept == public_holidays("FR", years, "standard")
    assert {row["holiday_date"] for row in kept} >= {"2023-12-25", "2027-05-17", "2030-01-01"}


def test_years_that_are_written_again_replace_what_the_seed_said_of_them_alone() -> None:
    rows = [
        {"calendar": "other", "holiday_date": "2026-02-03", "label": "a feast of ours"},
        {"calendar": "standard", "holiday_date": "2025-05-02", "label": "a bridge"},
        {"calendar": "standard", "holiday_date": "2026-05-15", "label": "a bridge"},
    ]
    new = [{"calendar": "standard", "holiday_date": "2026-01-01", "label": "New Year"}]

    found = replaced(rows, new, range(2026, 2028), "standard")

    assert found == [rows[0], rows[1], new[0]]


def test_a_calendar_of_another_country_stands_beside_the_first(tmp_path: Path) -> None:
    seed = tmp_path / "holidays.csv"
    seed.write_text(HEADER + "standard,2026-01-01,Jour de l'an\n", encoding="utf-8")

    count = write(seed, "MG", range(2026, 2027), "antananarivo")

    lines = seed.read_text(encoding="utf-8").splitlines()
    assert len(lines) == count + 2
    assert lines[-1] == "standard,2026-01-01,Jour de l'an"
    assert any(line.startswith("antananarivo,2026-06-26,") for line in lines)
