-- What fewer than five agents did is theirs: a shared report shows none of it, in its trend either.
-- Counted here from the staff itself, period by period. Look first at int_kpi_trends.
with lines as (
    {%- for report, unit in [("manager", "month"), ("real_time", "day")] %}
    select
        '{{ report }}' as report,
        '{{ unit }}' as unit,
        kpi_id,
        slice_type,
        slice_value,
        period_start,
        coalesce(value, gap, ci_low, ci_high, sample_size, warn_threshold) as shown,
        trend
    from {{ ref(report) }}
    where slice_type in ('team', 'site')
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

places as (
    select
        *,
        unnest(range(len(trend))) as periods_ago
    from lines
),

cells as (
    select
        *,
        cast(
            case unit
                when 'month' then period_start - to_months(cast(periods_ago as integer))
                else period_start - to_days(cast(periods_ago as integer))
            end as date
        ) as told_of,
        trend[len(trend) - periods_ago] as value_told
    from places
),

small as (
    select
        cells.*,
        count(distinct agent_months.agent_id) as agents
    from cells
    left join {{ ref("agent_months") }} as agent_months
        on
            {{ period_start("month", "cells.told_of") }} = agent_months.month_start
            and cells.slice_value = case
                when cells.slice_type = 'team' then agent_months.team else agent_months.site
            end
            and coalesce(agent_months.role, 'agent') = 'agent'
    group by all
    having count(distinct agent_months.agent_id) < 5
)

select * from small
where
    value_told is not null
    or (periods_ago = 0 and shown is not null)
