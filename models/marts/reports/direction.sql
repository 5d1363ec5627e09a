-- Are we creating value, is the balance kept? The headline KPIs, each in its newest final month,
-- and what was decided on it.
with lines as (
    select * from {{ ref("int_scorecard_lines") }}
    where
        dashboard = 'direction'
        and is_newest_final
),

reported as (
    select {{ report_line() }}
    from lines
),

final as (
    select
        reported.*,
        {{ last_decision("decisions") | indent(4) }}
    from reported
    left join {{ ref("int_decisions_counted") }} as decisions
        on
            reported.kpi_id = decisions.kpi_id
            and reported.slice_type = decisions.slice_type
            and reported.slice_value = decisions.slice_value
)

select * from final
order by position
