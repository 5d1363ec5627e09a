"""How changes of published figures are counted by kind, and explained."""

from pathlib import Path

import duckdb
import pytest

from tests.comparison.figures import Change, changes, explain, page

COLUMNS = {
    "kpi_id": "'k'",
    "period_grain": "'month'",
    "period_start": "date '2026-01-01'",
    "slice_type": "'total'",
    "slice_value": "'all'",
    "numerator": "1.0::double",
    "denominator": "2.0::double",
    "value": "0.5::double",
    "sample_size": "2",
    "sample_flag": "'publishable'",
    "ci_low": "0.1::double",
    "ci_high": "0.9::double",
    "status": "'ok'",
    "is_confirmed": "false",
    "is_action_due": "false",
    "is_provisional": "false",
    "warn_threshold": "0.4::double",
    "alert_threshold": "0.3::double",
    "warn_floor": "null::double",
    "alert_floor": "null::double",
}
# of one person, and of quantiles: what these tables have of the columns above, and what else
AGENT = {"slice_type", "slice_value", "is_action_due"}
KEY = ("kpi_id", "period_grain", "period_start", "slice_type", "slice_value")


def edition(path: Path, *rows: dict[str, str]) -> Path:
    """Write an edition of these rows; each says how it differs from the usual one.

    A row with an `agent_id` is one person's; one with a `median` has quantiles.
    """
    everybodys = [COLUMNS | row for row in rows if "agent_id" not in row]
    personal = [
        {name: sql for name, sql in (COLUMNS | row).items() if name not in AGENT}
        for row in rows
        if "agent_id" in row
    ]
    spread = [
        {name: row[name] for name in KEY} | {"median": row.pop("median"), "p90": "9.0::double"}
        for row in everybodys
        if "median" in row
    ]
    with duckdb.connect(str(path)) as con:
        con.execute("create schema kpis")
        for table, its, usual in (
            ("kpi_values", everybodys, COLUMNS),
            ("agent_kpi_values", personal, _columns_of_agents()),
            ("kpi_quantiles", spread, _columns_of_quantiles()),
        ):
            selects = [
                "select " + ", ".join(f"{sql} as {name}" for name, sql in row.items())
                for row in its or [usual]
            ]
            nothing = "" if its else " where false"
            con.execute(f"create table kpis.{table} as {' union all '.join(selects)}{nothing}")
    return path


def _columns_of_agents() -> dict[str, str]:
    return {name: sql for name, sql in COLUMNS.items() if name not in AGENT} | {"agent_id": "'a'"}


def _columns_of_quantiles() -> dict[str, str]:
    return {name: COLUMNS[name] for name in KEY} | {"median": "1.0::double", "p90": "9.0::double"}


USUAL: dict[str, str] = {}
OTHER = {"slice_value": "'other'", "slice_type": "'team'"}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (USUAL, {"value": "0.6::double", "ci_low": "0.2::double"}, "figure"),
        (USUAL, {"numerator": "null::double", "value": "null::double"}, "figure"),
        (USUAL, {"ci_low": "0.2::double"}, "interval"),
        (
            {"numerator": "null::double", "denominator": "null::double", "value": "null::double"},
            {"numerator": "0::double", "denominator": "0::double", "value": "null::double"},
            "waited for",
        ),
        (
            USUAL,
            {"value": "null::double", "sample_flag": "'suppressed'"},
            "hidden",
        ),
        ({"sample_flag": "'suppressed'"}, USUAL, "shown"),
        (USUAL, {"status": "'provisional'", "is_provisional": "true"}, "not yet final"),
        ({"status": "'provisional'", "is_provisional": "true"}, USUAL, "final"),
        (USUAL, {"status": "'insufficient_identification'"}, "not identified"),
        (USUAL, {"status": "'withheld'"}, "withheld"),
        (USUAL, {"status": "'alert'"}, "status"),
        ({"status": "null::varchar"}, USUAL, "status"),
        (USUAL, {"is_action_due": "true"}, "status"),
        (USUAL, {"alert_threshold": "0.2::double"}, "limits"),
        (USUAL, {"alert_floor": "0.2::double"}, "limits"),
        ({"median": "0.4::double"}, {"median": "0.5::double"}, "figure"),
    ],
)
def test_a_row_is_counted_by_the_first_kind_that_holds(tmp_path, old, new, kind) -> None:
    found = changes(edition(tmp_path / "old.duckdb", old), edition(tmp_path / "new.duckdb", new))
    assert found == [Change("k", kind, 1, 0)]


def test_the_last_digits_of_a_sum_are_no_change(tmp_path) -> None:
    old = edition(tmp_path / "old.duckdb", {"numerator": "0.1::double + 0.2 + 0.3"})
    new = edition(tmp_path / "new.duckdb", {"numerator": "0.3::double + 0.2 + 0.1"})
    assert changes(old, new) == []


def test_rows_of_one_edition_alone(tmp_path) -> None:
    nothing = {**OTHER, "slice_value": "'empty'", "sample_size": "0"}
    old = edition(tmp_path / "old.duckdb", USUAL, OTHER, nothing)
    new = edition(tmp_path / "new.duckdb", USUAL, {"period_grain": "'day'"}, {"kpi_id": "'n'"})
    assert changes(old, new) == [
        Change("k", "no sample", 1, 1),
        Change("k", "row gone", 1, 1),
        Change("k", "row new", 1, 0),
        Change("n", "new KPI", 1, 0),
    ]


def test_one_persons_figures_are_counted_apart(tmp_path) -> None:
    old = edition(tmp_path / "old.duckdb", USUAL, {"agent_id": "'a'"}, {"agent_id": "'b'"})
    new = edition(
        tmp_path / "new.duckdb",
        USUAL,
        {"agent_id": "'a'", "status": "'alert'"},
        {"agent_id": "'b'"},
    )
    assert changes(old, new) == [Change("k", "status", 1, 1, 1)]
    assert "`k` 1 (0, 1 of agents)" in page([(changes(old, new)[0], "limits")], "x and y")


def test_the_reason_of_a_kpi_comes_before_that_of_all() -> None:
    found = [Change("a", "figure", 3, 1), Change("b", "figure", 1, 0), Change("a", "shown", 1, 0)]
    of_all = {"kind": "figure", "kpis": "all", "reason": "sums"}
    of_one = {"kind": "figure", "kpis": ["a"], "reason": "bots"}
    of_none = {"kind": "status", "kpis": ["a"], "reason": "nothing"}
    explained, unexplained, unused = explain(found, [of_all, of_one, of_none])
    assert explained == [(found[0], "bots"), (found[1], "sums")]
    assert unexplained == [found[2]]
    assert unused == [of_none]
    text = page(explained, "x and y")
    assert "## Figure: 4 rows" in text
    assert "| bots | `a` 3 (2) |" in text
