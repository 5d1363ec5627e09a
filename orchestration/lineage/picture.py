"""What stands between the raw tables and a KPI, as boxes and arrows that fit a page.

A KPI may come from sixty models. Shown are the landing tables, what is published on the way, the
measures and the KPI; the steps between are folded into boxes that say how many they hold, first
those that nobody queries, and no further than it takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import combinations
from typing import Literal

from orchestration.lineage.graph import Column, Use, Uses
from orchestration.lineage.kpis import NOT_DELIVERED, Kpi, Lineage

MOST_BOXES, MOST_LAYERS = 25, 8
# More KPIs that a KPI is made from stand in one box.
MOST_PARTS = 18
BoxKind = Literal["raw", "staging", "step", "published", "measure", "kpi"]
# Kinds of boxes that are folded together, in this order, until few enough are left: such that an
# arrow joins, or (False) such that stand beside each other.
FOLDS = (
    ("step", "step", True),
    ("step", "step", False),
    ("staging", "step", True),
    ("step", "published", True),
    ("raw", "staging", True),
    ("published", "published", True),
    ("published", "published", False),
)
Pair = tuple[str, str]


@dataclass(frozen=True)
class Box:
    """A table with those folded into it, or a KPI.

    `name` is what readers know the table by: `interactions.contacts`, `core.contacts`, or its name
    in dbt where it is neither landed nor published, and of measures. `members` are all that stands
    in the box, by names in dbt (or KPIs), the table that the others lead to first. `columns` are
    those of that table which the KPI uses, and what for; of a KPI, none.
    """

    kind: BoxKind
    name: str
    members: tuple[str, ...]
    columns: tuple[tuple[str, Use], ...] = ()

    @property
    def key(self) -> str:
        """What arrows name the box by."""
        return self.members[0]


@dataclass(frozen=True, order=True)
class Arrow:
    """From one box to another that reads it, by their keys: for a value of the KPI, or only to
    decide which rows count."""

    start: str
    end: str
    use: Use


@dataclass(frozen=True)
class Picture:
    """The boxes and arrows of one KPI, whose own box is the last. Every box leads to it, and arrows
    never go round in a circle."""

    kpi: Kpi
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture(lineage: Lineage, kpi_id: str, most_boxes: int = MOST_BOXES) -> Picture:
    """Return the picture of a KPI, of so many boxes at most where its landing tables are fewer.

    Raises PilotageError when the catalogue has no such KPI in use.
    """
    kpi = lineage.kpi(kpi_id)
    uses = lineage.columns_behind(kpi)
    kinds: dict[str, BoxKind] = {}
    for name in {one.table for one in uses} - lineage.engine:
        table = lineage.graph.tables[name]
        if table.kind != "seed" and not table.is_beside:
            kinds[name] = table.kind
    arrows = _arrows(lineage, uses, kinds)
    measures = {one.table for one in kpi.measures}
    many = kpi.parts[:1] if len(kpi.parts) > MOST_PARTS else kpi.parts
    # by way of the engine, which stands in no picture
    entries = {
        column.table
        for column in uses
        if any(one.table in lineage.engine for one in lineage.graph.made_from.get(column, Uses()))
    }
    arrows |= {(part, name): "value" for part in many for name in entries & kinds.keys()}
    arrows |= {(name, kpi_id): "value" for name in measures}
    groups = _Groups(kinds | dict.fromkeys([*many, kpi_id], "kpi"), arrows)
    if many != kpi.parts:
        groups.members[many[0]] = list(kpi.parts)
    groups.keep_what_leads_to(kpi_id)
    while groups.fold_two("staging", "staging", True):
        pass
    for fold in FOLDS:
        while len(groups.kinds) > most_boxes and groups.fold_two(*fold):
            pass
    for fold in [fold for fold in FOLDS if fold[2]]:
        while groups.longest_way() > MOST_LAYERS and groups.fold_two(*fold, on_longest_way=True):
            pass
    boxes = [_box(lineage, uses, groups, key) for key in sorted(groups.kinds) if key != kpi_id]
    boxes.append(Box("kpi", kpi_id, (kpi_id,)))
    found = (Arrow(*pair, use) for pair, use in groups.arrows.items())
    return Picture(kpi, tuple(boxes), tuple(sorted(found)))


def _arrows(lineage: Lineage, uses: Uses, shown: Mapping[str, object]) -> dict[Pair, Use]:
    """Return which of the tables shown reads which, for the columns in use."""
    found: dict[Pair, Use] = {}
    everything = uses.value | uses.rows
    for column in everything:
        made_from = lineage.graph.made_from.get(column, Uses())
        for parent in (made_from.value | made_from.rows) & everything:
            pair = (parent.table, column.table)
            if parent.table != column.table and shown.keys() >= set(pair):
                is_value = column in uses.value and parent in made_from.value
                found[pair] = "value" if is_value else found.get(pair, "rows")
    return found


def _box(lineage: Lineage, uses: Uses, groups: "_Groups", key: str) -> Box:
    kind, members = groups.kinds[key], tuple(groups.members[key])
    if kind == "kpi":
        return Box(kind, key, members)
    table = lineage.graph.tables[key]
    used = [Column(key, name) for name in table.columns if name not in NOT_DELIVERED]
    columns = [(one.name, uses.of(one)) for one in used if one in uses.value or one in uses.rows]
    # what values are made from first, each in the order of the table
    columns.sort(key=lambda column: column[1] != "value")
    # measures go by one name, whether their schema is published or not
    name = key if kind == "measure" else table.published_as or key
    return Box(kind, name, members, tuple(columns))


def longest_ways(keys: Iterable[str], arrows: Iterable[Pair]) -> dict[str, int]:
    """Return by key how many arrows the longest way has that leads on from it."""
    after: dict[str, list[str]] = {key: [] for key in keys}
    for start, end in arrows:
        after[start].append(end)
    found: dict[str, int] = {}
    # each after what it leads to
    for key in TopologicalSorter(after).static_order():
        found[key] = max((found[one] + 1 for one in after[key]), default=0)
    return found


class _Groups:
    """Tables in groups. Each goes by its key, the table that the others in it lead to; `members`
    has all of them, that one first."""

    def __init__(self, kinds: Mapping[str, BoxKind], arrows: Mapping[Pair, Use]) -> None:
        self.kinds = dict(kinds)
        self.arrows = dict(arrows)
        self.members = {key: [key] for key in kinds}

    def keep_what_leads_to(self, last: str) -> None:
        before = defaultdict(set)
        for start, end in self.arrows:
            before[end].add(start)
        reached, waiting = {last}, [last]
        while waiting:
            new = before[waiting.pop()] - reached
            reached |= new
            waiting += new
        self.kinds = {key: kind for key, kind in self.kinds.items() if key in reached}
        self.arrows = {pair: use for pair, use in self.arrows.items() if reached.issuperset(pair)}

    def longest_way(self) -> int:
        """Return how many boxes the longest way goes through."""
        return max(longest_ways(self.kinds, self.arrows).values()) + 1

    def fold_two(
        self, start_kind: str, end_kind: str, is_joined: bool, on_longest_way: bool = False
    ) -> bool:
        """Fold two groups of these kinds into one: those that share the most neighbours, or on the
        longest way the smallest. Return whether there were any.

        No way may lead from one to the other by way of a third: it would become a circle.
        """
        after = self._after()
        pairs: Iterable[Pair] = combinations(sorted(self.kinds), 2)
        if is_joined:
            pairs = self._on_longest_way() if on_longest_way else self.arrows
        candidates = []
        for start, end in pairs:
            if (self.kinds[start], self.kinds[end]) == (start_kind, end_kind):
                apart = self._apart(start, end)
                size = len(self.members[start]) + len(self.members[end])
                order = (size, apart) if on_longest_way else (apart, size)
                candidates.append((*order, start, end))
        for *_, start, end in sorted(candidates):
            if not self._leads_around(after, start, end) and not self._leads_around(
                after, end, start
            ):
                self._fold(start, end)
                return True
        return False

    def _on_longest_way(self) -> list[Pair]:
        to_the_right = longest_ways(self.kinds, self.arrows)
        to_the_left = longest_ways(self.kinds, [(end, start) for start, end in self.arrows])
        longest = max(to_the_right.values())
        return [
            (start, end)
            for start, end in self.arrows
            if to_the_left[start] + 1 + to_the_right[end] == longest
        ]

    def _after(self) -> dict[str, set[str]]:
        after: dict[str, set[str]] = defaultdict(set)
        for start, end in self.arrows:
            after[start].add(end)
        return after

    def _apart(self, start: str, end: str) -> int:
        """Return how many neighbours the two do not share."""
        first, second = (
            {other for pair in self.arrows if key in pair for other in pair} for key in (start, end)
        )
        return len(first ^ second)

    @staticmethod
    def _leads_around(after: Mapping[str, set[str]], start: str, end: str) -> bool:
        """Return whether a way by others leads from one to the other."""
        seen = after.get(start, set()) - {end}
        waiting = list(seen)
        while waiting:
            new = after.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return end in seen

    def _fold(self, start: str, end: str) -> None:
        """Put the first group into the second; a landing table takes the second into itself."""
        kept, gone = (start, end) if self.kinds[start] == "raw" else (end, start)
        self.members[kept] += self.members.pop(gone)
        del self.kinds[gone]
        arrows: dict[Pair, Use] = {}
        for (one, other), use in self.arrows.items():
            pair = (kept if one == gone else one, kept if other == gone else other)
            if pair[0] != pair[1] and arrows.get(pair) != "value":
                arrows[pair] = use
        self.arrows = arrows
