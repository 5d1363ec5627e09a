-- Are we creating value, is the balance kept? The headline KPIs, each in its newest final month.
with final as (
    select {{ report_line() }}
    from {{ ref("int_scorecard_lines") }}
    where
        dashboard = 'direction'
        and is_newest_final
)

select * from final
order by position
