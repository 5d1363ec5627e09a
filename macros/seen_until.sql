{#-
    Until when a table shows what happened, by its newest event. Reads `run_context` and `run`: whoever
    looks back sees all that there was, and a table that never came has no say.
-#}
{% macro seen_until(newest_event_at) -%}
    case
        when run_context.as_of is not null then run.as_of
        else coalesce({{ newest_event_at }}, run.as_of)
    end
{%- endmacro %}
