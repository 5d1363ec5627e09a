-- The months at whose end staff is looked at: whole quarters, because what opens a quarter must be
-- known even where the first contact came later.
with dates as (
    select * from {{ ref("dates") }}
),

months as (
    select distinct
        cast({{ dbt.dateadd("month", "position_in_quarter", "dates.quarter_start") }} as date)
            as month_start,
        dates.quarter_start,
        (select max(all_dates.calendar_date) from dates as all_dates) as as_of_date
    from dates
    cross join (values (0), (1), (2)) as positions (position_in_quarter)
),

final as (
    select
        month_start,
        quarter_start,
        least(
            {{ add_days(dbt.dateadd("month", 1, "month_start"), -1) }},
            as_of_date
        ) as snapshot_date
    from months
    where month_start <= as_of_date
)

select * from final
