-- The opening cohort, looked at again when the period closes: a customer who left and came back
-- within it was kept, one who came back from an earlier departure is not in it.
with periods as (
    select * from {{ ref("int_snapshot_periods") }}
),

customers as (
    select * from {{ ref("int_customer_snapshots") }}
    where is_customer
),

opening as (
    select
        periods.*,
        customers.customer_id,
        customers.segment,
        customers.brand
    from periods
    inner join customers
        on
            periods.opens_at = customers.snapshot_at
            and customers.is_month_start
),

closing as (
    select distinct
        snapshot_at,
        is_month_start,
        customer_id
    from customers
),

acting as (
    {%- for grain in ["month", "quarter"] %}
    select distinct
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "action_date") }} as period_start,
        customer_id
    from {{ ref("int_positive_actions_gathered") }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- purchases are known since the first order that was landed, where any was
observed as (
    {%- for grain in ["month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "min(case when action_type = 'purchase' then action_date end)") }}
            as first_period_start
    from {{ ref("int_positive_actions_gathered") }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        opening.period_grain,
        opening.period_start,
        opening.segment,
        opening.brand,
        count(*) as customers_at_opening,
        count(closing.customer_id) as customers_retained,
        count(*) - count(closing.customer_id) as customers_lost,
        case
            when opening.period_start < min(observed.first_period_start) then null
            else count(acting.customer_id)
        end as customers_acting
    from opening
    inner join observed
        on opening.period_grain = observed.period_grain
    left join closing
        on
            opening.closes_at = closing.snapshot_at
            and opening.closes_with_month = closing.is_month_start
            and opening.customer_id = closing.customer_id
    left join acting
        on
            opening.period_grain = acting.period_grain
            and opening.period_start = acting.period_start
            and opening.customer_id = acting.customer_id
    group by 1, 2, 3, 4
)

select * from final
