{#- The local calendar date of an instant in a named time zone, never in the session's. -#}
{% macro business_date(instant, time_zone) -%}
    {{ return(adapter.dispatch("business_date")(instant, time_zone)) }}
{%- endmacro %}

{% macro default__business_date(instant, time_zone) -%}
    cast({{ instant }} at time zone {{ time_zone }} as date)
{%- endmacro %}

{% macro spark__business_date(instant, time_zone) -%}
    cast(from_utc_timestamp({{ instant }}, {{ time_zone }}) as date)
{%- endmacro %}
