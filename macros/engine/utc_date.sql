{#- The UTC date of an instant: no time zone is asked, so that it costs next to nothing. -#}
{% macro utc_date(instant) -%}
    {{ return(adapter.dispatch("utc_date")(instant)) }}
{%- endmacro %}

{% macro default__utc_date(instant) -%}
    cast({{ instant }} at time zone 'UTC' as date)
{%- endmacro %}

{% macro duckdb__utc_date(instant) -%}
    make_date(cast(epoch_us({{ instant }}) // 86400000000 as integer))
{%- endmacro %}

{% macro spark__utc_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, 'UTC') as date)
{%- endmacro %}
