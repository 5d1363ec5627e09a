{#- The number of the quarter of an hour that holds an instant, counted from 1970 in UTC. -#}
{% macro quarter_hour(instant) -%}
    {{ return(adapter.dispatch("quarter_hour")(instant)) }}
{%- endmacro %}

{% macro default__quarter_hour(instant) -%}
    cast(floor(extract(epoch from {{ instant }}) / 900) as bigint)
{%- endmacro %}

{% macro duckdb__quarter_hour(instant) -%}
    (epoch_us({{ instant }}) // 900000000)
{%- endmacro %}

{% macro spark__quarter_hour(instant) -%}
    cast(floor(unix_seconds({{ instant }}) / 900) as bigint)
{%- endmacro %}
