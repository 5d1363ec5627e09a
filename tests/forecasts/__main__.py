"""How well contacts are forecast, and how often the intervals hold: several demonstration worlds.

    python -m tests.forecasts --seeds 5

Each seed makes a world of its own, of which only the forecasts are built; what became of the past
fortnights is kept in a file per world, so that a run that was stopped goes on. At the end
`tests/forecasts/results.md` is written anew. No part of `make test`: it takes two minutes a seed.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from orchestration.demo.effects import Effects
from orchestration.system.paths import PROJECT_ROOT
from tests.demo_worlds import built, kept, records, seeds_asked

FINDINGS = PROJECT_ROOT / ".test_data" / "forecasts"
RESULTS = Path(__file__).parent / "results.md"
CUSTOMERS, MONTHS = 12_000, 18
BUILD = (
    *("dbt", "--quiet", "build", "--exclude-resource-types", "test", "unit_test"),
    *("--select", "+volume_forecasts", "+forecast_quality"),
)
# of the fortnights before which there were enough others to choose a method by
QUERY = """
select slice_type, slice_value, cast(fortnight_start as varchar) as fortnight_start, method,
    is_in_force, half_hours, contacts, half_hour_rmse, half_hour_wape, day_wape, bias,
    half_hour_coverage, half_hour_calibration, day_coverage, day_calibration
from steering.forecast_quality
where state = 'over' and is_in_force is not null
order by all
"""
NAIVE = ("last_week", "mean_of_weeks")
HELD = ("half_hour_coverage", "half_hour_calibration", "day_coverage", "day_calibration")
Row = dict[str, Any]


def look_at(seed: int) -> list[Row]:
    """Return how the forecasts of one world did."""
    found: list[Row] = kept(FINDINGS / f"{seed}_{CUSTOMERS}.json", lambda: forecasts_of(seed))
    return found


def forecasts_of(seed: int) -> list[Row]:
    def commands(folder: Path) -> list[tuple[str, ...]]:
        return [("pilotage", "accept"), (*BUILD, "--target-path", str(folder / "target"))]

    with (
        built(CUSTOMERS, MONTHS, seed, Effects(), commands) as paths,
        duckdb.connect(str(paths.marts_db), read_only=True) as connection,
    ):
        return records(connection, QUERY)


def of(rows: list[Row], method: str | None) -> list[Row]:
    """Return the rows of a method, or of whatever was in force."""
    return [row for row in rows if (row["method"] == method if method else row["is_in_force"])]


def squared(rows: list[Row]) -> float:
    return float(sum(row["half_hour_rmse"] ** 2 * row["half_hours"] for row in rows))


def avoided(world: list[Row], method: str) -> float:
    """Return the part of the squared error of a naive method that was avoided."""
    return 1 - squared(of(world, None)) / squared(of(world, method))


def missed_days(world: list[Row], method: str | None) -> float:
    """Return the absolute error of days over contacts."""
    rows = [row for row in of(world, method) if row["contacts"]]
    return float(
        sum(row["day_wape"] * row["contacts"] for row in rows)
        / sum(row["contacts"] for row in rows)
    )


def held(world: list[Row], measure: str) -> float:
    found = [row[measure] for row in of(world, None) if row[measure] is not None]
    return float(sum(found) / len(found))


def spread(worlds: list[list[Row]], figure: Callable[[list[Row]], float], form: str) -> str:
    """Return the mean of a figure over the worlds, and the least and the most."""
    found = [figure(world) for world in worlds]
    return f"{sum(found) / len(found):{form}} ({min(found):{form}} to {max(found):{form}})"


def report(worlds: list[list[Row]]) -> str:
    """Return the page of results."""
    slices = sorted({(row["slice_type"], row["slice_value"]) for world in worlds for row in world})
    slices.sort(key=lambda one: one[0] != "total")
    fortnights = len({row["fortnight_start"] for row in worlds[0]})
    lines = [
        "# How well contacts are forecast in the demonstration's worlds",
        "",
        f"Written by `python -m tests.forecasts`: {len(worlds)} worlds of {CUSTOMERS:,} customers "
        f"and {MONTHS} months, the last {fortnights} fortnights of each. What was in force in a "
        "fortnight was chosen by those before it, so these are forecasts as they would have been "
        "made. The mean of the worlds, from the least to the most.",
        "",
        "## Against past weeks as they were",
        "",
        "Squared error of the half-hours that is avoided, against the same half-hour of last week "
        "and against the mean of four weeks; then the absolute error of days over contacts.",
        "",
        "| slice | avoided: last week | avoided: mean of weeks | days: in force | days: last week "
        "| days: mean of weeks |",
        "|---|---|---|---|---|---|",
    ]
    by_slice = {
        one: [
            [row for row in world if (row["slice_type"], row["slice_value"]) == one]
            for world in worlds
        ]
        for one in slices
    }
    for (kind, value), its in by_slice.items():
        figures = [
            *(spread(its, partial(avoided, method=method), ".0%") for method in NAIVE),
            *(spread(its, partial(missed_days, method=method), ".1%") for method in (None, *NAIVE)),
        ]
        lines.append(f"| {kind} {value} | {' | '.join(figures)} |")
    lines += [
        "",
        "## How often the intervals held",
        "",
        "Intervals of 80 %, of the method in force. Of few contacts an interval of whole numbers "
        "holds more than it must; the calibration counts a bound only by the part that the "
        "interval needs, so that 80 % is right.",
        "",
        "| slice | half-hours held | half-hours, calibrated | days held | days, calibrated |",
        "|---|---|---|---|---|",
    ]
    for (kind, value), its in by_slice.items():
        figures = [spread(its, partial(held, measure=measure), ".0%") for measure in HELD]
        lines.append(f"| {kind} {value} | {' | '.join(figures)} |")
    chosen = [row["method"] for world in worlds for row in of(world, None)]
    lines += ["", "## What was in force", "", "| method | slices and fortnights |", "|---|---|"]
    lines += [
        f"| `{method}` | {chosen.count(method):,} of {len(chosen):,} |"
        for method in sorted(set(chosen))
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Look at the worlds and write the page."""
    worlds = []
    for seed in seeds_asked(__doc__, 5, FINDINGS):
        worlds.append(look_at(seed))
        print(f"world of seed {seed}: {len(worlds[-1])} trials", flush=True)
    RESULTS.write_text(report(worlds), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
