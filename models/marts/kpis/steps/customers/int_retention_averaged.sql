-- Retention of a month, in the long run: the geometric mean of the months that end with a quarter,
-- where at least half of them have been observed. Months multiply: their plain mean would not do.
with run as (
    select
        *,
        {{ parameter("cltv_retention_months", "integer") }} as retention_months
    from {{ ref("int_run_dated") }}
),

quarters as (
    select * from {{ ref("int_snapshot_periods") }}
    where period_grain = 'quarter'
),

months as (
    select
        retention.period_start as month_start,
        retention.segment,
        retention.brand,
        cast(retention.customers_retained as double) / retention.customers_at_opening as retention
    from {{ ref("measures_retention") }} as retention
    cross join run
    where
        retention.period_grain = 'month'
        -- a month that still runs has not lost all that it will
        and {{ dbt.dateadd("month", 1, "retention.period_start") }} <= run.as_of_date
),

final as (
    select
        quarters.period_start as quarter_start,
        months.segment,
        months.brand,
        count(*) as months_observed,
        case
            when min(months.retention) = 0 then 0
            -- rounded, or the order of summing would show in the last digits
            else round(exp(avg(ln(nullif(months.retention, 0)))), 9)
        end as monthly_retention
    from quarters
    cross join run
    inner join months
        on
            months.month_start < {{ dbt.dateadd("month", 3, "quarters.period_start") }}
            and months.month_start
            >= {{ dbt.dateadd("month", "(3 - run.retention_months)", "quarters.period_start") }}
    group by 1, 2, 3
    having count(*) * 2 >= max(run.retention_months)
)

select * from final
