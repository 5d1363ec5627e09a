-- The life of each subscription, from the first day to the last, with its prices and pauses.

create or replace macro payment_fails_in(k, month_no) as u(branch(k, 5000 + month_no), 'payment_fails') < 0.013;
create or replace macro price(plan, billing_interval, currency) as round(
    case plan when 'essentiel' then 19.99 when 'confort' then 34.99 when 'premium' then 54.99 else 89.0 end
    * case billing_interval when 'week' then 12 / 52.0 when 'quarter' then 2.91 when 'year' then 10.8 else 1 end
    * case currency when 'CHF' then 0.95 when 'GBP' then 0.86 when 'USD' then 1.1 else 1 end,
    2
);

create or replace table subscription_ends as
select customer_no, min(ends_on) as ends_on, arg_min(mode, ends_on) as mode
from cancel_intents
where ends_on is not null and ends_on < getvariable('end_date')
group by customer_no
order by customer_no;

create or replace table subscription_lives as
with firsts as (
    select
        s.* exclude (created_at, segment, brand),
        c.customer_id,
        c.is_holdout,
        1 as rank_of_life,
        if(s.trial_fails, (paris(s.started_at) + interval 30 day)::date, e.ends_on) as end_date,
        case when s.trial_fails then 'trial_not_converted' when e.mode = 'payment_failure' then e.mode
            else 'cancelled' end as end_reason
    from subscriptions as s
    inner join customers as c on s.customer_no = c.customer_no
    left join subscription_ends as e on s.customer_no = e.customer_no
),
-- One in twelve of those who left comes back within five months.
seconds_ as (
    select * replace (
        branch(k, 2) as k,
        from_paris(end_date + to_days(40 + floor(u(k, 'returns_after') * 110)::int) + interval 9 hour)
            + seconds(u(k, 'returns_at') * 30000) as started_at,
        2 as rank_of_life,
        null::date as end_date,
        false as has_trial,
        false as trial_fails
    )
    from firsts
    where end_date is not null and not trial_fails and u(k, 'returns') < 0.085
),
lives as (
    select * from firsts
    union all
    select * from seconds_ where started_at < getvariable('end_at') - interval 3 day
),
drawn as (
    select
        *,
        'S' || lpad(customer_no::varchar, 7, '0') || '-' || rank_of_life as subscription_id,
        coalesce(end_date, date '9999-12-31') as ended_on,
        paris(started_at)::date + if(has_trial, 30, 0) as paid_from,
        price(plan, billing_interval, currency) as amount,
        greatest(paris(started_at)::date, getvariable('start_date'))
            + 20 + floor(u(k, 'change_day') * getvariable('months') * 30)::int as change_on,
        greatest(paris(started_at)::date, getvariable('start_date'))
            + 40 + floor(u(k, 'pause_day') * getvariable('months') * 30)::int as pause_on,
        plan <> 'pro' and u(k, 'changes') < 0.16 as changes,
        u(k, 'pauses') < 0.05 as pauses
    from lives
),
dated as (
    select
        *,
        case when changes and change_on < least(ended_on, getvariable('end_date')) - 5
            and change_on > paid_from + 5 then change_on end as changed_on,
        case when pauses and pause_on < least(ended_on, getvariable('end_date')) - 5
            and pause_on > paid_from + 5 then pause_on end as paused_on,
        case
            when u(k, 'upgrades') < 0.62 then
                case plan when 'essentiel' then 'confort' when 'confort' then 'premium' else 'pro' end
            else case plan when 'premium' then 'confort' else 'essentiel' end
        end as changed_plan
    from drawn
)
select
    * exclude (change_on, pause_on, changes, pauses, end_date),
    price(changed_plan, billing_interval, currency) as changed_amount,
    case when paused_on is not null then
        least(paused_on + 20 + floor(u(k, 'pause_length') * 80)::int, ended_on)
    end as resumed_on
from dated
order by customer_no, rank_of_life;
