{#-
    Condition: the agent's day that a half-hour (its number) lies in must be summed again, or
    everything changed.
-#}
{% macro of_changed_agent_days(agent, half_hour) -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        ({{ agent }}, {{ utc_day_of_half_hour(half_hour) }}) in (
            select
                changed.agent_id,
                changed.utc_day
            from {{ ref("int_agent_days_changed") }} as changed
        )
    {%- endif -%}
{%- endmacro %}
