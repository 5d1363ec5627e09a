"""The call centre's mapped landing rows give the figures published on the raw file."""

import pytest

from . import raw
from .queueing import agents_needed, waiting_probability

pytestmark = pytest.mark.real_data

# Miller, Modeling Techniques in Predictive Analytics, chapter 6: Wednesdays of February 1999.
STAFFING = [1, 1, 1, 0, 1, 1, 1, 4, 8, 9, 10, 9, 8, 16, 10, 10, 6, 7, 8, 8, 6, 6, 5, 4]
MEAN_HOURLY_SERVICE_RATE = 14.86443


def test_only_phantoms_and_negative_menu_times_are_left_out(bank, raw_calls):
    phantom = raw_calls["outcome"] == "PHANTOM"
    negative = raw_calls["vru_time"] < 0
    assert (len(raw_calls), phantom.sum(), negative.sum()) == (33_344, 278, 25)
    assert (phantom & negative).sum() == 2
    rows, keys = bank.execute(
        "select count(*), count(distinct contact_id) from interactions__contacts"
    ).fetchone()
    assert rows == keys == 33_344 - 278 - 25 + 2


def test_outcomes_are_the_published_counts(bank):
    counts = dict(
        bank.execute(
            "select disposition, count(*) from interactions__contacts group by all"
        ).fetchall()
    )
    assert counts == {"answered": 27_141, "abandoned": 5_902}
    assert round(counts["abandoned"] / 33_043, 4) == 0.1786


def test_waits_are_the_published_figures(bank):
    """Published on every call, short abandons included; "queued" means a wait above 0."""
    queued, abandoned, mean, median, p90 = bank.execute("""
        select
            count(*),
            avg(cast(disposition = 'abandoned' as integer)),
            avg(wait_seconds),
            median(wait_seconds),
            quantile_cont(wait_seconds, 0.9),
        from interactions__contacts
        where wait_seconds > 0
    """).fetchone()
    assert (queued, round(abandoned, 4)) == (18_005, 0.2183)
    assert (round(mean, 2), median, p90) == (75.82, 50, 179)
    of_offered, of_answered = bank.execute("""
        with counts as (
            select
                count(*) as offered,
                count_if(disposition = 'answered') as answered,
                count_if(disposition = 'answered' and wait_seconds <= 20) as in_time,
            from interactions__contacts
        )
        select in_time / offered, in_time / answered from counts
    """).fetchone()
    assert (round(of_offered, 4), round(of_answered, 4)) == (0.4905, 0.5972)


def test_service_times_are_the_published_figures(bank):
    """Published on the AGENT calls with a server; 491 answered calls have none, so no leg."""
    rows, mean, deviation, median = bank.execute("""
        select count(*), avg(talk_seconds), stddev_samp(talk_seconds), median(talk_seconds),
        from interactions__contact_legs
    """).fetchone()
    assert rows == 27_141 - 491
    assert (round(mean, 2), round(deviation, 2), median) == (179.07, 217.88, 109)


def test_staffing_and_service_rate_are_the_published_ones(raw_calls):
    """The published method on the raw file: arrivals and service by hour of menu entry.

    Hours in which no call was served take the mean of all Wednesdays; 60 seconds are added to
    each service for the time between calls.
    """
    real = raw.real_calls(raw_calls)
    wednesdays = real[real["day"].dt.day_name() == "Wednesday"]
    hour = raw.clock_hour(wednesdays["vru_entry"])
    served = wednesdays[wednesdays["server"] != "NO_SERVER"]
    service = served.groupby(hour)["ser_time"].mean().reindex(range(24))
    rate = 3600 / (service.fillna(served["ser_time"].mean()) + 60)
    assert round(rate.mean(), 5) == MEAN_HOURLY_SERVICE_RATE
    arrivals = hour.value_counts().reindex(range(24), fill_value=0) / 4
    assert [agents_needed(calls, 15, 0.5) for calls in arrivals] == STAFFING


def test_staffing_from_queue_entries_is_the_published_one(bank):
    """The contract has no menu entry: a call counts in the hour of its queue entry.

    A few calls move to the next hour; the number of agents does not change.
    """
    arrivals = dict(
        bank.execute("""
            select cast(queue_entered_at[12:13] as integer), count(*)
            from interactions__contacts
            where isodow(cast(queue_entered_at[:10] as date)) = 3
            group by all
        """).fetchall()
    )
    needed = [agents_needed(arrivals.get(hour, 0) / 4, 15, 0.5) for hour in range(24)]
    assert needed == STAFFING


def test_erlang_c_gives_textbook_values():
    assert waiting_probability(1, 0.5) == pytest.approx(0.5)
    assert waiting_probability(2, 1.0) == pytest.approx(1 / 3)
    assert waiting_probability(3, 3.0) == 1.0
    assert agents_needed(0, 15, 0.5) == 0


def test_calls_that_cross_midnight_go_on_the_next_day(bank):
    """Nothing in the file says so but the clock: each interval stays as long as recorded."""
    crossing, longest = bank.execute("""
        select
            count_if(queue_entered_at[:10] <> ended_at[:10]),
            max(date_diff(
                'second', cast(queue_entered_at as timestamptz), cast(ended_at as timestamptz)
            )),
        from interactions__contacts
    """).fetchone()
    assert crossing == 20
    assert longest < 4 * 3600
    at_midnight = bank.execute("""
        select queue_entered_at, answered_at, ended_at
        from interactions__contacts
        where contact_id = 'AA0102-31056'
    """).fetchone()
    assert at_midnight == (
        "1999-02-16T00:00:00+02:00",
        "1999-02-16T00:00:26+02:00",
        "1999-02-16T00:01:33+02:00",
    )


def test_instants_never_run_backwards(bank):
    """The agent's clock is often ahead of the queue's; the contract refuses such rows."""
    backwards = bank.execute("""
        select count(*)
        from interactions__contacts
        where answered_at < queue_entered_at
            or ended_at < queue_entered_at
            or ended_at < answered_at
            or (answered_at is null) <> (disposition = 'abandoned')
    """).fetchone()[0]
    assert backwards == 0
    assert bank.execute(
        "select count(*) from interactions__contact_legs where ended_at < started_at"
    ).fetchone() == (0,)


def test_callers_queues_and_legs_keep_what_the_file_says(bank, raw_calls):
    real = raw.real_calls(raw_calls)
    unknown, vip = bank.execute("""
        select count_if(customer_ref is null), count_if(queue = 'vip')
        from interactions__contacts
    """).fetchone()
    unidentified = real["customer_id"] == "0"
    damaged = real["customer_id"].str.contains("E+", regex=False)
    assert (unidentified.sum(), damaged.sum()) == (19_502, 21)
    assert unknown == 19_502 + 21
    assert vip == (real["priority"] == 2).sum()
    reasons = dict(
        bank.execute("select reason, count(*) from interactions__contacts group by all").fetchall()
    )
    assert reasons == real["type"].value_counts().to_dict()
    orphans = bank.execute("""
        select count(*)
        from interactions__contact_legs as legs
        left join interactions__contacts as contacts on legs.contact_id = contacts.contact_id
        left join workforce__agents as agents on legs.agent_id = agents.agent_id
        where contacts.disposition is distinct from 'answered' or agents.agent_id is null
    """).fetchone()
    assert orphans == (0,)
