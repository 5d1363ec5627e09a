-- a view: a step of monthly_committee alone
{{ config(materialized = "view") }}
-- What was first published of a month once it was final, and why it is another figure now, if it
-- is.
with editions as (
    select * from {{ ref("kpi_editions") }}
    where
        period_grain = 'month'
        and slice_type in ('total', 'brand')
        and not is_provisional
        and not is_withdrawn
),

words as (
    select
        *,
        row_number() over (
            partition by kpi_id, period_start, slice_type, slice_value
            order by edition_number
        ) as word_number,
        {{ is_other_figure("value", "previous_value") }} as is_other_value
    from editions
),

final as (
    select
        kpi_id,
        period_start,
        slice_type,
        slice_value,
        max(case when word_number = 1 then value end) as first_value,
        max(case when word_number = 1 then published_at end) as first_published_at,
        max_by(change_cause, edition_number) filter (where word_number > 1 and is_other_value)
            as last_change_cause
    from words
    group by 1, 2, 3, 4
)

select * from final
