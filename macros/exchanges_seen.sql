{#-
    Query of one row: until when it is known who came back. A next exchange is a contact, or a ticket
    that stands for one: the table counts that shows least. Of one table alone, where it is named.
-#}
{% macro exchanges_seen(table_name=none) -%}
    select min(seen_until) as seen_until
    from {{ ref("int_exchange_horizons") }}
    {%- if table_name %}
    where table_name = '{{ table_name }}'
    {%- endif %}
{%- endmacro %}
