{#- The columns of a line of a role's report, in reading order. -#}
{% macro report_line() -%}
    position,
    perspective,
    kpi_id,
    label_fr,
    label_en,
    slice_type,
    slice_value,
    period_grain,
    period_start,
    value,
    unit,
    direction,
    target,
    gap,
    trend,
    is_trend_broken,
    ci_low,
    ci_high,
    sample_size,
    sample_flag,
    status,
    case status
        when 'ok' then '●' when 'warn' then '▲' when 'alert' then '■' else '○'
    end as status_symbol,
    case status
        when 'ok' then 'green' when 'warn' then 'amber' when 'alert' then 'red' else 'grey'
    end as status_colour,
    is_confirmed,
    is_action_due,
    is_provisional,
    owner_role,
    case status when 'warn' then on_warning_fr when 'alert' then on_alert_fr end as next_action_fr,
    case status when 'warn' then on_warning_en when 'alert' then on_alert_en end as next_action_en
{%- endmacro %}
