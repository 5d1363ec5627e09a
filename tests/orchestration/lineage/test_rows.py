"""The rows behind a figure: of many shapes of SQL on small tables, and of every KPI of a world.

A failure means that `pilotage explain` would list rows that are not those of the figure, or would
not list rows that it could.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from orchestration.lineage.listing import Listed, RowsBehind
from orchestration.lineage.rows import Cell, NotFollowed, RowFinder, RowsQuery, Side
from orchestration.warehouse.compiled import read_compiled
from tests.orchestration.worked_examples import Run

MAY = Cell("month", "2026-05-01")
PHONE = Cell("month", "2026-05-01", "channel", "phone")
CALLS = """
create schema core;
create table core.calls as
select * from (values
    ('c1', 'u1', 'phone', date '2026-05-03', true, 10),
    ('c2', 'u2', 'phone', date '2026-05-04', false, 0),
    ('c3', null, 'chat', date '2026-05-31', true, 30),
    ('c4', 'u1', 'phone', date '2026-06-01', true, 40)
) as calls (call_id, customer_id, channel, day, is_answered, seconds);
create table core.customers as select 'u1' as customer_id, 'gold' as segment;
"""


@pytest.fixture
def calls() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as marts; use marts")
        connection.execute(CALLS)
        yield connection


def finder(calls: duckdb.DuckDBPyConnection, **models: str) -> RowFinder:
    def columns_of(query: str) -> list[str]:
        return [column[0] for column in calls.execute(query).description]

    return RowFinder({f"marts.kpis.{name}": sql for name, sql in models.items()}, columns_of)


def rows_of(
    calls: duckdb.DuckDBPyConnection,
    sql: str,
    cell: Cell = MAY,
    places: tuple[str, ...] = ("business_date", "channel"),
    measures: dict[Side, str] | None = None,
    uncut: tuple[str, ...] = (),
    **models: str,
) -> list[tuple[Any, ...]]:
    found = finder(calls, measures=sql, **models).queries(
        "marts.kpis.measures", measures or {"numerator": "n"}, cell, places, uncut
    )
    query = found["numerator"]
    if isinstance(query, NotFollowed):
        raise query
    return calls.execute(query.sql).fetchall()


PLAIN = """
with final as (
    select day as business_date, channel, {} as n, count(*) as d
    from "marts"."core"."calls"
    group by 1, 2
)

select * from final
"""


@pytest.mark.parametrize(
    ("measure", "rows"),
    [
        ("count(case when is_answered then 1 end)", [("c1", "u1", 1), ("c3", None, 1)]),
        ("count(*)", [("c1", "u1", 1), ("c2", "u2", 1), ("c3", None, 1)]),
        ("count(customer_id)", [("c1", "u1", 1), ("c2", "u2", 1)]),
        # a second of nothing adds nothing
        ("coalesce(sum(seconds), 0)", [("c1", "u1", 10), ("c3", None, 30)]),
        (
            "cast(sum(case when is_answered then 1 end) as bigint)",
            [("c1", "u1", 1), ("c3", None, 1)],
        ),
        ("count(*) - count(customer_id)", [("c3", None, 1)]),
        # where nobody recorded it there is no figure
        ("case when bool_and(is_answered) then count(*) end", None),
    ],
)
def test_what_is_counted_or_summed_is_listed(
    calls: duckdb.DuckDBPyConnection, measure: str, rows: list | None
) -> None:
    found = rows_of(calls, PLAIN.format(measure))
    if rows is None:
        rows = [("c1", "u1", 1), ("c2", "u2", 1), ("c3", None, 1)]
    assert [tuple(map(_plain, row)) for row in found] == rows


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | None) else int(value)


def test_a_slice_and_both_sides_come_with_one_query(calls: duckdb.DuckDBPyConnection) -> None:
    sql = PLAIN.format("count(case when is_answered then 1 end)")
    sides: dict[Side, str] = {"numerator": "n", "denominator": "d"}
    query = finder(calls, measures=sql).queries(
        "marts.kpis.measures", sides, PHONE, ("business_date", "channel")
    )["denominator"]
    assert isinstance(query, RowsQuery)
    assert query.ids == ("call_id", "customer_id")
    assert query.sides == ("numerator", "denominator")
    assert calls.execute(query.sql).fetchall() == [("c1", "u1", 1, 1), ("c2", "u2", 0, 1)]


def test_of_what_is_not_cut_the_whole_is_listed(calls: duckdb.DuckDBPyConnection) -> None:
    sql = PLAIN.format("count(case when is_answered then 1 end)")
    assert len(rows_of(calls, sql, PHONE)) == 1
    assert len(rows_of(calls, sql, PHONE, uncut=("n",))) == 2


@pytest.mark.parametrize(
    "measure", ["count(distinct customer_id)", "max(seconds)", "sum(seconds) / count(*)"]
)
def test_what_no_row_adds_to_says_so(calls: duckdb.DuckDBPyConnection, measure: str) -> None:
    with pytest.raises(NotFollowed) as refused:
        rows_of(calls, PLAIN.format(measure))
    assert refused.value.reason == "not_summed"


def test_agents_are_not_listed(calls: duckdb.DuckDBPyConnection) -> None:
    calls.execute("alter table core.calls add column last_agent_id varchar default 'a1'")
    assert rows_of(calls, PLAIN.format("count(*)"))[0] == ("c1", "u1", 1)


def test_sums_of_other_measures_are_followed_into_these(calls: duckdb.DuckDBPyConnection) -> None:
    sql = """
    with calls as (
        select cast(date_trunc('month', business_date) as date) as month_start, channel, sum(n) as n
        from "marts"."kpis"."others"
        where channel <> 'chat'
        group by 1, 2
    ),
    costs as (select date '2026-05-01' as month_start, 100 as eur),
    final as (
        select coalesce(costs.month_start, calls.month_start) as business_date, calls.channel,
            cast(coalesce(calls.n, 0) as bigint) as n
        from costs
        left join calls on costs.month_start = calls.month_start
    )
    select * from final
    """
    others = PLAIN.format("count(case when is_answered then 1 end)")
    calls.execute("create schema kpis")
    calls.execute(f"create table kpis.others as {others}")
    assert rows_of(calls, sql, others=others) == [("c1", "u1", 1)]


def test_a_step_that_left_the_ids_out_gets_them_back(calls: duckdb.DuckDBPyConnection) -> None:
    sql = """
    with plain as (select day, channel, is_answered from "marts"."core"."calls"),
    answered as (select day, channel from plain where is_answered),
    final as (
        select day as business_date, channel, count(*) as n from answered group by 1, 2
    )
    select * from final
    """
    assert rows_of(calls, sql) == [("c1", "u1", 1), ("c3", None, 1)]


def test_slices_of_grouping_sets_and_branches_of_a_union_are_told_apart(
    calls: duckdb.DuckDBPyConnection,
) -> None:
    sql = """
    with cut as (
        select
            day as business_date,
            case when grouping(channel) = 0 then 'channel' else 'total' end as slice_type,
            case when grouping(channel) = 0 then channel else 'all' end as slice_value,
            count(*) as n
        from "marts"."core"."calls"
        group by grouping sets ((day), (day, channel))
    ),
    by_customer as (
        select day as business_date, 'topic' as slice_type, customer_id as slice_value,
            count(*) as n
        from "marts"."core"."calls"
        group by 1, 2, 3
    ),
    final as (select * from cut union all select * from by_customer)
    select * from final
    """
    places = ("business_date", "slice_type", "slice_value")
    assert len(rows_of(calls, sql, MAY, places)) == 3
    assert len(rows_of(calls, sql, PHONE, places)) == 2
    by_topic = Cell("month", "2026-05-01", "topic", "u1")
    assert rows_of(calls, sql, by_topic, places) == [("c1", "u1", 1)]


def test_groups_are_told_apart_by_what_groups_them(calls: duckdb.DuckDBPyConnection) -> None:
    sql = """
    with days as (
        select day as business_date, channel, count(*) as calls
        from "marts"."core"."calls" group by 1, 2
    ),
    final as (
        select business_date, channel, count(case when calls > 0 then 1 end) as n
        from days group by 1, 2
    )
    select * from final
    """
    rows = rows_of(calls, sql, PHONE)
    assert [row[1:] for row in rows] == [("phone", 1), ("phone", 1)]


# Per KPI and dimension the cell with most behind it; of the total two.
CELLS = """
select kpi_id, period_grain, cast(period_start as varchar) as period_start, slice_type, slice_value,
    numerator, denominator, sample_flag
from marts.kpis.kpi_values
where value is not null and period_grain <> 'day'
qualify row_number() over (
    partition by kpi_id, slice_type order by numerator is null, sample_size desc, period_start,
    period_grain, slice_value
) <= case slice_type when 'total' then 2 else 1 end
"""
KPIS = """
select * from marts.kpis.kpi_catalogue
where valid_to is null and status in ('active', 'under_review')
"""


@pytest.fixture(scope="module")
def behind(worked_examples: Run) -> RowsBehind:
    return RowsBehind(read_compiled(worked_examples.paths.warehouse), worked_examples.marts)


def asked(worked_examples: Run, query: str) -> list[dict[str, Any]]:
    found = worked_examples.marts.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# Figures that are no sum of rows, or of rows that nothing tells apart: by KPI the sides, and why.
WITHOUT_ROWS: dict[str, dict[Side, str]] = {
    "arpu_eur": {"denominator": "not_summed"},
    "backlog_aged_share": {"numerator": "not_summed", "denominator": "not_summed"},
    "cancellations_avoided_net": {"numerator": "not_summed"},
    "churn_model_lift": {"numerator": "not_summed", "denominator": "not_summed"},
    "cltv_eur": {"numerator": "not_summed", "denominator": "not_summed"},
    "complaint_rate_per_1000": {"denominator": "not_summed"},
    "contact_rate_per_100": {"denominator": "not_summed"},
    "cost_per_contact_eur": {"numerator": "no_ids"},
    "cost_per_resolution_eur": {"numerator": "no_ids"},
    "dashboard_adoption_rate": {"numerator": "no_ids", "denominator": "no_ids"},
    "data_freshness_rate": {"numerator": "no_ids", "denominator": "no_ids"},
    "lead_lag_r": {"numerator": "not_summed"},
    "repurchase_uplift_pp": {"numerator": "not_summed"},
    "revenue_at_risk_eur": {"numerator": "no_ids"},
    "revenue_saved_eur": {"numerator": "not_summed"},
    "saturation_index": {"numerator": "no_ids", "denominator": "no_ids"},
    "service_value_created_eur": {"numerator": "not_summed"},
}


def test_of_every_kpi_the_rows_are_as_many_as_its_figure_says(
    worked_examples: Run, behind: RowsBehind
) -> None:
    kpis = {row["kpi_id"]: row for row in asked(worked_examples, KPIS)}
    without: dict[str, dict[Side, str]] = {}
    compared = set()
    for row in asked(worked_examples, CELLS):
        kpi = kpis.get(row["kpi_id"])
        if kpi is None or kpi["is_about_people"]:
            continue
        place = ("period_grain", "period_start", "slice_type", "slice_value")
        sides: list[Side] = ["numerator"]
        if kpi["denominator_measure"]:
            sides.append("denominator")
        figure = {side: row[side] for side in sides}
        for side, listed in behind.of(
            kpi, Cell(*(row[one] for one in place)), figure, 10**6
        ).items():
            if isinstance(listed, NotFollowed):
                without.setdefault(kpi["kpi_id"], {})[side] = listed.reason
                continue
            compared.add(kpi["kpi_id"])
            if side == listed.columns[-1]:
                amounts = [row[-1] for row in listed.rows]
                assert 0 not in amounts, kpi["kpi_id"]
                expected = sum(map(float, amounts))
            else:
                expected = len(set(listed.rows))
            if listed.others:
                continue
            multiplier = kpi["multiplier"] if side == "numerator" else 1
            assert expected == pytest.approx(row[side] / multiplier), (row, side)
    assert without == WITHOUT_ROWS
    assert len(compared) > 2 * len(WITHOUT_ROWS)


def test_of_people_nobody_gets_rows(worked_examples: Run, behind: RowsBehind) -> None:
    people = [row for row in asked(worked_examples, KPIS) if row["is_about_people"]]
    assert people
    for kpi in people:
        found = behind.of(kpi, MAY, {"numerator": 1.0, "denominator": 1.0}, 20)
        assert {one.reason for one in found.values() if isinstance(one, NotFollowed)} == {
            "about_people"
        }
        assert not [one for one in found.values() if isinstance(one, Listed)]


def test_rows_that_do_not_add_up_to_the_figure_are_not_listed(
    worked_examples: Run, behind: RowsBehind
) -> None:
    (kpi,) = (row for row in asked(worked_examples, KPIS) if row["kpi_id"] == "fcr_rate")
    row = next(row for row in asked(worked_examples, CELLS) if row["kpi_id"] == "fcr_rate")
    cell = Cell(row["period_grain"], row["period_start"], row["slice_type"], row["slice_value"])
    right = behind.of(kpi, cell, {"numerator": row["numerator"]}, 20)["numerator"]
    assert isinstance(right, Listed)
    wrong = behind.of(kpi, cell, {"numerator": row["numerator"] + 1}, 20)["numerator"]
    assert isinstance(wrong, NotFollowed)
    assert wrong.reason == "other_sum"
