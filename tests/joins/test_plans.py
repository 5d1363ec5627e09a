"""Which joins are found in a plan, and which are not, on tables of a few rows."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.joins.plans import (
    CONSTANT,
    Exceptions,
    Queries,
    as_if_large,
    explain,
    judge,
    read_exceptions,
)

CONSTANTS = {"memory.main.limits": CONSTANT}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        as_if_large(con)
        con.execute(
            "create table months as select i as customer, i as n, i as m from range(9) t(i)"
        )
        con.execute("create table orders as select customer, n, '' as kind from months")
        con.execute("create table limits as select 'x' as kind, i as low from range(3) t(i)")
        con.execute("create table empty as from orders limit 0")
        con.execute("create table few as select distinct kind from orders")
        yield con


def operators(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [product.operator for product in explain(con, sql, CONSTANTS).products]


def test_a_condition_on_the_left_side_alone_keeps_an_outer_join_from_its_keys(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    in_the_join = """
        from months left join orders
            on months.customer = orders.customer and months.n = orders.n and months.m > months.n
    """
    before_it = """
        from (select *, case when m > n then n end as number from months) as months
        left join orders on months.customer = orders.customer and months.number = orders.n
    """
    assert operators(connection, in_the_join) == ["BLOCKWISE_NL_JOIN"]
    assert operators(connection, before_it) == []


def test_a_condition_on_the_type_of_an_event_does_so_too(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    sql = "from orders left join months on orders.kind = 'cancelled' and orders.n = months.n"
    [product] = explain(connection, sql, CONSTANTS).products
    assert product.columns == "kind n"
    assert "memory.main.months" in str(product)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("from months cross join orders", "CROSS_PRODUCT"),
        # however few rows there are today
        ("from months cross join empty", "CROSS_PRODUCT"),
        ("from months inner join orders on months.n < orders.n", "PIECEWISE_MERGE_JOIN"),
        (
            "from months inner join orders on months.n < orders.n and months.m > orders.n",
            "IE_JOIN",
        ),
        ("from months inner join orders on months.n <> orders.n", "NESTED_LOOP_JOIN"),
        # days counted out of what landed become more with history
        (
            "from orders cross join (select unnest(range(min(n), max(n))) from months) as days",
            "CROSS_PRODUCT",
        ),
        # and stay so through a common table expression
        (
            "with a as materialized (select distinct n from months), b as (from a) from a, b",
            "CROSS_PRODUCT",
        ),
    ],
)
def test_two_sides_that_grow_are_found(
    connection: duckdb.DuckDBPyConnection, sql: str, expected: str
) -> None:
    assert operators(connection, sql) == [expected]


@pytest.mark.parametrize(
    "sql",
    [
        "from months inner join orders using (customer) where months.n < orders.n",
        # one row
        "from months cross join (select max(n) from orders)",
        "from months where n > (select max(n) from orders)",
        "from months cross join (from orders order by n limit 1)",
        # as many as there are
        "from months cross join limits",
        "from months left join limits on months.n > 3 and months.n > limits.low",
        "from months cross join (values (1), (2)) as halves",
        "from months cross join (select unnest(range(24))) as hours",
        # one look per row
        "from months asof left join orders using (customer, n)",
    ],
)
def test_what_stays_small_or_has_a_key_is_not(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> None:
    assert operators(connection, sql) == []


MODELS = Queries(
    {
        "memory.main.few": "select distinct kind from orders",
        "memory.main.crossed": "select m.n from months as m cross join few",
    },
    frozenset({"memory.main.limits"}),
)


def test_what_no_exception_allows_names_the_model(connection: duckdb.DuckDBPyConnection) -> None:
    [found] = judge(connection, MODELS, Exceptions({}, {})).products
    assert found.startswith("crossed: CROSS_PRODUCT of ")


@pytest.mark.parametrize(
    "exceptions",
    [Exceptions({"few": "kinds"}, {}), Exceptions({}, {("crossed", ""): "few kinds"})],
)
def test_an_exception_allows_it(
    connection: duckdb.DuckDBPyConnection, exceptions: Exceptions
) -> None:
    findings = judge(connection, MODELS, exceptions)
    assert (findings.products, findings.unused) == ([], [])


def test_an_exception_that_nothing_needs_is_found(connection: duckdb.DuckDBPyConnection) -> None:
    exceptions = Exceptions({"few": "kinds", "gone": ""}, {("crossed", ""): "", ("few", "n"): ""})
    # with its few rows it needs no exception of the product
    assert len(judge(connection, MODELS, exceptions).unused) == 3


def test_an_exception_has_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "exceptions.yml"
    path.write_text("stays_small: []\npairs: [{model: a, 'on': [b]}]\n")
    with pytest.raises(KeyError):
        read_exceptions(path)
    assert all(read_exceptions().products.values())
