{#-
    Whether an event came with what it belongs to or after it, but for the fraction of a second by
    which clocks differ; null where one of the instants is.
-#}
{% macro follows(event_at, began_at) -%}
    {{ seconds_between(event_at, began_at) }} <= {{ parameter("clock_tolerance_seconds") }}
{%- endmacro %}
