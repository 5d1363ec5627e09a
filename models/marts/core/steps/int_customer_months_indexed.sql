-- From which instant each customer is followed in each month: from the first contact that an agent
-- handled, or, where there was none, from the same day of the month for all who had bought before.
-- Only what customer_months builds again.
with run as (
    select * from {{ ref("int_run_dated") }}
),

contacted as (
    select * from {{ ref("int_customer_months_contacted") }}
),

-- a month that nobody was handled in has nothing to compare with
months as (
    select distinct
        contacted.month_start,
        {{ control_index_date("contacted.month_start") }} as index_date
    from contacted
),

buyers as (
    select
        customers.customer_id,
        {{ business_date("customers.closed_at", "run.business_time_zone") }} as closed_date,
        min(purchases.ordered_date) as first_purchase_date
    from {{ ref("customers") }} as customers
    cross join run
    inner join {{ ref("int_purchases_described") }} as purchases
        on customers.customer_id = purchases.customer_id
    where
        not customers.is_test
        and not customers.is_staff
    group by 1, 2
),

controls as (
    select
        months.month_start,
        buyers.customer_id,
        cast(null as varchar) as contact_id,
        cast(null as timestamptz) as index_at,
        months.index_date
    from months
    cross join run
    inner join buyers
        on months.index_date > buyers.first_purchase_date
    left join contacted
        on
            months.month_start = contacted.month_start
            and buyers.customer_id = contacted.customer_id
    where
        contacted.customer_id is null
        and months.index_date <= run.as_of_date
        and (buyers.closed_date is null or buyers.closed_date >= months.index_date)
),

followed as (
    select *
    from (
        select *, true as is_contacted from contacted
        union all
        select *, false as is_contacted from controls
    ) as indexed
    where {{ of_changed_customer_months() }}
),

-- there are few days, and many customers: midnights are looked up by day
days as (
    select
        dated.index_date,
        dated.window_ends_on,
        {{ local_midnight("dated.index_date", "run.business_time_zone") }} as day_starts_at,
        -- the day of the index itself is no part of the window
        {{ local_midnight(add_days("dated.index_date", 1), "run.business_time_zone") }}
            as window_starts_at,
        {{ local_midnight(add_days("dated.window_ends_on", 1), "run.business_time_zone") }}
            as window_ends_at
    from (
        select distinct
            index_date,
            {{ add_days("index_date", parameter("repurchase_window_days", "integer")) }}
                as window_ends_on
        from followed
    ) as dated
    cross join run
),

final as (
    select
        followed.month_start,
        followed.customer_id,
        followed.is_contacted,
        followed.contact_id,
        followed.index_date,
        coalesce(followed.index_at, days.day_starts_at) as index_at,
        days.window_ends_on,
        days.window_starts_at,
        days.window_ends_at
    from followed
    inner join days
        on followed.index_date = days.index_date
)

select * from final
