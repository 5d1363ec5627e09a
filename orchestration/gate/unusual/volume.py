"""How many rows came: days that are missing, thin or swollen."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

from orchestration.gate.unusual.finding import FEWEST_OF_WEEKDAY, SIGMA, Strange, second_largest
from orchestration.gate.unusual.frame import Frame, holidays_beside


def volume(frame: Frame) -> Iterator[Strange]:
    """Days that are missing, thin or swollen, by what their weekday had in the weeks around."""
    holidays = frame.holidays
    known = {day: values.get("all", 0) for day, values in frame.past.facts.get("rows", {}).items()}
    came = {day: frame.now["rows"][day].get("all", 0) for day in frame.own}
    total = {day: known.get(day, 0) + came.get(day, 0) for day in {*known, *came}}
    newest = max(known, default="")
    late = {frame.own[index] for one in frame.blocks if one.is_late for index in one.days}
    ends_early = frame.ends_early
    judged = _after(newest) if newest else frame.own[0]
    days, rows, expected, sigma, least = _usual(total, holidays)
    score = (rows - expected) / sigma
    at = np.array([day < judged or frame.is_first for day in days])
    lowest = min(-4.5, second_largest(-score[at & (expected >= 12)]) * -1.5)
    highest = max(6.0, second_largest(score[at & (expected >= 5)]) * 1.5)
    empty = (rows == 0) & (score <= -3.2)
    gaps = int((at & empty).sum())
    most = second_largest(rows[at])
    usual_of = dict(zip(days, np.nan_to_num(expected).tolist(), strict=True))
    for index, day in enumerate(days):
        is_last = day == frame.own[-1]
        if day in holidays or np.isnan(expected[index]):
            continue
        n, usual = int(rows[index]), float(expected[index])
        values = {"rows": n, "expected": round(usual), "day": day}
        if day >= judged and day <= frame.own[-1]:
            if n == 0:
                if empty[index] and least[index] >= usual / 3 and gaps <= frame.is_first:
                    yield Strange("volume", "", round(usual), day, day, values, "volume_missing")
            elif score[index] < lowest and n < 0.75 * usual and not (is_last and ends_early):
                yield Strange("volume", "", round(usual) - n, day, day, values, "volume_low")
        is_own = day in came and day not in late
        is_much = n >= 30 and n > 1.7 * usual and n > 1.2 * most
        if is_own and usual >= 5 and score[index] > highest and is_much:
            # what waited over holidays comes on the day after
            waited = [usual_of.get(one, 0.0) for one in holidays_beside(day, holidays, -1)]
            if n > 1.7 * (usual + sum(waited)):
                yield Strange("volume", "", n, day, day, values, "volume_high")


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _usual(
    total: Mapping[str, int], holidays: frozenset[str]
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return all days from the first to the last, their rows, and what the same weekdays of the
    eight weeks before and after have: median, deviation, least; nan of a weekday hardly known."""
    first, last = date.fromisoformat(min(total)), date.fromisoformat(max(total))
    length = (last - first).days + 1
    days = [(first + timedelta(days=one)).isoformat() for one in range(length)]
    rows = np.array([total.get(day, 0) for day in days], dtype=float)
    weeks = -(-length // 7)
    known = np.full(weeks * 7, np.nan)
    known[:length] = [np.nan if day in holidays else total.get(day, 0) for day in days]
    padded = np.full((weeks + 16, 7), np.nan)
    padded[8:-8] = known.reshape(weeks, 7)
    around = np.stack([padded[8 + by : 8 + by + weeks] for by in range(-8, 9) if by])
    around = around.reshape(16, weeks * 7)[:, :length]
    is_known = (~np.isnan(around)).sum(axis=0) >= FEWEST_OF_WEEKDAY
    around = np.where(is_known, around, 0.0)
    expected = np.nanmedian(around, axis=0)
    spread = SIGMA * np.nanmedian(np.abs(around - expected), axis=0)
    sigma = np.maximum(
        np.maximum(spread, 1.2 * np.sqrt(np.maximum(expected, 1.0))), 0.07 * expected
    )
    least = np.nanmin(around, axis=0)
    expected = np.where(is_known, expected, np.nan)
    return days, rows, expected, sigma, least
