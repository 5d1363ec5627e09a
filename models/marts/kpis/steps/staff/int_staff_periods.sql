-- Months and quarters, with the months that make them: states are those of the closing month,
-- movements those of all.
with months as (
    select * from {{ ref("int_months_observed") }}
),

final as (
    select
        'month' as period_grain,
        month_start as period_start,
        month_start,
        snapshot_date,
        true as is_opening_month,
        true as is_closing_month
    from months
    union all
    select
        'quarter',
        quarter_start,
        month_start,
        snapshot_date,
        month_start = quarter_start,
        month_start = max(month_start) over (partition by quarter_start)
    from months
)

select * from final
