{#- By what a ratio of sums over periods of one grain is multiplied to be in the unit of its KPI. -#}
{% macro kpi_multiplier(definitions, period_grain) -%}
    {{ definitions }}.multiplier * case
        when {{ definitions }}.unit = 'ratio (annualised)' and {{ period_grain }} = 'month' then 12
        when {{ definitions }}.unit = 'ratio (annualised)' and {{ period_grain }} = 'quarter' then 4
        else 1
    end
{%- endmacro %}
