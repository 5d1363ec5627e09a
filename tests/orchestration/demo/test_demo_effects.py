"""The planted effects: they show in the raw files, and do not where they are switched off."""

import pytest

FRICTION = """
with calls as (
    select
        c.contact_id,
        exists (
            select 1 from contact_people as bot
            where bot.person = c.person and bot.disposition = 'bot_failed'
                and bot.reason = 'delivery_delay'
                and c.queue_entered_at between bot.ended_at and bot.ended_at + interval 20 minute
        ) as after_bot,
        (
            select count(distinct l.leg_id) > 1 from contact_legs as l
            where l.contact_id = c.contact_id and coalesce(l.entry_type, '') <> 'consult'
        ) as is_transferred,
        exists (
            select 1 from contact_people as n
            where n.person = c.person and n.disposition = 'answered'
                and n.reason in (c.reason, 'complaint')
                and n.queue_entered_at > c.ended_at
                and n.queue_entered_at <= c.ended_at + interval 168 hour
        ) as came_back
    from contact_people as c
    where c.channel = 'phone' and c.reason = 'delivery_delay' and c.disposition = 'answered'
        and c.direction = 'inbound' and c.person is not null
)
select avg(is_transferred::int), avg(came_back::int), count(*)
from calls group by after_bot order by after_bot
"""


def test_calls_after_a_failed_bot_are_transferred_and_repeated(planted, plain):
    (transferred, back, _), (transferred_bot, back_bot, calls) = planted.rows(FRICTION)
    assert calls > 50
    assert transferred_bot - transferred > 0.35
    assert back_bot - back > 0.12

    (transferred, back, _), (transferred_bot, back_bot, calls) = plain.rows(FRICTION)
    assert calls > 50
    assert abs(transferred_bot - transferred) < 0.12
    assert abs(back_bot - back) < 0.12


SURGE = """
select
    count(*) filter (queue_entered_at >= '2026-05-20') / 42.0
    / (count(*) filter (queue_entered_at < '2026-05-20') / 139.0)
from contact_people
where reason = 'technical_outage' and brand = '{}'
"""


def test_outages_of_one_brand_surge_in_the_last_six_weeks(planted, plain):
    assert planted.value(SURGE.format("ventis")) > 2.5
    assert planted.value(SURGE.format("lumeo")) < 1.5
    assert plain.value(SURGE.format("ventis")) < 1.5


RETURNS = """
with calls as (
    select
        c.team,
        c.queue_entered_at >= '{date}' as is_after,
        exists (
            select 1 from contact_people as n
            where n.person = c.person and n.reason = c.reason and n.disposition = 'answered'
                and n.direction = 'inbound' and n.queue_entered_at > c.ended_at
                and n.queue_entered_at <= c.ended_at + interval 168 hour
        ) as came_back
    from contact_people as c
    where c.disposition = 'answered' and c.direction = 'inbound' and c.person is not null
        and c.team in ('{team}', '{control}')
),
rates as (
    select team = '{team}' as is_team, is_after, avg(came_back::int) as rate from calls group by all
)
select
    sum(rate * case when is_team = is_after then 1 else -1 end)
from rates
"""


def difference_in_differences(world, which: str) -> float:
    decision = world.truth["planted"]["decision"]
    return world.value(
        RETURNS.format(
            date=decision["from"],
            team=decision[which]["team"],
            control=decision[which]["control_team"],
        )
    )


def test_the_decision_that_worked_lowers_returns_against_its_control(planted, plain):
    assert difference_in_differences(planted, "effective") < -0.05
    assert difference_in_differences(plain, "effective") > -0.04


def test_the_other_decision_changes_nothing(planted):
    assert abs(difference_in_differences(planted, "without_effect")) < 0.05


def test_the_decisions_are_landed_with_their_slices(planted):
    decision = planted.truth["planted"]["decision"]
    for which in ("effective", "without_effect"):
        landed = planted.rows(f"""
            select distinct kpi_id, decided_on, slice_type, slice_value, control_slice_value
            from decisions where decision_id = '{decision[which]["decision_id"]}'
        """)
        team, control = decision[which]["team"], decision[which]["control_team"]
        assert landed == [(decision[which]["kpi_id"], decision["from"], "team", team, control)]


CHURN = """
with lives as (
    select
        subscription_id,
        min(effective_at) filter (event_type = 'started') as started_at,
        coalesce(min(effective_at) filter (event_type = 'ended'), '9999') as ended_at
    from subscription_events
    where subscription_id not in (
        select subscription_id from subscription_events where reason = 'trial_not_converted'
    )
    group by subscription_id
),
failures as (
    select distinct subscription_id, date_trunc('month', effective_at::timestamp) as month
    from subscription_events where status = 'past_due'
),
exposed as (
    select
        l.subscription_id,
        f.subscription_id is not null as failed,
        l.ended_at < strftime(m.month + interval 3 month, '%Y-%m-%d') as left_soon
    from lives as l
    cross join (
        select unnest(generate_series(
            timestamp '2026-01-01', timestamp '2026-04-01', interval 1 month
        )) as month
    ) as m
    left join failures as f on l.subscription_id = f.subscription_id and m.month = f.month
    where l.started_at < strftime(m.month, '%Y-%m-%d')
        and l.ended_at >= strftime(m.month + interval 1 month, '%Y-%m-%d')
)
select avg(left_soon::int), count(*) from exposed group by failed order by failed
"""


def test_customers_leave_after_a_failed_payment(planted, plain):
    (base, _), (after_failure, failures) = planted.rows(CHURN)
    assert failures > 60
    assert after_failure > 2.5 * base

    (base, _), (after_failure, _) = plain.rows(CHURN)
    assert after_failure < 2 * base


@pytest.mark.parametrize("sign", ["had_many_contacts", "was_unhappy", "payment_failed"])
def test_the_true_lift_of_each_sign_is_recorded(planted, plain, sign):
    def lift(world) -> float:
        rates = {}
        for value in (False, True):
            rows = [r for r in world.truth["planted"]["churn"]["counts"] if r[sign] == value]
            months = sum(row["subscription_months"] for row in rows)
            rates[value] = sum(row["departures"] for row in rows) / months
        return rates[True] / rates[False]

    assert lift(planted) > 1.8
    assert lift(plain) < 1.7


def test_the_truth_records_the_sizes_that_were_set(planted, plain):
    assert planted.truth["planted"]["sizes"]["churn_unhappy"] > 1
    assert plain.truth["planted"]["sizes"]["churn_unhappy"] == 1
