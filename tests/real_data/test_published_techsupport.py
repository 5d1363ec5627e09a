"""The help desk through the whole pipeline: KPIs and published counts of its edition.

Instants come without an offset, so they are Paris time; the edition gives them back as such.
"""

import pytest

from .pipeline import kpi, kpi_sums, ledger_totals

pytestmark = [pytest.mark.real_data, pytest.mark.builds(1)]


@pytest.fixture(scope="module")
def judged(techsupport_edition, raw_tickets):
    """The raw tickets beside what the edition knows of them, in Paris wall-clock time."""
    published = techsupport_edition.connection.execute("""
        select
            cast(ticket_id as bigint) as ticket_id,
            created_at at time zone 'Europe/Paris' as created_at,
            created_date,
            first_public_reply_at at time zone 'Europe/Paris' as replied_at,
            last_solved_at at time zone 'Europe/Paris' as solved_at,
            priority,
        from core.tickets
    """).df()
    return raw_tickets.merge(published, left_on="Ticket ID", right_on="ticket_id", how="left")


def test_every_mapped_row_is_accepted(techsupport_edition):
    assert ledger_totals(techsupport_edition.data_dir) == {
        "interactions.tickets": (2_330, 2_330, 0, 0),
        "interactions.ticket_events": (5_397, 5_397, 0, 0),
        "surveys.invitations": (2_330, 2_330, 0, 0),
        "surveys.answers": (1_173, 1_173, 0, 0),
        "workforce.agents": (8, 8, 0, 0),
    }


def test_instants_come_back_as_they_were_written(judged):
    """One resolution falls into the hour that autumn repeats: it is read as the first."""
    assert (judged["created_at"] == judged["Created time"]).all()
    known = judged["Resolution time"].notna()
    assert known.sum() == 1_912
    assert (judged["solved_at"].notna() == known).all()
    assert (judged.loc[known, "solved_at"] == judged.loc[known, "Resolution time"]).all()


def test_published_sla_compliance_follows_from_core_tickets(judged):
    """1,547 of 2,330 = 0.663948: 1,546 solved by the workbook's due date, plus one not yet due.

    No KPI of the project uses a due date, so the counts are compared. The workbook flags an
    unsolved ticket as violated, 417 times; ticket 3986 alone is unsolved and flagged in time.
    """
    in_time = judged["solved_at"] <= judged["Expected SLA to resolve"]
    open_in_time = judged["Ticket ID"] == 3986
    flagged = judged["SLA For Resolution"] == "Within SLA"
    assert (in_time.sum(), (judged["solved_at"].isna() & ~flagged).sum()) == (1_546, 417)
    assert ((in_time | open_in_time) == flagged).all()
    compliance = (in_time | open_in_time).groupby(judged["created_date"].dt.month).mean()
    assert round((in_time | open_in_time).mean(), 6) == 0.663948
    assert (round(compliance[1], 6), round(compliance[12], 6)) == (0.763393, 0.602273)
    assert (judged["priority"] == "high").sum() == 416


def test_first_reply_flags_follow_from_core_tickets_but_for_14(judged):
    """311 late = 279 late by their instants + 18 without a reply + 14 flagged though in time.

    Both replies dated before their ticket were flagged in time; here they are unknown.
    """
    late = judged["replied_at"] > judged["Expected SLA to first response"]
    flagged = judged["SLA For first response"] == "SLA Violated"
    without = judged["First response time"].isna()
    assert (flagged.sum(), late.sum(), without.sum()) == (311, 279, 18)
    assert (flagged & ~late & ~without).sum() == 14
    assert judged["replied_at"].isna().sum() == 18 + 2


def test_satisfaction_is_the_published_one(techsupport_edition):
    """Mean 3.510656 and 56.69 % satisfied of 1,173 answers."""
    counted, mean, satisfied = techsupport_edition.connection.execute("""
        select count(*), avg(score), count_if(score >= 4) / count(*)
        from core.survey_answers
        where is_counted
    """).fetchone()
    assert (counted, round(mean, 6), round(satisfied, 4)) == (1_173, 3.510656, 0.5669)


def test_satisfaction_counts_in_the_month_of_the_answer(techsupport_edition, raw_tickets):
    """The 3 answers of January 2024 are too few to be shown: fewer than 5 people answered."""
    rated = raw_tickets[raw_tickets["score"].notna()]
    last = rated[["First response time", "Resolution time", "Close time"]].max(axis=1)
    months = dict(list(rated.groupby(last.dt.strftime("%Y-%m-01"))["score"]))
    assert (len(months), len(months["2024-01-01"])) == (13, 3)
    for month, scores in months.items():
        value = kpi(techsupport_edition.connection, "csat_t2b", "month", month)
        satisfied = (scores >= 4).sum() if len(scores) >= 5 else None
        assert (value.numerator, value.denominator) == (satisfied, len(scores)), month


def test_response_rate_is_the_published_one(techsupport_edition):
    """50.34 % of all tickets: every one counts as asked, and the run looks back from later."""
    answered, delivered = kpi_sums(techsupport_edition.connection, "survey_response_rate")
    assert (answered, delivered) == (1_173, 2_330)
    assert round(answered / delivered, 4) == 0.5034


def test_tickets_stand_for_deferred_contacts(techsupport_edition, raw_tickets):
    """Every ticket is offered; none, not even by phone or chat, is a live contact."""
    offered, _ = kpi_sums(techsupport_edition.connection, "contacts_offered")
    assert offered == 2_330
    answered, eligible = kpi_sums(techsupport_edition.connection, "answer_rate")
    assert (answered or 0, eligible or 0) == (0, 0)
    monthly = raw_tickets["Created time"].dt.strftime("%Y-%m-01").value_counts()
    for month, count in monthly.items():
        value = kpi(techsupport_edition.connection, "contacts_offered", "month", month)
        assert value.numerator == count, month
