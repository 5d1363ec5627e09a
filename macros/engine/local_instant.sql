{#-
    The instant at which a clock in a named time zone shows a date and a time of day. A time that
    occurs twice is the first of the two; one that never occurs is an hour later.
-#}
{% macro local_instant(calendar_date, local_time, time_zone) -%}
    {{ return(adapter.dispatch("local_instant")(calendar_date, local_time, time_zone)) }}
{%- endmacro %}

{#- DuckDB itself takes the second occurrence: an hour before, the clock showed the same. -#}
{% macro duckdb__local_instant(calendar_date, local_time, time_zone) -%}
    {%- set wall_clock = "(" ~ calendar_date ~ " + " ~ local_time ~ ")" -%}
    {%- set instant = wall_clock ~ " at time zone " ~ time_zone -%}
    case
        when ({{ instant }} - interval '1 hour') at time zone {{ time_zone }} = {{ wall_clock }}
            then {{ instant }} - interval '1 hour'
        else {{ instant }}
    end
{%- endmacro %}

{% macro spark__local_instant(calendar_date, local_time, time_zone) -%}
    to_utc_timestamp(
        to_timestamp(concat_ws(' ', {{ calendar_date }}, {{ local_time }})),
        {{ time_zone }}
    )
{%- endmacro %}
