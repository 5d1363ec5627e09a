"""Small charts as SVG: coloured by the page's own style, read aloud by their title, printable.

Each takes numbers and ready texts, and returns one `<svg>` element. A missing value is a gap in a
line, never a zero.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

Number = float | None


@dataclass(frozen=True)
class Point:
    """One period of a line. `text` is its value in words, `label` its period."""

    value: Number
    low: Number = None
    high: Number = None
    label: str = ""
    text: str = ""
    is_open: bool = False
    breaks: bool = False


@dataclass(frozen=True)
class Scale:
    """From data to picture: `low` is drawn at `bottom`, `high` at `top`."""

    low: float
    high: float
    bottom: float
    top: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.bottom + share * (self.top - self.bottom), 1)


def sparkline(points: Sequence[Point], limit: Number, title: str) -> str:
    """Return a line without axes, 150 by 40: its interval behind it, the newest value as a dot."""
    width, height, margin = 150, 40, 5
    numbers = [*_numbers(points), *([limit] if limit is not None else [])]
    if not any(point.value is not None for point in points):
        return ""
    y = Scale(min(numbers), max(numbers), height - margin, margin)
    x = _across(len(points), margin, width - margin)
    parts = [_band(points, x, y)]
    if limit is not None:
        parts.append(f'<path class="limit" d="M{margin} {y(limit)}H{width - margin}"/>')
    parts += _line(points, x, y)
    last = max(index for index, point in enumerate(points) if point.value is not None)
    parts.append(_dot(points[last], x(last), y, 3))
    return _svg(width, height, title, parts, "spark")


def line_chart(
    points: Sequence[Point],
    limits: Sequence[tuple[str, float, str]],
    text_of: Callable[[float], str],
    title: str,
) -> str:
    """Return a line with axes, 720 by 260. `limits`: (`warn` or `alert`, value, words).

    `text_of` writes a value of the axis.
    """
    width, height, left, right, top, bottom = 720, 260, 76, 12, 14, 34
    if not any(point.value is not None for point in points):
        return ""
    numbers = [*_numbers(points), *(value for _, value, _ in limits)]
    low, high = min(numbers), max(numbers)
    room = (high - low or abs(high) or 1) * 0.06
    y = Scale(low - room, high + room, height - bottom, top)
    x = _across(len(points), left + 8, width - right - 8)
    parts = []
    for tick in _ticks(y.low, y.high):
        at = y(tick)
        parts.append(f'<path class="grid" d="M{left} {at}H{width - right}"/>')
        parts.append(
            f'<text class="axis" x="{left - 8}" y="{at + 4}" text-anchor="end">'
            f"{escape(text_of(tick))}</text>"
        )
    every = -(-len(points) // 8)
    for index in range(len(points) - 1, -1, -every):
        anchor = "end" if index == len(points) - 1 else "middle"
        parts.append(
            f'<text class="axis" x="{x(index)}" y="{height - 12}" text-anchor="{anchor}">'
            f"{escape(points[index].label)}</text>"
        )
    parts.append(_band(points, x, y))
    for name, value, words in limits:
        parts.append(
            f'<path class="limit {name}" d="M{left} {y(value)}H{width - right}">'
            f"<title>{escape(words)}</title></path>"
        )
    parts += _line(points, x, y)
    for index, point in enumerate(points):
        if point.value is not None:
            parts.append(_dot(point, x(index), y, 3.5))
        if point.breaks:
            at = round(x(index) - (x(1) - x(0)) / 2, 1) if index else x(0)
            parts.append(f'<path class="break" d="M{at} {top}V{height - bottom}"/>')
    return _svg(width, height, title, parts, "chart")


def bars(items: Sequence[tuple[str, Number, str, str]], title: str) -> str:
    """Return a bar an item, from zero: (name, value, value in words, class of its colour)."""
    shown = [item for item in items if item[1] is not None]
    if not shown:
        return ""
    width, row, left, right = 520, 28, 170, 90
    values = [value for _, value, _, _ in shown if value is not None]
    x = Scale(min(0.0, *values), max(0.0, *values), left, width - right)
    parts = []
    for index, (name, value, words, colour) in enumerate(shown):
        middle = index * row + row / 2
        start, end = sorted((x(0), x(float(value or 0))))
        parts.append(
            f'<text class="axis" x="{left - 10}" y="{middle + 4}" text-anchor="end">'
            f"{escape(_short(name, 24))}</text>"
        )
        parts.append(
            f'<rect class="bar {colour}" x="{start}" y="{middle - 9}" '
            f'width="{round(max(end - start, 1), 1)}" height="18" rx="2"/>'
        )
        parts.append(f'<text class="amount" x="{end + 8}" y="{middle + 4}">{escape(words)}</text>')
    return _svg(width, row * len(shown), title, parts, "chart")


def bridge(steps: Sequence[tuple[str, float, float, str]], title: str) -> str:
    """Return a waterfall: (step, amount, running total after it, amount in words)."""
    if not steps:
        return ""
    width, row, left, right = 720, 34, 240, 110
    edges = [0.0, *(total for _, _, total, _ in steps), *(t - a for _, a, t, _ in steps)]
    x = Scale(min(edges), max(edges), left, width - right)
    parts = [f'<path class="grid" d="M{x(0)} 0V{row * len(steps)}"/>']
    for index, (name, amount, total, words) in enumerate(steps):
        start, end = sorted((x(total - amount), x(total)))
        middle = index * row + row / 2
        colour = "good" if amount >= 0 else "bad"
        parts.append(
            f'<text class="axis" x="{left - 10}" y="{middle + 4}" text-anchor="end">'
            f"{escape(_short(name, 34))}</text>"
        )
        parts.append(
            f'<rect class="bar {colour}" x="{start}" y="{middle - 10}" '
            f'width="{round(max(end - start, 1), 1)}" height="20" rx="2"/>'
        )
        parts.append(f'<text class="amount" x="{end + 8}" y="{middle + 4}">{escape(words)}</text>')
    return _svg(width, row * len(steps), title, parts, "chart")


def _svg(width: int, height: int, title: str, parts: Iterable[str], kind: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _numbers(points: Iterable[Point]) -> list[float]:
    found = [n for point in points for n in (point.value, point.low, point.high) if n is not None]
    return [float(number) for number in found]


def _across(count: int, left: float, right: float) -> Callable[[int], float]:
    step = (right - left) / (count - 1) if count > 1 else 0
    return lambda index: round(right - (count - 1 - index) * step, 1)


def _runs(points: Sequence[Point], has: Callable[[Point], bool]) -> Iterable[list[int]]:
    """Yield the stretches of indexes whose points have something, a break of definition between."""
    part = 0
    keyed = []
    for index, point in enumerate(points):
        part += point.breaks
        keyed.append((part if has(point) else None, index))
    for key, group in groupby(keyed, key=lambda pair: pair[0]):
        if key is not None:
            yield [index for _, index in group]


def _band(points: Sequence[Point], x: Callable[[int], float], y: Scale) -> str:
    shapes = []
    for run in _runs(points, lambda point: point.low is not None and point.high is not None):
        up = [f"{x(index)} {y(points[index].high or 0)}" for index in run]
        down = [f"{x(index)} {y(points[index].low or 0)}" for index in reversed(run)]
        shapes.append("M" + "L".join(up + down) + "Z")
    return f'<path class="band" d="{"".join(shapes)}"/>' if shapes else ""


def _line(points: Sequence[Point], x: Callable[[int], float], y: Scale) -> list[str]:
    return [
        '<path class="line" d="M'
        + "L".join(f"{x(index)} {y(points[index].value or 0)}" for index in run)
        + '"/>'
        for run in _runs(points, lambda point: point.value is not None)
    ]


def _dot(point: Point, x: float, y: Scale, radius: float) -> str:
    name = escape(" · ".join(word for word in (point.label, point.text) if word))
    hollow = " open" if point.is_open else ""
    return (
        f'<circle class="dot{hollow}" cx="{x}" cy="{y(point.value or 0)}" r="{radius}">'
        f"<title>{name}</title></circle>"
    )


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers between two bounds."""
    span = high - low
    power = 10.0 ** len(str(int(span))) if span >= 1 else 1.0
    while power > span:
        power /= 10
    step = next(power * part for part in (0.2, 0.25, 0.5, 1, 2) if span / (power * part) <= 6)
    first = -(-low // step)
    return [round((first + n) * step, 10) for n in range(int((high - first * step) / step) + 1)]


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
