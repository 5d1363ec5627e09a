{#- Elapsed seconds from one instant to another, to the millisecond, as decimal(18, 4). -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch("seconds_between")(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    cast(extract(epoch from {{ later }}) - extract(epoch from {{ earlier }}) as decimal(18, 4))
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    cast(date_diff('millisecond', {{ earlier }}, {{ later }}) / 1000 as decimal(18, 4))
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    cast((unix_millis({{ later }}) - unix_millis({{ earlier }})) / 1000 as decimal(18, 4))
{%- endmacro %}
