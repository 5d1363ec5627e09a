{#-
    Whose time line an event of customer_events is on: the person's, else that of the contact or
    ticket, else its own.
-#}
{% macro person_of_event() -%}
    coalesce(
        customer_id,
        contact_id,
        {{ ticket_contact_id("ticket_id") }},
        source || ':' || reference_id
    )
{%- endmacro %}
