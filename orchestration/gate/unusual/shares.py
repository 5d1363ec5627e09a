"""Of what kind rows are: how far the shares of each value lie from those of the same weekdays."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.gate.unusual.clock import cut, shift
from orchestration.gate.unusual.finding import (
    FEWEST_CONCERNED,
    FEWEST_DAYS,
    FEWEST_DAYS_BETWEEN,
    FEWEST_OF_WEEKDAY,
    FEWEST_ROWS,
    FEWEST_SIZES,
    SIGMA,
    Strange,
    second_largest,
)
from orchestration.gate.unusual.frame import Block, Frame
from orchestration.gate.unusual.units import unit


@dataclass(frozen=True)
class _Kind:
    """How one kind of feature is judged.

    `floor` is a distance that never is strange; a change the other way than `only` (to this value)
    is none either.
    """

    check: str
    floor: float
    only: str = ""
    late: bool = False


# What is filled in later, such as an end: fresh rows may lack it by half more than old ones.
_RIPENING = 0.6
KINDS = {
    "filled": _Kind("nulls", 0.08),
    "code": _Kind("mix", 0.16),
    "size": _Kind("values", 0.22),
    # between two instants: those are in no unit that could be another
    "gap": _Kind("values", 0.22),
    "hour": _Kind("hours", 0.14),
    "known": _Kind("joins", 0.06, only="no", late=True),
    "text": _Kind("text", 0.02, only="yes", late=True),
    "again": _Kind("duplicates", 0.02, only="yes", late=True),
    "most": _Kind("concentration", 0.22, only="one"),
    "each": _Kind("concentration", 0.2),
    "shape": _Kind("ids", 0.2, late=True),
}


def compare(frame: Frame, feature: str, kind: _Kind) -> Iterator[Strange]:
    """Compare the values of one feature, block by block, with those of the same weekdays."""
    own, past = frame.now[feature], frame.past.facts.get(feature, {})
    values = sorted({value for by_day in (own, past) for one in by_day.values() for value in one})
    if len(values) < 2 and kind.check not in ("joins",):
        return
    column = {value: index for index, value in enumerate(values)}
    came = _matrix(frame.own, own, column)
    usual = _matrix(frame.reference, past, column)
    inside = frame.own_in_reference >= 0
    if inside.any():
        np.add.at(usual, frame.own_in_reference[inside], came[inside])
    if not frame.blocks or (usual.sum(axis=1) > 0).sum() < FEWEST_DAYS:
        return
    expected_of = _expected(frame, usual, came, inside)
    distances, room = _habit(frame, usual)
    weights = came.sum(axis=1)
    # of a batch that is its own past no code is new
    ever = usual.sum(axis=0)
    counts = np.add.reduceat(came[frame.members], frame.starts)
    should = np.add.reduceat((expected_of * weights[:, None])[frame.members], frame.starts)
    n_of = counts.sum(axis=1)
    shares, usual_shares = _shares(counts), _shares(should)
    distance_of = 0.5 * np.abs(shares - usual_shares).sum(axis=1)
    floor = _RIPENING if feature in frame.ripening else kind.floor
    likely = (n_of >= FEWEST_SIZES) & (should.sum(axis=1) > 0) & (distance_of > 0.02)
    for at in np.flatnonzero(likely):
        block, n = frame.blocks[at], float(n_of[at])
        if block.is_late and not kind.late:
            continue
        p, q, distance = shares[at], usual_shares[at], float(distance_of[at])
        days = [frame.own[index] for index in block.days if weights[index]]
        span = (days[0], days[-1])
        if feature.startswith("size:") and distance > 0.06:
            other = unit(values, p, q, n, feature, span, distances)
            if other:
                yield other
                continue
        if kind.check == "mix":
            yield from _new_codes(values, p, ever, n, feature, span)
        if n < (2 * FEWEST_ROWS if kind.check == "concentration" else FEWEST_ROWS):
            continue
        limit = max(floor, room) + _noise(q, n)
        if kind.check == "hours":
            if block.ends_early:
                continue
            of = np.isin(frame.weekdays, frame.own_weekdays[list(block.days)])
            days_before = usual[of & (usual.sum(axis=1) >= FEWEST_SIZES)]
            if block.days == (len(frame.own) - 1,):
                yield from cut(values, p, q, n, days_before, span)
            # a clock that is wrong is wrong all week; one odd day of several is none
            is_part = len(block.days) == 1 and len(frame.blocks) > 1
            if not is_part and (turn := shift(values, p, q, n, days_before, limit, feature, span)):
                yield turn
                continue
        if distance <= limit or distance * n < FEWEST_CONCERNED:
            continue
        # what waits over a holiday waits longer
        if feature.startswith("gap:") and frame.is_before_a_holiday(block):
            continue
        if _was_so_before(frame, block, usual, p, n, kind.floor):
            continue
        most = int(np.argmax(np.abs(p - q)))
        if kind.only:
            most = column.get(kind.only, -1)
            if most < 0 or p[most] - q[most] <= limit:
                continue
        if kind.check == "nulls" and "no" in column:
            most = column["no"]
        told = {"value": _safe(values[most]), "now": float(p[most]), "usual": float(q[most])}
        concerned = round(float(np.maximum(p - q, 0).sum()) * n)
        words = "concentration_each" if feature.startswith("each:") else ""
        yield Strange(kind.check, feature.partition(":")[2], concerned, *span, told, words, feature)


def _matrix(
    days: Sequence[str], by_day: Mapping[str, Mapping[str, int]], column: Mapping[str, int]
) -> np.ndarray:
    made = np.zeros((len(days), len(column)))
    for row, day in enumerate(days):
        for value, rows in by_day.get(day, {}).items():
            made[row, column[value]] = rows
    return made


def _shares(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _expected(frame: Frame, usual: np.ndarray, came: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return for each own day the shares that its weekday has on the other days."""
    filled = usual.sum(axis=1) > 0
    everything = usual.sum(axis=0)
    by_weekday = np.zeros((7, usual.shape[1]))
    days_of = np.zeros(7)
    for weekday in range(7):
        mine = filled & (frame.weekdays == weekday)
        by_weekday[weekday] = usual[mine].sum(axis=0)
        days_of[weekday] = mine.sum()
    own = came * inside[:, None]
    pool = by_weekday[frame.own_weekdays] - own
    is_known = (days_of[frame.own_weekdays] - inside >= FEWEST_OF_WEEKDAY)[:, None]
    pool = np.where(is_known, pool, everything - own)
    return _shares(np.maximum(pool, 0))


def _habit(frame: Frame, usual: np.ndarray) -> tuple[np.ndarray, float]:
    """Return how far usual days lie from their weekday, and how far one may by habit."""
    n = usual.sum(axis=1)
    # thin days lie further away by chance
    filled = n >= max(FEWEST_SIZES, float(np.median(n[n > 0])) / 2)
    if not filled.any():
        return np.zeros(0), 0.0
    everything = usual.sum(axis=0)
    excess = []
    for weekday in range(7):
        mine = filled & (frame.weekdays == weekday)
        if not mine.any():
            continue
        pool = usual[frame.weekdays == weekday].sum(axis=0)
        others = pool - usual[mine]
        if mine.sum() <= FEWEST_OF_WEEKDAY:
            others = everything - usual[mine]
        q, p = _shares(np.maximum(others, 0)), _shares(usual[mine])
        noise = 0.4 * np.sqrt(q * (1 - q)).sum(axis=1) / np.sqrt(n[mine])
        excess.append(0.5 * np.abs(p - q).sum(axis=1) - noise)
    found = np.concatenate(excess)
    middle = float(np.median(found))
    spread = SIGMA * float(np.median(np.abs(found - middle)))
    return found, max(middle + 4 * spread, second_largest(found) if len(found) >= 30 else 0.0)


def _was_so_before(
    frame: Frame, block: Block, usual: np.ndarray, p: np.ndarray, n: float, floor: float
) -> bool:
    """Were as many days like these at two other times? Waves and ends of months are a habit."""
    days = np.array([date.fromisoformat(day).toordinal() for day in frame.reference])
    own = [date.fromisoformat(frame.own[index]).toordinal() for index in block.days]
    first, last = own[0], own[-1]
    length = last - first + 1
    # rows of the stretch that ends with each known day
    summed = np.vstack([np.zeros(usual.shape[1]), usual.cumsum(axis=0)])
    begins = np.searchsorted(days, days - length + 1)
    stretches = summed[1:] - summed[begins]
    rows = stretches.sum(axis=1)
    apart = (days < first) | (days - length + 1 > last)
    wide = apart & (rows >= max(n / 2, FEWEST_SIZES))
    shares, rows = _shares(stretches[wide]), rows[wide]
    chance = 0.4 * np.sqrt(shares * (1 - shares)).sum(axis=1) * np.sqrt(1 / n + 1 / rows)
    alike = days[wide][0.5 * np.abs(shares - p).sum(axis=1) <= floor / 2 + chance]
    return len(alike) > 0 and bool(alike[-1] - alike[0] >= FEWEST_DAYS_BETWEEN)


def _noise(q: np.ndarray, n: float) -> float:
    """The distance that chance alone hardly makes of n rows: its mean and four and a half sigma."""
    each = q * (1 - q)
    return (0.4 * float(np.sqrt(each).sum()) + 1.35 * math.sqrt(float(each.sum()))) / math.sqrt(n)


def _safe(value: str) -> str:
    """A code as it may be shown: nothing that looks like an address, a number or a sentence."""
    is_plain = len(value) <= 40 and "@" not in value and sum(map(str.isdigit, value)) < 6
    return value if is_plain else "…"


def _new_codes(
    values: Sequence[str],
    p: np.ndarray,
    ever: np.ndarray,
    n: float,
    feature: str,
    span: tuple[str, str],
) -> Iterator[Strange]:
    """A code that never came before, with more rows than a beginning explains."""
    new = [
        index
        for index in range(len(values))
        if ever[index] == 0 and p[index] * n >= 5 and p[index] >= 0.02
    ]
    if new:
        rows = round(float(sum(p[index] for index in new)) * n)
        most = max(new, key=lambda index: p[index])
        told = {"value": _safe(values[most]), "count": len(new)}
        yield Strange("codes", feature.partition(":")[2], rows, *span, told, "", feature)
