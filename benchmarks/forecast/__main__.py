"""Would a library forecast contacts better than the project does?

    .venv/bin/python -m benchmarks.forecast DATA --python OTHER/bin/python [--only all phone]

Takes the half-hours of a built data directory and the fortnights that the project tries its methods
on, and lets another Python, which has `statsforecast`, forecast each of them from the same days
(`library.py`). Holidays are dealt with as the project does: the library learns from days without
them, and what it expects is multiplied by what earlier ones left. Prints and keeps the errors of
both in `benchmarks/forecast/results.md`. Takes about ten minutes.
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import numpy

from benchmarks.harness import PROJECT_ROOT
from orchestration.system.paths import DataPaths

MODEL = PROJECT_ROOT / "models" / "marts" / "steering" / "steps" / "int_volume_forecasts.py"
LIBRARY = Path(__file__).with_name("library.py")
RESULTS = Path(__file__).with_name("results.md")
LABELS = {
    "last_week": "last week, as it was",
    "mean_of_weeks": "mean of four weeks, as they were",
    "usual_week": "usual week",
    "usual_week_fast": "usual week, level of the newest days",
    "mstl": "statsforecast MSTL (day and week), AutoETS trend",
    "ets": "statsforecast AutoETS on days, times the usual week's half-hours",
}


class Database:
    """What the model asks of dbt, answered by a warehouse that was built."""

    def __init__(self, warehouse: Path) -> None:
        self.connection = duckdb.connect(str(warehouse), read_only=True)

    def ref(self, name: str) -> Any:
        schema = "reference" if name == "parameters" else "intermediate"
        return self.connection.sql(f"from {schema}.{name}")


def the_model() -> ModuleType:
    spec = importlib.util.spec_from_file_location(MODEL.stem, MODEL)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(MODEL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_holidays(known: dict[str, Any]) -> numpy.ndarray:
    """Return the counts with the mean of the same weekday, before and after, on each holiday."""
    counts = known["counts"].copy()
    for day in numpy.flatnonzero(known["is_holiday"][: known["first_unknown"]]):
        beside = day + numpy.array([-14, -7, 7, 14])
        beside = beside[(beside >= 0) & (beside < known["first_unknown"])]
        beside = beside[~known["is_holiday"][beside]]
        counts[:, day] = counts[:, beside].mean(axis=1)
    return counts


def errors(came: numpy.ndarray, mean: numpy.ndarray, is_open: numpy.ndarray) -> dict[str, float]:
    contacts = came.sum()
    return {
        "rmse": float((((came - mean) ** 2).sum() / is_open.sum()) ** 0.5),
        "half_hour_wape": float(abs(came - mean).sum() / contacts),
        "day_wape": float(abs((came - mean).sum(axis=2)).sum() / contacts),
        "bias": float((mean.sum() - contacts) / contacts),
    }


def compare(data: Path, python: Path, only: list[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the errors by slice and method, and the seconds that the library took.

    Of the slices in `only`; of all where it is empty.
    """
    model, dbt = the_model(), Database(DataPaths(data).build_db)
    half_hours, slices, settings = model.read(dbt)
    known = model.gridded(half_hours, slices)
    starts = model.past_fortnights(known, 2 * int(settings["forecast_trials"]))
    tried = {start: model.tried_on(known, start, settings) for start in starts}
    weeks = {start: model.usual_weeks(known, start - 1, settings) for start in starts}
    training = int(settings["forecast_training_weeks"]) * model.WEEK
    chosen = [number for number, (_, value) in enumerate(slices) if not only or value in only]
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npz"
        numpy.savez(
            given,
            counts=without_holidays(known)[chosen],
            starts=starts,
            training=training,
            shares=[weeks[start]["usual_week"]["shares"][chosen] for start in starts],
            weekday=known["weekday"],
        )
        subprocess.run([str(python), str(LIBRARY), str(given), str(found)], check=True)
        library = dict(numpy.load(found))
    results: dict[str, dict[str, dict[str, float]]] = {}
    for at, number in enumerate(chosen):
        by_method = {}
        for method in LABELS:
            parts = []
            for place, start in enumerate(starts):
                days = numpy.arange(start, start + model.FORTNIGHT)
                if method in model.METHODS:
                    mean = tried[start][method][number]
                else:
                    left = model.factors(weeks[start]["usual_week"], known, days)[number]
                    mean = library[method][at, place] * left[:, None]
                parts.append((tried[start]["came"][number], mean, tried[start]["is_open"]))
            came, mean, is_open = (numpy.stack(part) for part in zip(*parts, strict=True))
            by_method[method] = errors(came, mean, is_open)
        results[" ".join(slices[number])] = by_method
    results["seconds"] = {
        name: {"per_forecast": float(library[f"{name}_seconds"])} for name in ("mstl", "ets")
    }
    return results


def page(results: dict[str, dict[str, dict[str, float]]], fortnights: int) -> str:
    seconds = results.pop("seconds")
    lines = [
        "# Contacts forecast by the project and by a library",
        "",
        "Written by `python -m benchmarks.forecast`, on the demonstration: "
        f"{fortnights} fortnights, each forecast from the half-year before it. Root of the mean "
        "squared error of an open half-hour (contacts), absolute error over contacts of half-hours "
        "and of days, bias.",
        "",
        f"The library takes {seconds['mstl']['per_forecast']:.1f} s (MSTL) and "
        f"{seconds['ets']['per_forecast']:.2f} s (AutoETS) of one slice and fortnight, elapsed on "
        "a busy machine; the project takes under a second of processor time for all.",
        "",
        "| slice | method | squared | half-hours | days | bias |",
        "|---|---|---|---|---|---|",
    ]
    for name, by_method in results.items():
        best = min(by_method, key=lambda method: by_method[method]["rmse"])
        for method, its in by_method.items():
            mark = "**" if method == best else ""
            lines.append(
                f"| {name} | {LABELS[method]} | {mark}{its['rmse']:.3f}{mark} "
                f"| {its['half_hour_wape']:.1%} | {its['day_wape']:.1%} | {its['bias']:+.1%} |"
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Compare and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="these slices, such as all, phone")
    options = parser.parse_args()
    results = compare(options.data, options.python, options.only)
    RESULTS.write_text(page(results, 12), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
