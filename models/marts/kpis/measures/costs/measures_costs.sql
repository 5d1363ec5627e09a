with costs as (
    select * from {{ ref("int_service_costs_allocated") }}
),

handled as (
    select
        {{ period_start("month", "business_date") }} as month_start,
        channel,
        sum(contacts_handled) as contacts_handled
    from {{ ref("measures_contacts") }}
    group by 1, 2
),

-- a month without any cost has no cost per contact, rather than a free one
costed_months as (
    select distinct month_start from costs
),

final as (
    select
        coalesce(costs.month_start, handled.month_start) as business_date,
        coalesce(costs.channel, handled.channel) as channel,
        cast(coalesce(costs.own_cost_eur + costs.shared_cost_eur, 0) as decimal(38, 8))
            as service_cost_eur,
        cast(coalesce(handled.contacts_handled, 0) as bigint) as contacts_handled
    from costs
    full join handled
        on
            costs.month_start = handled.month_start
            and costs.channel = handled.channel
    where
        costs.month_start is not null
        or handled.month_start in (select costed_months.month_start from costed_months)
)

select * from final
