-- Where is my queue drifting, whom do I help? Each team beside the whole service, each KPI in its
-- newest final month.
with final as (
    select {{ report_line() }}
    from {{ ref("int_scorecard_lines") }}
    where
        dashboard = 'manager'
        and is_newest_final
)

select * from final
order by position, slice_type desc, slice_value
