"""Values in another unit: cents as euros, milliseconds as seconds."""

import math
from collections.abc import Sequence

import numpy as np

from orchestration.gate.past import PER_OCTAVE
from orchestration.gate.unusual.finding import Strange

# Units that are confused: cents, thousands, minutes, hours, days, their products.
FACTORS = (60, 100, 1000, 3600, 60_000, 86_400, 100_000, 1_000_000, 3_600_000)
# How far a ratio may lie from one of them, in octaves.
OCTAVES = 0.45


def _median(values: Sequence[str], shares: np.ndarray) -> float | None:
    """The median's place on the scale of magnitudes, of what is more than nought."""
    at = np.array([float(one) if _is_number(one) else np.nan for one in values])
    known = ~np.isnan(at)
    total = shares[known].sum()
    if total <= 0:
        return None
    order = np.argsort(at[known])
    ordered, weights = at[known][order], shares[known][order] / total
    reached = np.cumsum(weights)
    index = int(np.searchsorted(reached, 0.5))
    before = reached[index - 1] if index else 0.0
    return float(ordered[index] + (0.5 - before) / weights[index])


def _is_number(value: str) -> bool:
    return value[-1:].isdigit()


def unit(
    values: Sequence[str],
    p: np.ndarray,
    q: np.ndarray,
    n: float,
    feature: str,
    span: tuple[str, str],
    habit: np.ndarray,
) -> Strange | None:
    """A part of the values that is some unit's factor away from where values usually are."""
    magnitudes = np.array([_is_number(one) for one in values])
    if p[magnitudes].sum() * n < 5 or q[magnitudes].sum() <= 0:
        return None
    # what is there too much of, beyond chance, and hardly ever was: no mix of what is known
    room = 2 * np.sqrt(q / n)
    beyond = np.where(magnitudes & (q <= 0.1 * p), np.maximum(p - q - room, 0), 0)
    share = float(beyond.sum())
    usual = _median(values, q)
    if usual is None:
        return None
    middle = _median(values, p)
    whole = None if middle is None else _factor((middle - usual) / PER_OCTAVE)
    most = float(np.median(habit)) if len(habit) else 0.0
    if whole and middle is not None and _fits(values, p, q, round(middle - usual)) > 0.3 + most:
        told = {"factor": _written(whole), "count": round(n)}
        return Strange("units", feature.partition(":")[2], round(n), *span, told, "", feature)
    if share * n < 6 or share < max(0.08, 1.5 * most):
        return None
    part = _median(values, beyond)
    factor = None if part is None else _factor((part - usual) / PER_OCTAVE)
    if not factor:
        return None
    told = {"factor": _written(factor), "count": round(share * n)}
    column = feature.partition(":")[2]
    return Strange("units", column, round(share * n), *span, told, "", feature)


def _factor(octaves: float) -> float | None:
    for factor in FACTORS:
        if abs(abs(octaves) - math.log2(factor)) <= OCTAVES:
            return float(factor) if octaves > 0 else 1.0 / factor
    return None


def _written(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 1 else f"1/{1 / factor:,.0f}"


def _fits(values: Sequence[str], p: np.ndarray, q: np.ndarray, by: int) -> float:
    """How much more alike both are once p is moved back by so many quarter octaves."""
    usual = {int(one): q[index] for index, one in enumerate(values) if _is_number(one)}
    now = {int(one): p[index] for index, one in enumerate(values) if _is_number(one)}

    def alike(shift: int) -> float:
        return sum(
            min(share, max(usual.get(place - shift + near, 0.0) for near in (-2, -1, 0, 1, 2)))
            for place, share in now.items()
        )

    return alike(by) - alike(0)
