"""The catalogue of KPIs as pages of the dbt documentation, made from what stewards edit.

`python -m orchestration.registry.catalogue` writes the pages again after a change of the seeds; a
test says when that was forgotten. Nothing is written there by hand.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from orchestration.system.paths import PROJECT_ROOT

PAGES = Path("models") / "marts" / "kpis" / "_kpi_catalogue__pages.md"
PERSPECTIVES = ("internal_process", "customer", "learning_growth", "financial", "governance")

Row = dict[str, str]
WRITTEN_BY = "Written by `python -m orchestration.registry.catalogue` from the seeds: change those."


def pages(seeds: Path) -> str:
    """Return the file of doc blocks, one per perspective, for the KPIs of the seeds in `seeds`."""
    documentation = {_key(row): row for row in _rows(seeds / "kpi_documentation.csv")}
    objectives = {row["objective_id"]: row for row in _rows(seeds / "kpi_objectives.csv")}
    thresholds: dict[str, list[Row]] = {}
    for row in _rows(seeds / "kpi_thresholds.csv"):
        thresholds.setdefault(row["kpi_id"], []).append(row)
    in_force = [row for row in _rows(seeds / "kpi_catalogue.csv") if not row["valid_to"]]
    lines = [WRITTEN_BY, ""]
    for perspective in PERSPECTIVES:
        lines += [f"{{% docs kpis_{perspective} %}}"]
        for row in in_force:
            if row["perspective"] == perspective:
                said = documentation[_key(row)]
                objective = objectives[said["objective_id"]]
                limits = thresholds.get(row["kpi_id"], [])
                lines += ["", *_entry(row | said, objective, limits)]
        lines += ["", "{% enddocs %}", ""]
    return "\n".join(lines)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _key(row: Row) -> tuple[str, str]:
    return row["kpi_id"], row["kpi_version"]


def _entry(kpi: Row, objective: Row, thresholds: list[Row]) -> Iterator[str]:
    """Yield the lines of one KPI."""
    yield f"## {kpi['name_en']} · {kpi['name_fr']}"
    yield ""
    yield (
        f"`{kpi['kpi_id']}`, version {kpi['kpi_version']} · {kpi['status']} · {kpi['tier']} · "
        f"{kpi['unit']} · {_direction(kpi['direction'])} · a value every {kpi['cadence']}"
    )
    yield ""
    yield f"*{kpi['question_en']}* {kpi['definition_en']} {kpi['interpretation_en']}"
    yield ""
    yield f"*{kpi['question_fr']}* {kpi['definition_fr']} {kpi['interpretation_fr']}"
    yield ""
    formula = kpi["numerator"]
    if kpi["denominator"]:
        formula += f" **over** {kpi['denominator']}"
    yield f"- **Formula**: {formula}"
    yield f"- **Owner**: {kpi['owner_role']}"
    yield f"- **Decision**: {kpi['decision']}"
    yield f"- **On a warning**: {kpi['on_warning_en']} · {kpi['on_warning_fr']}"
    yield f"- **On an alert**: {kpi['on_alert_en']} · {kpi['on_alert_fr']}"
    for limit in thresholds:
        yield f"- **Thresholds**: {_threshold(limit)}"
    if kpi["guardrail_kpi_id"]:
        yield f"- **Guard-rail**: `{kpi['guardrail_kpi_id']}`"
    yield f"- **Objective**: {objective['label_en']} · {objective['label_fr']}"
    yield f"- **Next review**: {kpi['next_review_on']}"
    yield f"- **Proof**: {kpi['examples']}"


def _direction(direction: str) -> str:
    return {
        "higher": "higher is better",
        "lower": "lower is better",
        "band": "near its own past is better",
        "context": "neither direction is better",
    }[direction]


def _threshold(row: Row) -> str:
    where = f" ({row['period_grain']})" if row["period_grain"] else ""
    if row["basis"] == "to_be_set":
        return f"warning {row['warn_rule']}, alert {row['alert_rule']}; judges nothing yet"
    past = f" against {row['baseline'].replace('_', ' ')}" if row["baseline"] else ""
    return (
        f"warning {row['warn_threshold']}, alert {row['alert_threshold']}, "
        f"{row['basis']}{past}{where}"
    )


def main() -> None:
    path = PROJECT_ROOT / PAGES
    path.write_text(pages(PROJECT_ROOT / "seeds"), encoding="utf-8")
    print(f"Written: {PAGES}")


if __name__ == "__main__":
    main()
