-- What each customer had bought when a month's index came, and bought in the window after it.
-- Orders and the three marks of every month (index, start and end of its window) stand in one line
-- of time; sums up to each mark, taken from one another, are what lies between them. One pass,
-- however many orders and months a customer has.
with months as (
    select * from {{ ref("int_customer_months_indexed") }}
),

purchases as (
    select * from {{ ref("int_purchases_described") }}
    {%- if not everything_changed() %}
    where customer_id in (select months.customer_id from months)
    {%- endif %}
),

line_of_time as (
    select
        customer_id,
        ordered_at as happened_at,
        cast(null as date) as month_start,
        'order' as mark,
        order_id,
        ordered_date,
        net_amount_eur,
        is_repurchase,
        kept_amount_eur
    from purchases
    {%- for mark, instant in [
        ("index", "index_at"), ("start", "window_starts_at"), ("end", "window_ends_at"),
    ] %}
    union all
    select customer_id, {{ instant }}, month_start, '{{ mark }}', null, null, null, false, null
    from months
    {%- endfor %}
),

summed as (
    select
        *,
        sum(case when mark = 'order' then 1 else 0 end) over up_to_now as purchase_count,
        sum(coalesce(net_amount_eur, 0)) over up_to_now as purchase_value_eur,
        sum(case when is_repurchase then 1 else 0 end) over up_to_now as repurchase_number,
        sum(case when is_repurchase then coalesce(kept_amount_eur, 0) else 0 end)
            over up_to_now as kept_value_eur
    from line_of_time
    window up_to_now as (
        partition by customer_id
        -- an order at the very instant of a mark comes after it
        order by happened_at, mark = 'order', order_id, month_start, mark
        rows between unbounded preceding and current row
    )
),

marked as (
    select
        customer_id,
        month_start,
        {%- for mark in ["index", "start", "end"] %}
        max(case when mark = '{{ mark }}' then purchase_count end) as purchases_at_{{ mark }},
        max(case when mark = '{{ mark }}' then purchase_value_eur end) as value_at_{{ mark }},
        max(case when mark = '{{ mark }}' then repurchase_number end)
            as repurchases_at_{{ mark }},
        max(case when mark = '{{ mark }}' then kept_value_eur end) as kept_at_{{ mark }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from summed
    where mark <> 'order'
    group by 1, 2
),

-- the number of the first repurchase of a window, where it holds one
numbered as (
    select
        *,
        case
            when repurchases_at_end > repurchases_at_start then repurchases_at_start + 1
        end as first_repurchase_number
    from marked
),

repurchases as (
    select
        customer_id,
        repurchase_number,
        order_id,
        ordered_date
    from summed
    where is_repurchase
),

final as (
    select
        numbered.customer_id,
        numbered.month_start,
        cast(numbered.purchases_at_index as integer) as earlier_purchase_count,
        numbered.value_at_index as earlier_purchase_value_eur,
        cast(numbered.repurchases_at_end - numbered.repurchases_at_start as integer)
            as repurchase_count,
        numbered.kept_at_end - numbered.kept_at_start as repurchase_amount_eur,
        first_orders.order_id as first_repurchase_order_id,
        first_orders.ordered_date as first_repurchase_date
    from numbered
    left join repurchases as first_orders
        on
            numbered.customer_id = first_orders.customer_id
            and numbered.first_repurchase_number = first_orders.repurchase_number
)

select * from final
