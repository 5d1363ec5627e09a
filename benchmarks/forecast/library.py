"""Forecasts of a library that is no part of the project: run by a Python that has statsforecast.

python library.py GIVEN.npz FOUND.npz
"""

import sys
import time
import warnings

import numpy
from statsforecast.models import MSTL, AutoETS

HALF_HOURS, WEEK, FORTNIGHT = 48, 7, 14


def main(given_path: str, found_path: str) -> None:
    """Forecast each slice and fortnight from the days before its eve."""
    warnings.filterwarnings("ignore")
    given = numpy.load(given_path)
    counts, starts, training = given["counts"], given["starts"], int(given["training"])
    shape = (len(counts), len(starts), FORTNIGHT, HALF_HOURS)
    found = {"mstl": numpy.zeros(shape), "ets": numpy.zeros(shape)}
    seconds = dict.fromkeys(found, 0.0)
    for number in range(len(counts)):
        for place, start in enumerate(starts):
            days = counts[number, max(start - 1 - training, 0) : start - 1]
            began = time.perf_counter()
            model = MSTL(
                season_length=[HALF_HOURS, HALF_HOURS * WEEK],
                trend_forecaster=AutoETS(model="ZZN"),
            )
            ahead = model.forecast(y=days.ravel(), h=HALF_HOURS * (FORTNIGHT + 1))["mean"]
            found["mstl"][number, place] = ahead[HALF_HOURS:].reshape(FORTNIGHT, HALF_HOURS)
            seconds["mstl"] += time.perf_counter() - began
            began = time.perf_counter()
            by_day = AutoETS(season_length=WEEK).forecast(y=days.sum(axis=1), h=FORTNIGHT + 1)
            weekday = given["weekday"][start : start + FORTNIGHT]
            share = given["shares"][place, number][weekday]
            whole = share.sum(axis=1, keepdims=True)
            share = numpy.divide(share, whole, out=numpy.zeros_like(share), where=whole > 0)
            found["ets"][number, place] = by_day["mean"][1:, None] * share
            seconds["ets"] += time.perf_counter() - began
        print(f"slice {number + 1} of {len(counts)}", flush=True)
    numpy.savez(
        found_path,
        **{name: numpy.maximum(values, 0) for name, values in found.items()},
        **{f"{name}_seconds": taken / shape[0] / shape[1] for name, taken in seconds.items()},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
