{#-
    The instant at which a clock in a named time zone shows a date and a time of day. A time that
    occurs twice is the first of the two; one that never occurs is later by what the clock skips.
-#}
{% macro local_instant(calendar_date, local_time, time_zone) -%}
    {{ return(adapter.dispatch("local_instant")(calendar_date, local_time, time_zone)) }}
{%- endmacro %}

{#-
    DuckDB itself takes the second occurrence. The first is the one that the offset of some hours
    before leads to, if that makes the clock show this time at all.
-#}
{% macro duckdb__local_instant(calendar_date, local_time, time_zone) -%}
    {%- set wall_clock = "(" ~ calendar_date ~ " + " ~ local_time ~ ")" -%}
    {%- set instant = "(" ~ wall_clock ~ " at time zone " ~ time_zone ~ ")" -%}
    {%- set before = "(" ~ instant ~ " - interval '3 hours')" -%}
    {%- set first = "(" ~ before ~ " + (" ~ wall_clock ~ " - (" ~ before ~ " at time zone "
        ~ time_zone ~ ")))" -%}
    case
        when {{ first }} at time zone {{ time_zone }} = {{ wall_clock }} then {{ first }}
        else {{ instant }}
    end
{%- endmacro %}

{% macro spark__local_instant(calendar_date, local_time, time_zone) -%}
    to_utc_timestamp(
        to_timestamp(concat_ws(' ', {{ calendar_date }}, {{ local_time }})),
        {{ time_zone }}
    )
{%- endmacro %}
