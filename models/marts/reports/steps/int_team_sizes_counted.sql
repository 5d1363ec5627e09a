-- a view: a step of int_kpi_trends alone
{{ config(materialized = "view") }}
-- How many agents stand behind a team or a site: what fewer than five did is not shown to others.
with agents as (
    select * from {{ ref("agent_months") }}
    where coalesce(role, 'agent') = 'agent'
),

final as (
    {%- for unit in ["team", "site"] %}
    select
        month_start,
        '{{ unit }}' as slice_type,
        {{ unit }} as slice_value,
        count(*) as agents
    from agents
    group by 1, 2, 3
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select * from final
