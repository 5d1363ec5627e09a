{#- The contact that a ticket stands for when no contact row refers to it. -#}
{% macro ticket_contact_id(ticket_id) -%}
    'ticket:' || {{ ticket_id }}
{%- endmacro %}
