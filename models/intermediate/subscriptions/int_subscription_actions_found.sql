-- What customers did with their subscriptions to buy again: another one, a larger one, a term begun
-- again. What is billed by itself every month is none of it.
with run as (
    select * from {{ ref("int_run_dated") }}
),

states as (
    select
        states.*,
        {{ surviving_customer("states") }} as surviving_customer_id,
        {{ business_date("states.valid_from", "run.business_time_zone") }} as valid_from_date,
        {{ business_date("states.valid_before", "run.business_time_zone") }} as valid_before_date,
        {{ business_date("states.terms_set_at", "run.business_time_zone") }} as terms_set_date,
        lag(states.lifecycle) over subscription as lifecycle_before,
        lag(states.billing_status) over subscription as billing_status_before,
        lag(states.currency) over subscription as currency_before,
        lag(states.monthly_amount) over subscription as monthly_amount_before
    from {{ ref("int_subscription_states") }} as states
    cross join run
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on states.customer_id = survivors.customer_id
    window subscription as (partition by states.subscription_id order by states.valid_from)
),

paying as (
    select * from states
    where {{ brings_revenue("states") }}
),

-- a state that runs on from one that ran was set again by its source: for more, or for as much;
-- what is agreed for a month or less is billed, not renewed
changes as (
    select
        surviving_customer_id,
        valid_from_date as action_date,
        case
            when
                coalesce(lifecycle_before, 'ended') = 'ended'
                or billing_status_before = 'trialing'
                then 'subscription'
            when
                lifecycle_before = 'running'
                and billing_status_before = billing_status
                and currency_before = currency
                then case
                    when monthly_amount > monthly_amount_before then 'upgrade'
                    when
                        monthly_amount = monthly_amount_before
                        and billing_interval in ('quarter', 'year')
                        and terms_set_at = valid_from
                        then 'renewal'
                end
        end as action_type
    from paying
),

-- a subscription for a year is renewed on the day on which it was agreed, if it still runs then
anniversaries as (
    select
        paying.*,
        cast(
            paying.terms_set_date
            + (extract(year from months.period_start) - extract(year from paying.terms_set_date))
            * interval '1 year' as date
        ) as anniversary_date
    from paying
    inner join {{ ref("int_snapshot_periods") }} as months
        on
            extract(month from paying.terms_set_date) = extract(month from months.period_start)
            and paying.terms_set_date < months.period_start
            and months.period_grain = 'month'
    where paying.billing_interval = 'year'
),

actions as (
    select * from changes
    where action_type is not null
    union all
    select
        surviving_customer_id,
        anniversary_date,
        'renewal'
    from anniversaries
    where
        anniversary_date >= valid_from_date
        and (anniversary_date < valid_before_date or valid_before_date is null)
),

final as (
    select distinct
        actions.surviving_customer_id as customer_id,
        actions.action_date,
        actions.action_type
    from actions
    cross join run
    -- a change may be announced ahead
    where actions.action_date <= run.as_of_date
)

select * from final
