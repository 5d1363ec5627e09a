{#- Elapsed seconds from one instant to another, to the millisecond, as decimal(18, 4). -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch("seconds_between")(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    cast(extract(epoch from {{ later }}) - extract(epoch from {{ earlier }}) as decimal(18, 4))
{%- endmacro %}

{#- date_diff asks the session's time zone of every row, and takes twelve times as long. -#}
{% macro duckdb__seconds_between(earlier, later) -%}
    cast((epoch_ms({{ later }}) - epoch_ms({{ earlier }})) / 1000 as decimal(18, 4))
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    cast((unix_millis({{ later }}) - unix_millis({{ earlier }})) / 1000 as decimal(18, 4))
{%- endmacro %}
