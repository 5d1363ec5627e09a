-- What was first published of a month once it was final, and why it is told otherwise now, if it
-- is.
with editions as (
    select * from {{ ref("kpi_editions") }}
    where
        period_grain = 'month'
        and slice_type in ('total', 'brand')
        and not is_provisional
        and not is_withdrawn
),

final as (
    select
        kpi_id,
        period_start,
        slice_type,
        slice_value,
        min_by(value, edition_number) as first_value,
        min(published_at) as first_published_at,
        max_by(
            case when previous_edition is not null then change_cause end, edition_number
        ) as last_change_cause
    from editions
    group by 1, 2, 3, 4
)

select * from final
