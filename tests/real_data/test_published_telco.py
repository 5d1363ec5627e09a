"""The telecom operator through the whole pipeline: KPIs and published counts of its edition.

The workbooks know tenure only. The published churn (1,869 of 7,043) divides by everybody seen in
the quarter; a churn rate of this project divides by the customers there when a period opens, and
says so for the month and the quarter. Both are checked, each on its own ground.
"""

import pandas as pd
import pytest

from .pipeline import kpi, ledger_totals

pytestmark = [pytest.mark.real_data, pytest.mark.builds(1)]

SEPTEMBER = ("month", "2025-09-01")
QUARTER = ("quarter", "2025-07-01")


def opening(customers: pd.DataFrame, shortest_tenure: int) -> pd.DataFrame:
    """Return who was a customer when a period opened.

    Who churned (on 30 September) had started `tenure` months before that day, everybody else
    `tenure` months before 1 October: one month less of tenure is enough for the former.
    """
    churned = customers["Customer Status"] == "Churned"
    return customers[customers["Tenure in Months"] >= shortest_tenure - churned.astype("int64")]


@pytest.fixture(scope="module")
def cohorts(raw_customers):
    """The opening customers of September and of the quarter, from tenure alone."""
    return {SEPTEMBER: opening(raw_customers, 2), QUARTER: opening(raw_customers, 4)}


def test_every_mapped_row_is_accepted(telco_edition):
    """Churned customers have two versions, one as they came and one as they left."""
    assert ledger_totals(telco_edition.data_dir) == {
        "billing.customers": (8_912, 8_912, 0, 0),
        "billing.subscription_events": (8_912, 8_912, 0, 0),
        "billing.documents": (7_568, 7_568, 0, 0),
        "surveys.invitations": (7_043, 7_043, 0, 0),
        "surveys.answers": (7_043, 7_043, 0, 0),
    }


def test_published_churn_is_in_core_customers(telco_edition):
    """1,869 of 7,043 = 26.537 %, on customers: "joined" ones count in the denominator."""
    customers, closed = telco_edition.connection.execute(
        "select count(*), count(closed_at) from core.customers"
    ).fetchone()
    assert (customers, closed, round(closed / customers, 5)) == (7_043, 1_869, 0.26537)
    by_contract = telco_edition.connection.execute("""
        select segment, count(*), count(closed_at) from core.customers group by all order by all
    """).fetchall()
    assert by_contract == [
        ("Month-to-Month", 3_610, 1_655),
        ("One Year", 1_550, 166),
        ("Two Year", 1_883, 48),
    ]


def test_churn_and_retention_follow_from_the_opening_customers(telco_edition, cohorts):
    """All 1,869 were there when September opened; 503 of them were not yet in July."""
    assert cohorts[SEPTEMBER]["Churn Value"].sum() == 1_869
    assert cohorts[QUARTER]["Churn Value"].sum() == 1_869 - 503
    for period, customers in cohorts.items():
        lost, there = int(customers["Churn Value"].sum()), len(customers)
        churn = kpi(telco_edition.connection, "logo_churn_rate", *period)
        retention = kpi(telco_edition.connection, "crr", *period)
        assert (churn.numerator, churn.denominator) == (lost, there)
        assert (retention.numerator, retention.denominator) == (there - lost, there)
        assert churn.value + retention.value == pytest.approx(1)
        assert churn.value == pytest.approx(lost / there)


def test_churn_by_contract_follows_from_the_opening_customers(telco_edition, cohorts):
    for period, customers in cohorts.items():
        for contract, group in customers.groupby("Contract"):
            value = kpi(telco_edition.connection, "logo_churn_rate", *period, "segment", contract)
            assert (value.numerator, value.denominator) == (
                group["Churn Value"].sum(),
                len(group),
            ), (period, contract)


def test_published_monthly_charges_are_in_the_subscriptions(telco_edition):
    """456,116.60 = what ran when September opened + the 233 who joined in it.

    The published sum takes everybody at once; here each subscription counts while it runs.
    """
    opening_mrr, joined_mrr, lost_mrr = telco_edition.connection.execute("""
        select
            sum(opening_mrr_eur),
            sum(closing_mrr_eur) filter (where not is_customer_at_opening),
            sum(opening_mrr_eur) filter (where not is_customer_at_close),
        from core.subscription_months
        where month_start = date '2025-09-01'
    """).fetchone()
    assert float(opening_mrr + joined_mrr) == 456_116.60
    assert lost_mrr > 0


def test_published_revenue_is_invoices_minus_credit_notes(telco_edition, raw_customers, cohorts):
    """21,371,131.69 over the whole tenure, on one day: ARPU is a lifetime's, not a month's."""
    (revenue,) = telco_edition.connection.execute(
        "select sum(signed_amount_eur) from core.documents"
    ).fetchone()
    assert float(revenue) == 21_371_131.69
    stayed = (raw_customers["Churn Value"] == 0).sum()
    arpu = kpi(telco_edition.connection, "arpu_eur", *SEPTEMBER)
    assert arpu.numerator == pytest.approx(21_371_131.69)
    assert arpu.denominator == (len(cohorts[SEPTEMBER]) + stayed) / 2
    assert arpu.value == pytest.approx(arpu.numerator / arpu.denominator)


def test_published_satisfaction_is_the_mean_of_counted_answers(telco_edition, raw_customers):
    counted, mean = telco_edition.connection.execute("""
        select count(*), avg(score) from core.survey_answers where is_counted
    """).fetchone()
    assert (counted, round(mean, 4)) == (7_043, 3.2449)
    value = kpi(telco_edition.connection, "csat_t2b", "month", "2025-10-01")
    satisfied = (raw_customers["Satisfaction Score"] >= 4).sum()
    assert (value.numerator, value.denominator) == (satisfied, 7_043)
