{#- The instant at which a calendar date begins in a named time zone. -#}
{% macro local_midnight(calendar_date, time_zone) -%}
    {{ return(adapter.dispatch("local_midnight")(calendar_date, time_zone)) }}
{%- endmacro %}

{% macro default__local_midnight(calendar_date, time_zone) -%}
    (cast({{ calendar_date }} as timestamp) at time zone {{ time_zone }})
{%- endmacro %}

{% macro spark__local_midnight(calendar_date, time_zone) -%}
    to_utc_timestamp(cast({{ calendar_date }} as timestamp), {{ time_zone }})
{%- endmacro %}
