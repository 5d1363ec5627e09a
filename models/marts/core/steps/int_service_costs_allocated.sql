-- Costs that name no channel are shared in proportion to the time that agents gave to each one:
-- handle time divided by the conversations an agent holds at once there. A contact whose time
-- nobody knows took the mean of its channel in the month; where the month knows none, that of the
-- months before it. Costs that are none of the service's are left out.
with costs as (
    select
        {{ period_start("month", "costs.cost_month") }} as month_start,
        costs.channel,
        sum(costs.amount_eur) as amount_eur
    from {{ ref("stg_billing__service_costs") }} as costs
    cross join {{ ref("int_run_dated") }} as run
    left join {{ ref("cost_types_left_out") }} as left_out
        on lower(trim(costs.cost_type)) = lower(trim(left_out.cost_type))
    where
        -- costs may be planned ahead of the as-of day
        {{ period_start("month", "costs.cost_month") }} <= run.as_of_date
        and left_out.cost_type is null
    group by 1, 2
),

handled as (
    select
        {{ period_start("month", "contacts.business_date") }} as month_start,
        contacts.channel,
        count(*) as contacts_handled,
        count(contacts.handle_seconds) as contacts_timed,
        sum(
            cast(contacts.handle_seconds / coalesce(channels.concurrency, 1) as decimal(18, 4))
        ) as agent_seconds
    from {{ ref("contacts") }} as contacts
    left join {{ ref("channels") }} as channels
        on contacts.channel = channels.channel
    where contacts.is_handled
    group by 1, 2
),

untimed as (
    select
        *,
        {{ parameter("handle_time_months_back", "integer") }} as months_back
    from handled
    where contacts_timed = 0
),

-- never of a month after it: a month that is over keeps its shares
known_before as (
    select
        untimed.month_start,
        untimed.channel,
        sum(known.agent_seconds) / nullif(sum(known.contacts_timed), 0) as mean_seconds
    from untimed
    inner join handled as known
        on
            untimed.channel = known.channel
            and untimed.month_start > known.month_start
            and untimed.month_start
            <= {{ dbt.dateadd("month", "untimed.months_back", "known.month_start") }}
    group by 1, 2
),

agent_time as (
    select
        handled.month_start,
        handled.channel,
        cast(
            handled.contacts_handled * coalesce(
                handled.agent_seconds / nullif(handled.contacts_timed, 0),
                known_before.mean_seconds
            ) as decimal(18, 4)
        ) as agent_seconds
    from handled
    left join known_before
        on
            handled.month_start = known_before.month_start
            and handled.channel = known_before.channel
),

shares as (
    select
        *,
        agent_seconds / sum(agent_seconds) over (partition by month_start) as share_of_time
    from agent_time
    where agent_seconds > 0
),

shared_costs as (
    select
        costs.month_start,
        -- nobody handled anything that month: the cost counts, on no channel
        coalesce(shares.channel, 'unallocated') as channel,
        costs.amount_eur * coalesce(shares.share_of_time, 1) as amount_eur
    from costs
    left join shares
        on costs.month_start = shares.month_start
    where costs.channel is null
),

final as (
    select
        month_start,
        channel,
        amount_eur as own_cost_eur,
        0 as shared_cost_eur
    from costs
    where channel is not null
    union all
    select
        month_start,
        channel,
        0,
        amount_eur
    from shared_costs
)

select
    month_start,
    channel,
    cast(sum(own_cost_eur) as decimal(24, 8)) as own_cost_eur,
    cast(sum(shared_cost_eur) as decimal(24, 8)) as shared_cost_eur
from final
group by 1, 2
