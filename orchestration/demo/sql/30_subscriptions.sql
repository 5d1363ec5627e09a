-- Every event in the course of subscriptions.

create or replace table out_subscription_events as
with lives as (
    select *, least(ended_on, getvariable('end_date')) as known_until from subscription_lives
),
failures as (
    select l.*, m.month_no, m.first_day + 4 as failed_on,
        m.first_day + 12 + floor(u(branch(l.k, m.month_no), 'pays_after') * 12)::int as paid_on
    from lives as l
    inner join months as m
        on m.first_day > l.paid_from and m.first_day + 5 < l.known_until
        and payment_fails_in(l.k, m.month_no)
    where l.rank_of_life = 1
),
requests as (
    select
        l.subscription_id, l.customer_id, i.*,
        x.contact_id,
        coalesce(x.ended_at, from_paris(i.local_at)) as requested_at,
        ['too_expensive', 'moving', 'dissatisfied', 'competitor', 'no_use'][1 + i.k % 5] as reason,
        case when i.mode = 'service' and not i.is_holdout then
            ['discount_20', 'free_month', 'plan_switch'][1 + (i.k // 7) % 3]
        end as offer,
        l.amount
    from cancel_intents as i
    inner join lives as l on i.customer_no = l.customer_no and l.rank_of_life = 1
    left join cancel_contacts as x on x.id = (i.customer_no * 4096 + i.month_no * 32 + 31) * 8
    where i.mode <> 'payment_failure' and i.local_at < getvariable('end_date')
),
events as (
    select subscription_id, customer_id, 1 as seq, 'started' as event_type, started_at as effective_at,
        plan, amount, billing_interval, currency, if(has_trial, 'trialing', 'active') as status, k
    from lives
    union all by name
    select subscription_id, customer_id, 2 as seq, 'changed' as event_type,
        from_paris(paid_from::timestamp) as effective_at,
        plan, amount, billing_interval, currency, 'active' as status, k
    from lives
    where has_trial and not trial_fails and paid_from < known_until
    union all by name
    select subscription_id, customer_id, 3 as seq, 'changed' as event_type,
        from_paris(changed_on::timestamp) as effective_at,
        changed_plan as plan, changed_amount as amount, billing_interval, currency, 'active' as status, k
    from lives
    where changed_on is not null
    union all by name
    select subscription_id, customer_id, 10 + month_no as seq, 'changed' as event_type,
        from_paris(failed_on + interval 6 hour) as effective_at,
        if(changed_on <= failed_on, changed_plan, plan) as plan,
        if(changed_on <= failed_on, changed_amount, amount) as amount,
        billing_interval, currency, 'past_due' as status, 'payment_failure' as reason, k
    from failures
    union all by name
    select subscription_id, customer_id, 110 + month_no as seq, 'changed' as event_type,
        from_paris(paid_on + interval 6 hour) as effective_at,
        if(changed_on <= paid_on, changed_plan, plan) as plan,
        if(changed_on <= paid_on, changed_amount, amount) as amount,
        billing_interval, currency, 'active' as status, k
    from failures
    where paid_on < known_until
    union all by name
    select subscription_id, customer_id, 4 as seq, 'paused' as event_type,
        from_paris(paused_on::timestamp) as effective_at, k
    from lives
    where paused_on is not null
    union all by name
    select subscription_id, customer_id, 5 as seq, 'resumed' as event_type,
        from_paris(resumed_on::timestamp) as effective_at, k
    from lives
    where resumed_on < known_until
    union all by name
    select subscription_id, customer_id, 210 + month_no as seq, 'cancel_requested' as event_type,
        requested_at as effective_at, reason, offer, contact_id, k
    from requests
    union all by name
    select subscription_id, customer_id, 310 + month_no as seq, 'cancel_withdrawn' as event_type,
        requested_at + if(is_holdout, interval 2 day, interval 2 minute) as effective_at, reason, offer,
        case offer when 'discount_20' then round(amount * 0.6, 2) when 'free_month' then round(amount, 2)
            else 4.0 end as offer_cost_eur,
        contact_id, k
    from requests
    where is_kept
    union all by name
    -- Those who changed their mind again ask by themselves.
    select subscription_id, customer_id, 410 + month_no as seq, 'cancel_requested' as event_type,
        from_paris(ends_on - interval 6 day + interval 15 hour) as effective_at, reason, k
    from requests
    where relapses and ends_on - 6 < getvariable('end_date')
    union all by name
    select subscription_id, customer_id, 510 as seq, 'ended' as event_type,
        from_paris(ended_on::timestamp) as effective_at, end_reason as reason, k
    from lives
    where ended_on < getvariable('end_date')
)
select
    subscription_id || '-' || lpad(seq::varchar, 3, '0') as event_id,
    subscription_id,
    customer_id,
    event_type,
    effective_at,
    plan,
    amount::decimal(18, 2) as amount,
    if(billing_interval = 'month' and k % 2 = 0, null, billing_interval) as billing_interval,
    if(currency = 'EUR', null, currency) as currency,
    status,
    reason,
    offer,
    if(offer is null, null, offer_cost_eur)::decimal(18, 2) as offer_cost_eur,
    contact_id,
    branch(k, seq) as _k
from events
where effective_at < getvariable('end_at')
order by effective_at, subscription_id, seq;
