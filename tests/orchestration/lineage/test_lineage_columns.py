"""What the columns of one query are made from, shape of SQL by shape.

A failure means that lineage misses a column, or names one that has no part.
"""

import pytest

from orchestration.lineage.columns import Unresolved, columns_read

SCHEMA = {
    ("db", "s", "a"): ("k", "x", "y", "xs"),
    ("db", "s", "b"): ("k", "z"),
}

# query, column of its result, what its value is made from, what decides its rows
CASES = {
    "an expression": ("select x + y as c from s.a", "c", "a.x a.y", ""),
    "a case reads what it asks": (
        "select case when x > 0 then y end as c from s.a",
        "c",
        "a.x a.y",
        "",
    ),
    "a star through two common tables": (
        "with one as (select * from s.a), two as (select *, x as c from one) select * from two",
        "c",
        "a.x",
        "",
    ),
    "a union pairs by place": (
        "select x as c, y as d from s.a union all select z, k from s.b",
        "c",
        "a.x b.z",
        "",
    ),
    "a union by name pairs by name": (
        "select x as c, y as d from s.a union all by name select k as d, z as c from s.b",
        "c",
        "a.x b.z",
        "",
    ),
    "the second part of a union names a column twice": (
        "select x as c, y as d from s.a union all select z, z from s.b",
        "d",
        "a.y b.z",
        "",
    ),
    "what is joined stands there by its keys": (
        "select a.x, b.z as c from s.a as a left join s.b as b on a.k = b.k",
        "c",
        "b.z",
        "a.k b.* b.k",
    ),
    "what a left join joins to does not depend on it": (
        "select a.x as c, b.z from s.a as a left join s.b as b on a.k = b.k",
        "c",
        "a.x",
        "",
    ),
    "a count of rows is made from what decides about them": (
        "select count(*) as c from s.a where x > 0",
        "c",
        "",
        "a.* a.x",
    ),
    "a word that stands for a row": (
        "with one as (select 'left' as fact from s.a where x = 1) "
        "select count(case when fact = 'left' then 1 end) as c from one",
        "c",
        "",
        "a.* a.x",
    ),
    "a filter of an aggregate is part of it": (
        "select count(*) filter (where x > 0) as c from s.a",
        "c",
        "a.x",
        "a.*",
    ),
    "a running sum": (
        "select sum(x) over (partition by k order by y) as c from s.a",
        "c",
        "a.x",
        "a.k a.y",
    ),
    "a named window": (
        "select sum(x) over w as c from s.a window w as (partition by k order by y)",
        "c",
        "a.x",
        "a.k a.y",
    ),
    "a rank is its order": (
        "select row_number() over (partition by k order by y) as c from s.a",
        "c",
        "a.k a.y",
        "",
    ),
    "a subquery with one value": (
        "select x * (select max(z) from s.b where k = 'n') as c from s.a",
        "c",
        "a.x b.z",
        "b.* b.k",
    ),
    "a subquery that looks around itself": (
        "select exists (select 1 from s.b as b where b.k = a.x) as c from s.a as a",
        "c",
        "",
        "a.x b.* b.k",
    ),
    "an unnested list": (
        "select t.item as c from s.a as a, unnest(a.xs) as t(item)",
        "c",
        "a.xs",
        "",
    ),
    "the parameter of a lambda is no column": (
        "select list_transform(xs, x -> x + y) as x from s.a",
        "x",
        "a.xs a.y",
        "",
    ),
    "a name of the select list": (
        "select x + y as total, total * 2 as c from s.a",
        "c",
        "a.x a.y",
        "",
    ),
    "a group by place": (
        "select x as c, count(*) as n from s.a group by 1",
        "n",
        "",
        "a.* a.x",
    ),
}


def reads(sql: str, column: str) -> tuple[str, str]:
    found = columns_read(sql.replace("s.", "db.s."), SCHEMA)[column]
    value = {f"{read.relation[2]}.{read.column}" for read in found if read.is_value}
    rows = {f"{read.relation[2]}.{read.column}" for read in found if not read.is_value}
    return " ".join(sorted(value)), " ".join(sorted(rows - value))


@pytest.mark.parametrize("case", CASES)
def test_a_column_is_made_from(case: str) -> None:
    sql, column, value, rows = CASES[case]
    assert reads(sql, column) == (value, rows)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select x from s.a where y > 0", "a.* a.y"),
        ("select a.x from s.a as a inner join s.b as b on a.k = b.k", "a.* a.k b.* b.k"),
        ("select a.x from s.a as a left join s.b as b on a.k = b.k", "a.*"),
        ("select distinct x from s.a", "a.* a.x"),
        ("select x from s.a union select z from s.b", "a.* a.x b.* b.z"),
        (
            "select x from s.a qualify row_number() over (partition by k order by y) = 1",
            "a.* a.k a.y",
        ),
        ("select k, sum(x) as x from s.a group by k having count(*) > 1", "a.* a.k"),
        (
            "with recursive r as (select k, x from s.a union all "
            "select b.k, r.x from r inner join s.b as b on r.k = b.z) select * from r",
            "a.* a.k b.* b.z",
        ),
    ],
)
def test_which_rows_there_are_is_decided_by(sql: str, rows: str) -> None:
    assert reads(sql, "*") == ("", rows)


@pytest.mark.parametrize(
    "sql", ["select nowhere from s.a", "select x from", "select a.x from s.b as b"]
)
def test_what_cannot_be_followed_is_said(sql: str) -> None:
    with pytest.raises(Unresolved):
        columns_read(sql.replace("s.", "db.s."), SCHEMA)
