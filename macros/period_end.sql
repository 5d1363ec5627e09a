{#- The first date after a period, given the columns of its grain and of its first date. -#}
{% macro period_end(period_grain, period_start) -%}
    case {{ period_grain }}
        when 'day' then {{ add_days(period_start, 1) }}
        when 'week' then {{ add_days(period_start, 7) }}
        when 'month' then cast({{ dbt.dateadd("month", 1, period_start) }} as date)
        else cast({{ dbt.dateadd("month", 3, period_start) }} as date)
    end
{%- endmacro %}
