{#-
    The place of an instant in the local day of a named time zone: 0 is the half-hour from midnight
    by the clock, 47 the last one, also on days on which the clocks change.
-#}
{% macro half_hour_of_day(instant, time_zone) -%}
    {{ return(adapter.dispatch("half_hour_of_day")(instant, time_zone)) }}
{%- endmacro %}

{% macro duckdb__half_hour_of_day(instant, time_zone) -%}
    cast(
        extract(hour from {{ instant }} at time zone {{ time_zone }}) * 2
        + extract(minute from {{ instant }} at time zone {{ time_zone }}) // 30
        as integer
    )
{%- endmacro %}

{% macro spark__half_hour_of_day(instant, time_zone) -%}
    cast(
        hour(from_utc_timestamp({{ instant }}, {{ time_zone }})) * 2
        + floor(minute(from_utc_timestamp({{ instant }}, {{ time_zone }})) / 30)
        as integer
    )
{%- endmacro %}
