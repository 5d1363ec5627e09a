-- What each handled contact cost: the month's cost of its channel, in proportion to the time that
-- agents gave to it. Where that time is unknown, the mean of the channel's contacts stands in.
with costs as (
    select
        month_start,
        channel,
        own_cost_eur + shared_cost_eur as amount_eur
    from {{ ref("int_service_costs_allocated") }}
),

handled as (
    select
        contact_id,
        channel,
        {{ period_start("month", "business_date") }} as month_start,
        handle_seconds
    from {{ ref("contacts") }}
    where is_handled
),

weighted as (
    select
        *,
        coalesce(
            handle_seconds, avg(handle_seconds) over (partition by month_start, channel), 1
        ) as weight
    from handled
),

shares as (
    select
        contact_id,
        month_start,
        channel,
        -- where no contact took any time, each cost the same
        coalesce(
            weight / nullif(sum(weight) over (partition by month_start, channel), 0),
            1.0 / count(*) over (partition by month_start, channel)
        ) as share
    from weighted
),

final as (
    select
        shares.contact_id,
        cast(costs.amount_eur * shares.share as decimal(18, 4)) as cost_eur
    from shares
    inner join costs
        on
            shares.month_start = costs.month_start
            and shares.channel = costs.channel
)

select * from final
