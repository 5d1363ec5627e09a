"""Which cells int_kpi_cells_hidden hides, on sums small enough to be looked at.

dbt's unit tests are for models in SQL. A sum is a list of cells in the order in which they may be
hidden, the whole last.
"""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy
import pytest

from orchestration.system.paths import PROJECT_ROOT

MODEL = PROJECT_ROOT.joinpath(
    "models", "marts", "kpis", "steps", "engine", "int_kpi_cells_hidden.py"
)
SLICES, PERIODS = 1, 4
Sum = tuple[int, Sequence[str]]


@pytest.fixture(scope="module")
def hidden_beside() -> Callable[..., set[str]]:
    model = loaded(MODEL)

    def ask(sums: Sequence[Sum], few: set[str], empty: Sequence[str] = ()) -> set[str]:
        rows = [
            (number, kind, cell, cell == cells[-1])
            for number, (kind, cells) in enumerate(sums)
            for cell in cells
        ]
        names = sorted({cell for _, _, cell, _ in rows})
        cells = [cell for _, _, cell, _ in rows]
        found = model.hidden_beside(
            {
                "sum_number": numpy.array([number for number, *_ in rows]),
                "kind": numpy.array([kind for _, kind, *_ in rows]),
                "is_equation": numpy.array([kind <= 5 for _, kind, *_ in rows]),
                "is_whole": numpy.array([is_whole for *_, is_whole in rows]),
                "cell": numpy.array([names.index(cell) for cell in cells]),
                "can_be_hidden": numpy.array([cell not in empty for cell in cells]),
                "is_of_few_people": numpy.array([cell in few for cell in cells]),
            }
        )
        return {names[cell] for cell in found}

    return ask


def loaded(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_beside_one_hidden_slice_is_the_smallest_other(hidden_beside) -> None:
    teams = [(SLICES, ["north", "south", "east", "total"])]
    assert hidden_beside(teams, {"north"}) == {"south"}
    assert hidden_beside(teams, {"east"}) == {"north"}
    # two are a secret to each other
    assert hidden_beside(teams, {"north", "east"}) == set()
    assert hidden_beside(teams, set()) == set()


def test_where_nothing_else_is_left_the_total_is_hidden(hidden_beside) -> None:
    assert hidden_beside([(SLICES, ["north", "total"])], {"north"}) == {"total"}
    # of whom nobody is, a reader sees it
    teams = [(SLICES, ["south", "north", "total"])]
    assert hidden_beside(teams, {"north"}, empty=["south"]) == {"total"}


def test_a_second_part_does_not_follow_from_the_longer_period(hidden_beside) -> None:
    """North is hidden in January: so is another team, and both of them in another month."""
    months = ["jan", "feb", "mar"]
    sums = [
        (SLICES, [f"{team} {month}" for team in ("north", "south", "east", "all")])
        for month in months
    ]
    sums += [
        (PERIODS, [f"{team} {part}" for part in (*months, "q1")])
        for team in ("north", "south", "east", "all")
    ]
    sums += [(SLICES, [f"{team} q1" for team in ("north", "south", "east", "all")])]
    assert hidden_beside(sums, {"north jan"}) == {"south jan", "north feb", "south feb"}


def test_what_sums_tell_together_is_hidden_too(hidden_beside) -> None:
    """In each of three sums two are hidden, and yet all follow: a + b, b + c, and a + c."""
    sums = [
        (PERIODS, ["a", "b", "x", "ab"]),
        (PERIODS, ["b", "c", "y", "bc"]),
        (PERIODS, ["a", "c", "z", "ac"]),
    ]
    beside = hidden_beside(sums, {"a", "b", "c"})
    assert beside & {"x", "y", "z"}
    assert not beside & {"ab", "bc", "ac"}
