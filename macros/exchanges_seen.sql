{#-
    Query of one row: until when it is known who came back. A next exchange is a contact, or a ticket
    that stands for one: the table counts that shows least.
-#}
{% macro exchanges_seen() -%}
    select min(seen_until) as seen_until
    from {{ ref("int_exchange_horizons") }}
{%- endmacro %}
