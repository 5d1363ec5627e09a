"""Nothing that is hidden follows from what is shown: an attack on the published figures.

Whoever reads `kpis.kpi_values` can add up: slices make the total, days make weeks and months,
months make quarters. All such sums of the KPIs about people are written as equations whose unknowns
are the hidden cells, and solved exactly, in integers modulo a prime, by elimination. No hidden cell
may come out; without the cells that are hidden beside those of few people, many do.
"""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import duckdb
import pytest

from orchestration.demo.world import write_demo
from orchestration.landing.accept import accept
from orchestration.landing.ledger import latest_batch
from orchestration.system.paths import DataPaths
from orchestration.warehouse.build import Part, build
from orchestration.warehouse.run_context import new_context
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(1)

CUSTOMERS, MONTHS = 1000, 4
PRIME = 2**61 - 1
CELL = "kpi_id, period_grain, cast(period_start as varchar), slice_type, slice_value"
# respondents of a dimension are those of all: neither slices nor periods add up
NOT_ADDED = {"servqual_gap"}
# at the end of a period: a quarter is its last month
STATES = {"certification_rate", "skill_coverage_rate"}

Cell = tuple[str, str, str, str, str]


class Published(NamedTuple):
    """The cells of KPIs about people; which are hidden, and which of these beside others."""

    cells: list[Cell]
    hidden: set[Cell]
    beside: set[Cell]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    root = tmp_path_factory.mktemp("suppression")
    with pytest.MonkeyPatch.context() as patch:
        warehouse = Warehouse(root / "data", patch, ())
        write_demo(warehouse.paths.inbox, root / "truth.json", CUSTOMERS, MONTHS)
        accept(warehouse.paths, warehouse.contract)
        part = Part(("+kpi_values,resource_type:model", "resource_type:seed"), "empty")
        context = new_context(latest_batch(warehouse.paths), None)
        report = build(warehouse.paths, context, None, part)
        assert report.error is None, report.error
        return read(warehouse.paths)


def read(paths: DataPaths) -> Published:
    """Read the published figures, and from the build which cells are hidden beside others."""
    with duckdb.connect(str(paths.marts_db), read_only=True) as con:
        con.execute(f"attach '{paths.build_db}' as build (read_only)")
        rows = con.execute(
            f"""
            select {CELL}, sample_flag = 'suppressed'
            from kpis.kpi_values
            where kpi_id in (select kpi_id from kpis.kpi_catalogue where is_about_people)
            """
        ).fetchall()
        beside = con.execute(f"select {CELL} from build.intermediate.int_kpi_cells_hidden")
        return Published(
            [row[:-1] for row in rows],
            {row[:-1] for row in rows if row[-1]},
            set(beside.fetchall()),
        )


def sums(cells: list[Cell]) -> list[set[Cell]]:
    """Write down all that adds up: each sum's parts and its whole. Signs are left out: those of
    every second level (days, weeks and months, quarters; slices, totals) can be turned."""
    members = defaultdict(lambda: {True: set(), False: set()})
    cut_by = {cell[:4] for cell in cells}
    cuts = {slice_type for *_, slice_type in cut_by} - {"total"}
    for cell in cells:
        kpi, grain, start, slice_type, slice_value = cell
        if kpi in NOT_ADDED:
            continue
        for cut in cuts if slice_type == "total" else {slice_type}:
            if (kpi, grain, start, cut) in cut_by:
                members["slices", kpi, grain, start, cut][slice_type == "total"].add(cell)
        day, line = date.fromisoformat(start), (kpi, slice_type, slice_value)
        month = day.replace(day=1)
        quarter = month.replace(month=month.month - (month.month - 1) % 3)
        if grain in ("day", "week"):
            week = day - timedelta(days=day.weekday())
            members["week", *line, week][grain == "week"].add(cell)
        if grain in ("day", "month"):
            members["month", *line, month][grain == "month"].add(cell)
        if grain == "quarter" or (grain == "month" and (kpi not in STATES or month.month % 3 == 0)):
            members["quarter", *line, quarter][grain == "quarter"].add(cell)
    return [one[True] | one[False] for one in members.values() if one[True] and one[False]]


def that_follow(known: list[set[Cell]], hidden: set[Cell]) -> set[Cell]:
    """Return the hidden cells that have one value only, by exact elimination modulo a prime: those
    that are 0 in a random solution of the equations without what is shown."""
    equations = sorted((sorted(one & hidden) for one in known if one & hidden), key=len)
    degree = Counter(cell for equation in equations for cell in equation)
    turn: dict[Cell, int] = {}
    solved: list[tuple[Cell, dict[Cell, int]]] = []
    for equation in equations:
        row = dict.fromkeys(equation, 1)
        waiting = [turn[cell] for cell in row if cell in turn]
        heapify(waiting)
        while waiting:
            pivot, others = solved[heappop(waiting)]
            factor = row.pop(pivot, 0)
            for cell, share in others.items() if factor else ():
                if cell not in row and cell in turn:
                    heappush(waiting, turn[cell])
                row[cell] = (row.get(cell, 0) - factor * share) % PRIME
                if not row[cell]:
                    del row[cell]
        if row:
            pivot = min(row, key=lambda cell: (degree[cell], cell))
            inverse = pow(row.pop(pivot), -1, PRIME)
            turn[pivot] = len(solved)
            solved.append((pivot, {cell: share * inverse % PRIME for cell, share in row.items()}))
    draw = random.Random(0)
    value = {cell: draw.randrange(1, PRIME) for cell in sorted(hidden) if cell not in turn}
    for pivot, others in reversed(solved):
        value[pivot] = -sum(share * value[cell] for cell, share in others.items()) % PRIME
    return {cell for cell in hidden if not value[cell]}


def test_the_attack_solves_what_one_and_what_two_sums_tell() -> None:
    a, b, c, d = (("kpi", "day", "2026-01-01", "team", name) for name in "abcd")
    assert that_follow([{a, b}, {c, d}], {a, c, d}) == {a}
    # a + b, b + c and a + c
    assert that_follow([{a, b}, {b, c}, {a, c}], {a, b, c}) == {a, b, c}
    # a square
    assert that_follow([{a, b}, {b, c}, {c, d}, {d, a}], {a, b, c, d}) == set()


def test_no_hidden_cell_follows_from_what_is_shown(published: Published) -> None:
    known = sums(published.cells)
    primary = published.hidden - published.beside
    tried = sum(1 for one in known if one & published.hidden)
    print(
        f"{len(primary)} cells of few people and {len(published.beside)} beside them are hidden,"
        f" of {len(published.cells)}; {tried} of {len(known)} sums have some of them"
    )
    assert that_follow(known, published.hidden) == set()


def test_cells_of_few_people_alone_would_be_solved(published: Published) -> None:
    """Else the test before would pass whatever is hidden beside them."""
    primary = published.hidden - published.beside
    solved = that_follow(sums(published.cells), primary)
    print(f"{len(solved)} of {len(primary)} follow where nothing is hidden beside them")
    assert published.beside <= published.hidden
    assert len(solved) > 100
