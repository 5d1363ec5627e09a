-- What breaks now? The day of the newest event, site by site, beside the eleven days before.
with final as (
    select {{ report_line() }}
    from {{ ref("int_scorecard_lines") }} as lines
    cross join {{ ref("int_run_dated") }} as run
    where
        lines.dashboard = 'real_time'
        and lines.period_start = run.as_of_date
)

select * from final
order by position, slice_type desc, slice_value
