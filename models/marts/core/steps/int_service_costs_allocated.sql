-- Costs that name no channel are shared in proportion to the time that agents gave to each one:
-- handle time divided by the conversations an agent holds at once there.
with costs as (
    select
        {{ period_start("month", "costs.cost_month") }} as month_start,
        costs.channel,
        sum(costs.amount_eur) as amount_eur
    from {{ ref("stg_billing__service_costs") }} as costs
    cross join {{ ref("int_run_dated") }} as run
    -- costs may be planned ahead of the as-of day
    where {{ period_start("month", "costs.cost_month") }} <= run.as_of_date
    group by 1, 2
),

agent_time as (
    select
        {{ period_start("month", "contacts.business_date") }} as month_start,
        contacts.channel,
        sum(
            cast(contacts.handle_seconds / coalesce(channels.concurrency, 1) as decimal(18, 4))
        ) as agent_seconds
    from {{ ref("contacts") }} as contacts
    left join {{ ref("channels") }} as channels
        on contacts.channel = channels.channel
    where contacts.handle_seconds > 0
    group by 1, 2
),

shares as (
    select
        *,
        agent_seconds / sum(agent_seconds) over (partition by month_start) as share_of_time
    from agent_time
),

shared_costs as (
    select
        costs.month_start,
        -- nobody handled anything that month: the cost is told, on no channel
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
