{#-
    Whether an event (`events`) came after its ticket (`tickets`) was created, but for the fraction
    of a second by which clocks differ.
-#}
{% macro follows_its_ticket() -%}
    {{ seconds_between("events.event_at", "tickets.created_at") }}
    <= {{ parameter("clock_tolerance_seconds") }}
{%- endmacro %}
