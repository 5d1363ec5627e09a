{#-
    When a contact is over: at its recorded end, else when it was answered, else when it began; never
    before it began.
-#}
{% macro contact_over_at(relation) -%}
    greatest(
        {{ relation }}.queue_entered_at,
        coalesce({{ relation }}.ended_at, {{ relation }}.answered_at, {{ relation }}.queue_entered_at)
    )
{%- endmacro %}
