"""What is strange about rows that came, by the counts of the days before: robust statistics only.

A day is compared with what its weekday usually is; how far days lie from that is learned, too, as a
median and the median of distances from it (MAD). One corrupt day among many moves neither. Nothing
here reads a row: see `past`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from orchestration.gate.past import PER_OCTAVE, Facts, Past

# A weekday is known from three of them, a feed from five days with rows.
FEWEST_OF_WEEKDAY = 3
FEWEST_DAYS = 5
# Fewer rows than this show no habit and break none.
FEWEST_ROWS = 20
FEWEST_SIZES = 8
# MAD to standard deviation, of a normal distribution.
SIGMA = 1.4826
# Later rows of a day that is known: below this share of it they are corrections, not the day.
CORRECTIONS = 0.5
# A batch of more days than this is judged by week, too, and against its own days.
LONGEST_BLOCK = 10
# Units that are confused: cents, thousands, minutes, hours, days, their products.
FACTORS = (60, 100, 1000, 3600, 60_000, 86_400, 100_000, 1_000_000, 3_600_000)
# How far a ratio may lie from one of them, in octaves.
OCTAVES = 0.45


@dataclass(frozen=True)
class Strange:
    """One thing that is strange: which `check`, of which `column` (empty: the rows themselves).

    `rows` are concerned, of the days `since` to `until`. `values` fill the words; no personal one.
    """

    check: str
    column: str
    rows: int
    since: str
    until: str
    values: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    feature: str = "rows"

    @property
    def key(self) -> str:
        """Name of its text: the check, and its kind where it has several."""
        return self.words or self.check


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


# Row h: where the hours of a day were before it was turned by h.
_TURNED = (np.arange(24)[None, :] - np.arange(24)[:, None]) % 24
# What is filled in later, such as an end: fresh rows may lack it by half more than old ones.
_RIPENING = 0.6
_KINDS = {
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


def judge(
    now: Facts,
    past: Past,
    holidays: frozenset[str],
    is_first: bool,
    ripening: frozenset[str] = frozenset(),
) -> list[Strange]:
    """Return what is strange about the counts `now` of a batch, the gravest of each column once.

    `is_first`: nothing came before, so that the batch is its own past. Features of `ripening` are
    filled in as time goes on.
    """
    if not now.get("rows"):
        return []
    frame = _Frame.of(now, past, holidays, is_first, ripening)
    found = [*_volume(frame, holidays)]
    for feature in sorted(now):
        kind = _KINDS.get(feature.partition(":")[0])
        if kind:
            found += _compare(frame, feature, kind)
    return _once(found)


def _once(found: Sequence[Strange]) -> list[Strange]:
    """Keep one finding a check and column: the one that concerns most rows."""
    best: dict[tuple[str, str], Strange] = {}
    for one in found:
        known = best.get((one.check, one.column))
        if known is None or one.rows > known.rows:
            best[one.check, one.column] = one
    # a unit that changed explains that values did
    units = {one.column for one in best.values() if one.check == "units"}
    shifted = {one.column for one in best.values() if one.check == "shift"}
    return [
        one
        for one in best.values()
        if not (one.check == "values" and one.column in units)
        and not (one.check == "hours" and one.column in shifted)
    ]


@dataclass(frozen=True)
class _Block:
    """Days of the batch that are judged together, as positions in the frame's own days."""

    days: tuple[int, ...]
    is_late: bool
    ends_early: bool = False


@dataclass(frozen=True)
class _Frame:
    """The days of the batch and those they are compared with."""

    now: Facts
    past: Past
    own: tuple[str, ...]
    reference: tuple[str, ...]
    weekdays: np.ndarray
    own_weekdays: np.ndarray
    own_in_reference: np.ndarray
    blocks: tuple[_Block, ...]
    members: np.ndarray
    """The own days of all blocks, one block after the other."""
    starts: np.ndarray
    ends_early: bool
    is_first: bool
    ripening: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        now: Facts,
        past: Past,
        holidays: frozenset[str],
        is_first: bool,
        ripening: frozenset[str],
    ) -> "_Frame":
        own = tuple(sorted(now["rows"]))
        known = past.facts.get("rows", {})
        # the batch is its own past as far as it is long enough to be
        takes_part = len(own) > LONGEST_BLOCK
        reference = tuple(sorted({*known, *own} if takes_part else known))
        position = {day: index for index, day in enumerate(reference)}
        inside = np.array([position.get(day, -1) if takes_part else -1 for day in own])
        late = [
            day in known and sum(now["rows"][day].values()) < CORRECTIONS * known[day].get("all", 0)
            for day in own
        ]
        ends_early = is_first or past.ends_within_the_day(now)
        blocks = tuple(_blocks(own, late, holidays, ends_early))
        members = np.array([index for block in blocks for index in block.days], dtype=int)
        lengths = [len(block.days) for block in blocks]
        return cls(
            now,
            past,
            own,
            reference,
            _weekdays(reference),
            _weekdays(own),
            inside,
            blocks,
            members,
            np.cumsum([0, *lengths[:-1]], dtype=int),
            ends_early,
            is_first,
            ripening,
        )


def _weekdays(days: Sequence[str]) -> np.ndarray:
    return np.array([date.fromisoformat(day).weekday() for day in days], dtype=int)


def _blocks(
    own: Sequence[str], late: Sequence[bool], holidays: frozenset[str], ends_early: bool
) -> Iterator[_Block]:
    corrected = tuple(index for index, is_late in enumerate(late) if is_late)
    fresh = [
        index for index, is_late in enumerate(late) if not is_late and own[index] not in holidays
    ]
    if corrected:
        yield _Block(corrected, is_late=True)
    if not fresh:
        return
    last = fresh[-1]
    for index in fresh:
        yield _Block((index,), is_late=False, ends_early=ends_early and index == last)
    if 1 < len(fresh) <= LONGEST_BLOCK:
        yield _Block(tuple(fresh), is_late=False, ends_early=ends_early)
    elif len(fresh) > LONGEST_BLOCK:
        end = date.fromisoformat(own[last])
        weeks: dict[int, list[int]] = {}
        for index in fresh:
            weeks.setdefault((end - date.fromisoformat(own[index])).days // 7, []).append(index)
        for days in weeks.values():
            if len(days) > 1:
                yield _Block(tuple(days), is_late=False)


# how many


def _volume(frame: _Frame, holidays: frozenset[str]) -> Iterator[Strange]:
    """Days that are missing, thin or swollen, by what their weekday had in the weeks around."""
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
    lowest = min(-4.5, _second(-score[at & (expected >= 12)]) * -1.5)
    highest = max(6.0, _second(score[at & (expected >= 5)]) * 1.5)
    gaps = int((at & (rows == 0) & (expected >= 12)).sum())
    for index, day in enumerate(days):
        is_last = day == frame.own[-1]
        if day in holidays or np.isnan(expected[index]):
            continue
        n, usual = int(rows[index]), float(expected[index])
        values = {"rows": n, "expected": round(usual), "day": day}
        if day >= judged and day <= frame.own[-1]:
            if n == 0:
                if usual >= 12 and least[index] >= usual / 3 and gaps <= frame.is_first:
                    yield Strange("volume", "", round(usual), day, day, values, "volume_missing")
            elif score[index] < lowest and n < 0.75 * usual and not (is_last and ends_early):
                yield Strange("volume", "", round(usual) - n, day, day, values, "volume_low")
        is_own = day in came and day not in late
        if is_own and usual >= 5 and n >= 30 and score[index] > highest and n > 1.7 * usual:
            yield Strange("volume", "", n, day, day, values, "volume_high")


def _second(scores: np.ndarray) -> float:
    """The second largest of past scores: one strange day is no habit, two are."""
    known = np.sort(scores[~np.isnan(scores)])
    return float(known[-2]) if len(known) > 1 else 0.0


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


# of what kind


def _compare(frame: _Frame, feature: str, kind: _Kind) -> Iterator[Strange]:
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
            unit = _unit(values, p, q, n, feature, span, distances)
            if unit:
                yield unit
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
                yield from _cut(values, p, q, n, days_before, feature, span)
            # a clock that is wrong is wrong all week; one odd day of several is none
            is_part = len(block.days) == 1 and len(frame.blocks) > 1
            if not is_part and (
                shift := _shift(values, p, q, n, days_before, limit, feature, span)
            ):
                yield shift
                continue
        if distance <= limit or distance * n < 5:
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


def _expected(frame: _Frame, usual: np.ndarray, came: np.ndarray, inside: np.ndarray) -> np.ndarray:
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


def _habit(frame: _Frame, usual: np.ndarray) -> tuple[np.ndarray, float]:
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
    return found, max(middle + 4 * spread, _second(found) if len(found) >= 30 else 0.0)


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


def _unit(
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
    # what is there too much of, beyond chance
    room = 2 * np.sqrt(np.maximum(q, 1 / max(n, 1)) / n)
    beyond = np.where(magnitudes, np.maximum(p - q - room, 0), 0)
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
    # nothing was ever so large or so small: more than a mix of what is known
    if not factor or float(q[beyond > 0].sum()) > 0.15 * share:
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


def _cut(
    values: Sequence[str],
    p: np.ndarray,
    q: np.ndarray,
    n: float,
    days: np.ndarray,
    feature: str,
    span: tuple[str, str],
) -> Iterator[Strange]:
    """The last day stops at an hour after which more rows should follow, as a cut file does."""
    place = np.array([int(hour) for hour in values])
    now, usual, past = np.zeros(24), np.zeros(24), np.zeros((len(days), 24))
    now[place], usual[place], past[:, place] = p * n, q, days

    def lacking(hours: np.ndarray) -> np.ndarray:
        """How many rows should follow those of each day, by what the hours up to their last had."""
        last = 23 - np.argmax(hours[:, ::-1] > 0, axis=1)
        had = np.maximum(np.cumsum(usual)[last], 1e-9)
        return hours.sum(axis=1) * (1 - had) / had

    missing = float(lacking(now[None, :])[0])
    if missing > max(9.0, 1.5 * _second(lacking(past) if len(days) else np.zeros(0))):
        last = int(np.flatnonzero(now)[-1])
        told = {"hour": last + 1, "expected": round(missing), "day": span[1]}
        yield Strange("volume", "", round(missing), *span, told, "volume_cut", "rows")


def _shift(
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
    limit = max(9.0, times * _second(habit) * max(1.0, n / max(rows, 1.0)))
    if best == 0 or gain < limit or gain < 0.04 * n:
        return None
    # turned back it has to be a usual day again, not another kind of day
    apart = 0.5 * np.abs(now / n - (usual / usual.sum())[_TURNED]).sum(axis=1)
    if apart[best] > room or apart[best] > 0.75 * apart[0]:
        return None
    hours = best if best <= 12 else best - 24
    told = {"hours": f"{hours:+d}", "count": round(n)}
    return Strange("shift", feature.partition(":")[2], round(n), *span, told, "", feature)
