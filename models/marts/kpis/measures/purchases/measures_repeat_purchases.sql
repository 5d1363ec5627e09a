-- Of the customers who bought in the twelve months that end with each month, those who did so twice
-- or more. A customer is in a month's window by the last purchase up to its end, and bought twice
-- where the one before is in the window, too: so everybody stands once in a month, and no purchase
-- is looked at for every month.
with run as (
    select
        {{ period_start("month", "as_of_date") }} as last_month_start,
        {{ parameter("repeat_purchase_months", "integer") }} as window_months
    from {{ ref("int_run_dated") }}
),

purchases as (
    select
        *,
        {{ period_start("month", "ordered_date") }} as month_start
    from {{ ref("int_purchases_described") }}
),

-- what was bought before the first order that was landed is not known
observed as (
    select
        cast(
            {{ dbt.dateadd("month", "max(run.window_months) - 1", "min(purchases.month_start)") }}
            as date
        ) as first_month_start
    from purchases
    cross join run
),

followed as (
    select
        customer_id,
        segment,
        brand,
        month_start,
        lag(month_start) over of_customer as earlier_month_start,
        lead(month_start) over of_customer as next_month_start
    from purchases
    where is_repurchase
    window of_customer as (partition by customer_id order by ordered_at, order_id)
),

-- until the next one takes its place (in the same month: for no month), the window has passed, or
-- the month still runs
last_of_month as (
    select
        followed.*,
        run.window_months,
        -- null where there is no next one
        least(
            run.window_months,
            1 + {{
                dbt.datediff("followed.month_start", "run.last_month_start", "month")
            }},
            {{
                dbt.datediff("followed.month_start", "followed.next_month_start", "month")
            }}
        ) as month_count
    from followed
    cross join run
),

placed as (
    select
        *,
        {{ each_number("0", "month_count - 1") }} as months_later
    from last_of_month
),

dated as (
    select
        *,
        cast({{ dbt.dateadd("month", "months_later", "month_start") }} as date) as period_start
    from placed
),

final as (
    select
        'month' as period_grain,
        dated.period_start,
        dated.segment,
        dated.brand,
        count(*) as customers_buying,
        count(
            case
                when
                    {{ dbt.datediff("dated.earlier_month_start", "dated.period_start", "month") }}
                    < dated.window_months
                    then 1
            end
        ) as customers_buying_again
    from dated
    cross join observed
    where dated.period_start >= observed.first_month_start
    group by 1, 2, 3, 4
)

select * from final
