{#- The number of the half-hour that holds an instant, counted from 1970 in UTC. -#}
{% macro half_hour(instant) -%}
    {{ return(adapter.dispatch("half_hour")(instant)) }}
{%- endmacro %}

{% macro default__half_hour(instant) -%}
    cast(floor(extract(epoch from {{ instant }}) / 1800) as bigint)
{%- endmacro %}

{% macro duckdb__half_hour(instant) -%}
    (epoch_us({{ instant }}) // 1800000000)
{%- endmacro %}

{% macro spark__half_hour(instant) -%}
    cast(floor(unix_seconds({{ instant }}) / 1800) as bigint)
{%- endmacro %}
