{#-
    Condition: the ticket (an expression) must be built again, or one of the tables that are built
    ticket by ticket is built from nothing, and the others with it.
-#}
{% macro of_changed_tickets(ticket) -%}
    {%- if any_not_built("ticket") -%}
        true
    {%- else -%}
        {{ ticket }} in (select changed.ticket_id from {{ ref("int_tickets_changed") }} as changed)
    {%- endif -%}
{%- endmacro %}
