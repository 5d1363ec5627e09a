{#-
    Condition: the ticket (an expression) must be built again, or one of the tables that are built
    ticket by ticket is built from nothing, and the others with it.
-#}
{% macro of_changed_tickets(ticket) -%}
    {%- set missing = [] -%}
    {%- for table in ["int_ticket_events_clocked", "tickets", "ticket_open_intervals"] -%}
        {%- if execute and as_built(table) is none -%}
            {%- do missing.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if execute and (missing or flags.FULL_REFRESH) -%}
        true
    {%- else -%}
        {{ ticket }} in (select changed.ticket_id from {{ ref("int_tickets_changed") }} as changed)
    {%- endif -%}
{%- endmacro %}
