"""The hours of a day: a file that was cut, a clock that is wrong by whole hours."""

from collections.abc import Iterator, Sequence

import numpy as np

from orchestration.gate.unusual.finding import (
    FEWEST_OF_WEEKDAY,
    FEWEST_ROWS,
    Strange,
    second_largest,
)

# Row h: where the hours of a day were before it was turned by h.
_TURNED = (np.arange(24)[None, :] - np.arange(24)[:, None]) % 24


def cut(
    values: Sequence[str],
    p: np.ndarray,
    q: np.ndarray,
    n: float,
    days: np.ndarray,
    span: tuple[str, str],
) -> Iterator[Strange]:
    """The last day stops at an hour after which more rows should follow, as a cut file does."""
    place = np.array([int(hour) for hour in values])
    now, usual, past = np.zeros(24), np.zeros(24), np.zeros((len(days), 24))
    now[place], usual[place], past[:, place] = p * n, q, days

    def lacking(hours: np.ndarray) -> np.ndarray:
        """How many rows should follow those of each day, by what the hours up to their last had.

        None after hours that hardly ever have any: those say nothing about the day.
        """
        last = 23 - np.argmax(hours[:, ::-1] > 0, axis=1)
        had = np.cumsum(usual)[last]
        return np.where(had < 0.05, 0.0, hours.sum(axis=1) * (1 - had) / np.maximum(had, 0.05))

    missing = float(lacking(now[None, :])[0])
    limit = 1.5 * second_largest(lacking(past) if len(days) else np.zeros(0))
    if missing > max(9.0 * _together(past), limit):
        last = int(np.flatnonzero(now)[-1])
        told = {"hour": last + 1, "expected": round(missing), "day": span[1]}
        yield Strange("volume", "", round(missing), *span, told, "volume_cut", "rows")


def _together(hours: np.ndarray) -> float:
    """How many rows are one chance, as the answers of one person are: variance by mean."""
    if len(hours) < FEWEST_OF_WEEKDAY:
        return 1.0
    return max(1.0, float(hours.var(axis=0).sum() / max(float(hours.mean(axis=0).sum()), 1e-9)))


def shift(
    values: Sequence[str],
    p: np.ndarray,
    q: np.ndarray,
    n: float,
    days: np.ndarray,
    room: float,
    feature: str,
    span: tuple[str, str],
) -> Strange | None:
    """Whole hours by which the day's profile is turned: which turn makes these hours likeliest?

    `days` are hours of past days of the same weekdays; how far those lie from it is no
    surprise. `room` is how far a usual day may lie from its profile.
    """
    if n < FEWEST_ROWS:
        return None
    place = np.array([int(hour) for hour in values])
    usual = np.full(24, 0.5 / max(float(days.sum()), 100.0))
    usual[place] += q
    # row h: how likely the hours of a day are that is turned by h
    likely = np.log(usual / usual.sum())[_TURNED]
    now, past = np.zeros(24), np.zeros((len(days), 24))
    now[place], past[:, place] = p * n, days
    scores, before = likely @ now, past @ likely.T
    best = int(np.argmax(scores))
    gain = float(scores[best] - scores[0])
    habit = before[:, 1:].max(axis=1) - before[:, 0] if len(days) else np.zeros(0)
    rows = float(np.median(days.sum(axis=1))) if len(days) else n
    # an hour is what a busy morning looks like, two are not
    times = 3.0 if best in (1, 23) else 2.0
    usually = times * second_largest(habit) * max(1.0, n / max(rows, 1.0))
    limit = max(12.0 * _together(past), usually)
    if best == 0 or gain < limit or gain < 0.04 * n:
        return None
    # turned back it has to be a usual day again, not another kind of day
    apart = 0.5 * np.abs(now / n - (usual / usual.sum())[_TURNED]).sum(axis=1)
    if apart[best] > room or apart[best] > 0.75 * apart[0]:
        return None
    hours = best if best <= 12 else best - 24
    told = {"hours": f"{hours:+d}", "count": round(n)}
    return Strange("shift", feature.partition(":")[2], round(n), *span, told, "", feature)
