-- What fewer than five agents did is theirs: a shared report shows none of it, in its trend either.
-- Counted here from the staff itself. Look first at int_report_periods_traced.
with lines as (
    {%- for report in ["manager", "real_time"] %}
    select
        '{{ report }}' as report,
        kpi_id,
        slice_type,
        slice_value,
        period_start,
        value,
        sample_size,
        trend
    from {{ ref(report) }}
    where slice_type in ('team', 'site')
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

small as (
    select
        lines.*,
        count(distinct agent_months.agent_id) as agents
    from lines
    left join {{ ref("agent_months") }} as agent_months
        on
            {{ period_start("month", "lines.period_start") }} = agent_months.month_start
            and lines.slice_value = case
                when lines.slice_type = 'team' then agent_months.team else agent_months.site
            end
            and coalesce(agent_months.role, 'agent') = 'agent'
    group by all
    having count(distinct agent_months.agent_id) < 5
)

select * from small
where
    value is not null
    or sample_size is not null
    or trend[-1] is not null
