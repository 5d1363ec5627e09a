"""Where the boxes of a picture stand: in layers from the left to the right, without overlap.

The usual way of drawing layers: each box one layer before the first that reads it, an arrow across
several layers by way of a place of its own in each of them, the places of a layer in the order of
what they lead to and come from (barycentres), then as near to these as the others allow.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from orchestration.lineage.picture import Pair, longest_ways

SWEEPS = 12
# Height of the place by which an arrow passes a layer.
PASSAGE = 10.0


@dataclass(frozen=True)
class Layout:
    """Layers of box keys from the left to the right; by box the height of its middle; by arrow the
    heights at which it crosses the layers between."""

    layers: tuple[tuple[str, ...], ...]
    middles: Mapping[str, float]
    passages: Mapping[Pair, tuple[float, ...]]
    height: float


def laid_out(
    heights: Mapping[str, float], arrows: Sequence[Pair], first: Iterable[str], gap: float
) -> Layout:
    """Return the layout of boxes of these heights, `gap` apart; those in `first` stand in the first
    layer whatever they lead to."""
    after = longest_ways(heights, arrows)
    last = max(after.values(), default=0)
    layer = {key: last - distance for key, distance in after.items()}
    layer |= dict.fromkeys(first, 0)
    links: list[tuple[object, object]] = []
    passed: dict[Pair, list[object]] = {}
    order: list[list[object]] = [[] for _ in range(last + 1)]
    for key in heights:
        order[layer[key]].append(key)
    sizes: dict[object, float] = dict(heights.items())
    for start, end in arrows:
        way: list[object] = [start]
        for between in range(layer[start] + 1, layer[end]):
            passage = (start, end, between)
            sizes[passage] = PASSAGE
            order[between].append(passage)
            way.append(passage)
        way.append(end)
        passed[start, end] = way[1:-1]
        links += pairwise(way)
    before, behind = defaultdict(list), defaultdict(list)
    for one, other in links:
        behind[one].append(other)
        before[other].append(one)
    _ordered(order, before, behind)
    middles = _placed(order, sizes, before, behind, gap)
    top = min((middles[one] - sizes[one] / 2 for one in sizes), default=0.0)
    bottom = max((middles[one] + sizes[one] / 2 for one in sizes), default=0.0)
    return Layout(
        layers=tuple(tuple(one for one in its if isinstance(one, str)) for its in order),
        middles={key: middles[key] - top for key in heights},
        passages={pair: tuple(middles[one] - top for one in way) for pair, way in passed.items()},
        height=bottom - top,
    )


Neighbours = Mapping[object, Sequence[object]]


def _ordered(order: list[list[object]], before: Neighbours, behind: Neighbours) -> None:
    """Sort each layer by where its neighbours stand; keep the order with the fewest crossings."""
    best, fewest = [list(its) for its in order], _crossings(order, behind)
    for sweep in range(SWEEPS):
        is_forward = sweep % 2 == 0
        neighbours = before if is_forward else behind
        for its in order if is_forward else reversed(order):
            place = {one: number for layer in order for number, one in enumerate(layer)}
            centre = {
                one: fmean(place[other] for other in neighbours[one])
                if neighbours[one]
                else place[one]
                for one in its
            }
            its.sort(key=lambda one: centre[one])
        crossings = _crossings(order, behind)
        if crossings < fewest:
            best, fewest = [list(its) for its in order], crossings
    order[:] = best


def _crossings(order: Sequence[Sequence[object]], behind: Neighbours) -> int:
    """Return how many pairs of arrows cross between neighbouring layers."""
    place = {one: number for layer in order for number, one in enumerate(layer)}
    count = 0
    for its in order:
        ends = [(place[one], place[other]) for one in its for other in behind[one]]
        count += sum(
            (first[0] - second[0]) * (first[1] - second[1]) < 0
            for number, first in enumerate(ends)
            for second in ends[:number]
        )
    return count


def _placed(
    order: Sequence[Sequence[object]],
    sizes: Mapping[object, float],
    before: Neighbours,
    behind: Neighbours,
    gap: float,
) -> dict[object, float]:
    """Return the height of the middle of each place: near its neighbours', never overlapping."""
    middles: dict[object, float] = {}
    for its in order:
        wanted = [0.0] * len(its)
        middles |= zip(its, _apart(its, wanted, sizes, gap), strict=True)
    for sweep in range(2 * SWEEPS):
        neighbours = (before, behind)[sweep % 2]
        for its in order if sweep % 2 == 0 else reversed(order):
            wanted = [
                fmean(middles[other] for other in neighbours[one])
                if neighbours[one]
                else middles[one]
                for one in its
            ]
            middles |= zip(its, _apart(its, wanted, sizes, gap), strict=True)
    return middles


def _apart(
    its: Sequence[object], wanted: Sequence[float], sizes: Mapping[object, float], gap: float
) -> list[float]:
    """Return heights in the order of `its` that are as near to those wanted as they can without
    overlap (in the mean of squares: pools of neighbours move together)."""
    offsets, total = [], 0.0
    for number, one in enumerate(its):
        if number:
            total += (sizes[its[number - 1]] + sizes[one]) / 2 + gap
        offsets.append(total)
    pools: list[list[float]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        pools.append([want - offset])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    starts = [fmean(pool) for pool in pools for _ in pool]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
