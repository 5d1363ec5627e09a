"""The telecom operator's mapped landing rows give the published counts and sums."""

import pytest

pytestmark = pytest.mark.real_data


def test_every_customer_has_one_subscription_that_starts(telco):
    customers, starts, ends = telco.execute("""
        select
            count(distinct customer_id),
            count_if(event_type = 'started'),
            count_if(event_type = 'ended'),
        from billing__subscription_events
    """).fetchone()
    assert (customers, starts, ends) == (7_043, 7_043, 1_869)
    assert round(ends / customers, 5) == 0.26537


def test_churn_by_contract_matches_the_published_numerators(telco, raw_customers):
    """1,655, 166 and 48 left, the numerators of the published 42.71, 11.27 and 2.83 %.

    Those rates belong to the single-file edition of this sample, whose contracts count 3,875,
    1,473 and 1,695 customers. These workbooks hold 3,610, 1,550 and 1,883: from them the rates
    are 45.85, 10.71 and 2.55 %, and only the numerators can be compared.
    """
    rows = telco.execute("""
        select segment, count(distinct customer_id), count(closed_at)
        from billing__customers
        group by segment
        order by segment
    """).fetchall()
    assert rows == [
        ("Month-to-Month", 3_610, 1_655),
        ("One Year", 1_550, 166),
        ("Two Year", 1_883, 48),
    ]
    assert raw_customers.groupby("Contract")["Churn Value"].sum().tolist() == [1_655, 166, 48]


def test_joined_customers_start_inside_the_quarter_and_stayed_ones_before(telco, raw_customers):
    """Tenure is all the file has: this is what the placing of dates must respect."""
    started = telco.execute("""
        select customer_id, cast(effective_at as timestamp) as started_at,
        from billing__subscription_events
        where event_type = 'started'
    """).df()
    joined = raw_customers.merge(started, left_on="Customer ID", right_on="customer_id")
    in_quarter = joined["started_at"] >= "2025-07-01"
    status = joined["Customer Status"]
    assert in_quarter[status == "Joined"].all() and (status == "Joined").sum() == 454
    assert not in_quarter[status == "Stayed"].any()


def test_amounts_are_the_published_sums(telco):
    (monthly,) = telco.execute("select sum(amount) from billing__subscription_events").fetchone()
    assert round(float(monthly), 2) == 456_116.60
    (revenue,) = telco.execute("""
        select sum(if(document_type = 'invoice', net_amount, -net_amount))
        from billing__documents
    """).fetchone()
    assert round(float(revenue), 2) == 21_371_131.69


def test_satisfaction_is_the_published_mean_and_carries_the_outcome(telco, raw_customers):
    answers, mean = telco.execute("select count(*), avg(score) from surveys__answers").fetchone()
    assert (answers, round(mean, 4)) == (7_043, 3.2449)
    churn = raw_customers.groupby("Satisfaction Score")["Churn Value"].mean()
    assert (churn[1], churn[2], churn[4], churn[5]) == (1, 1, 0, 0)
