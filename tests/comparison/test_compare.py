"""What is equal and what is not, on tables of a few rows."""

from pathlib import Path

import duckdb
import pytest

from tests.comparison.compare import Comparison, compare


def write(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)
    return path


def compared(folder: Path, old: str, new: str) -> Comparison:
    """Compare two versions of one table, each given as a query."""
    [comparison] = compare(
        write(folder / "old.duckdb", f"create table t as {old}"),
        write(folder / "new.duckdb", f"create table t as {new}"),
    )
    return comparison


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "from (values (1, 'a'), (2, null)) as t(i, s)",
            "from (values (2, null), (1, 'a')) as t(i, s)",
        ),
        # sums in another order
        (
            "select 1 as i, 0.1::double + 0.2 + 0.3 as x",
            "select 1 as i, 0.3::double + 0.2 + 0.1 as x",
        ),
        ("select [0.1::double + 0.2, null] as x", "select [0.3::double, null] as x"),
        # two rows that differ in their floats alone
        (
            "from (values (1e0, 2e0), (3e0, null)) as t(x, y)",
            "from (values (3e0, null), (1.00000000001e0, 2e0)) as t(x, y)",
        ),
        # another run
        ("select 1 as i, 'monday' as edition", "select 1 as i, 'tuesday' as edition"),
        ("select 'nan'::double as x", "select 'nan'::double as x"),
    ],
)
def test_what_is_the_same_is_equal(tmp_path: Path, old: str, new: str) -> None:
    comparison = compared(tmp_path, old, new)
    assert comparison.is_equal, str(comparison)


@pytest.mark.parametrize(
    ("old", "new", "only", "columns"),
    [
        # a value
        (
            "from (values (1, 'a'), (2, 'b')) as t(i, s)",
            "from (values (1, 'a'), (2, 'c')) as t(i, s)",
            (1, 1),
            {"s": 1},
        ),
        # a row less, and none more
        ("from range(3) as t(i)", "from range(2) as t(i)", (1, 0), {"i": 1}),
        # the same row twice
        ("select 1 as i", "from (values (1), (1)) as t(i)", (0, 1), {"i": 1}),
        ("select 1e0 as x", "select 1.000001e0 as x", (1, 1), {"x": 1}),
        ("select 0e0 as x", "select null::double as x", (1, 1), {"x": 1}),
        ("select [1e0, 2e0] as x", "select [1e0] as x", (1, 1), {"x": 1}),
        # exact numbers have no last digits to lose
        (
            "select 1000000000.00::decimal(18, 2) as x",
            "select 1000000000.01::decimal(18, 2) as x",
            (1, 1),
            {"x": 1},
        ),
        # the values of two columns changed places, which no column shows
        (
            "from (values (1, 'a'), (2, 'b')) as t(i, s)",
            "from (values (1, 'b'), (2, 'a')) as t(i, s)",
            (2, 2),
            {},
        ),
    ],
)
def test_what_is_not_is_counted_in_both_directions(
    tmp_path: Path, old: str, new: str, only: tuple[int, int], columns: dict[str, int]
) -> None:
    comparison = compared(tmp_path, old, new)
    assert (comparison.only, comparison.differing) == (only, columns)
    assert not comparison.is_equal


def test_another_shape_is_a_difference(tmp_path: Path) -> None:
    comparison = compared(tmp_path, "select 1 as a, 2 as b", "select 1 as a, '2' as b, 3 as c")
    assert not comparison.is_equal
    assert "column c only in the new edition" in str(comparison)
    assert "column b is VARCHAR instead of INTEGER" in str(comparison)


def test_a_table_of_one_edition_alone_is_a_difference(tmp_path: Path) -> None:
    old = write(tmp_path / "old.duckdb", "create table t (i int)", "create table u (i int)")
    new = write(tmp_path / "new.duckdb", "create table t (i int)")
    assert [c.is_equal for c in compare(old, new)] == [True, False]
