"""The pages of the catalogue say what the seeds say, and the demonstration knows its objectives."""

import csv
from pathlib import Path

from orchestration.registry.catalogue import PAGES, pages
from orchestration.system.paths import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pages_are_those_of_the_seeds():
    written = (PROJECT_ROOT / PAGES).read_text(encoding="utf-8")
    assert written == pages(SEEDS), "run python -m orchestration.registry.catalogue"


def test_every_kpi_in_force_has_its_place_on_a_page():
    written = pages(SEEDS)
    for row in rows(SEEDS / "kpi_catalogue.csv"):
        assert written.count(f"\n`{row['kpi_id']}`, version {row['kpi_version']} ") == int(
            not row["valid_to"]
        )


def test_objectives_of_the_demonstration_are_those_of_the_seed():
    seeded = {row["objective_id"]: row for row in rows(SEEDS / "kpi_objectives.csv")}
    planted = rows(PROJECT_ROOT / "orchestration" / "demo" / "objectives.csv")
    assert planted
    for row in planted:
        said = seeded[row["objective_id"]]
        assert said["label_fr"] == row["label"]
        assert said["level"] == row["level"]
        assert said["parent_objective_id"] == row["parent_objective_id"]


def test_a_kpi_serves_the_objective_that_measures_it():
    """An objective of the demonstration that names a KPI is the one which that KPI names."""
    documentation = {row["kpi_id"]: row for row in rows(SEEDS / "kpi_documentation.csv")}
    for row in rows(PROJECT_ROOT / "orchestration" / "demo" / "objectives.csv"):
        if row["kpi_id"]:
            assert documentation[row["kpi_id"]]["objective_id"] == row["objective_id"]
