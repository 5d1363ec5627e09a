{#-
    Query of one row: until when all these tables of a source show what happened. The earliest of
    their horizons counts; a table that never came has no say (see int_source_horizons).
-#}
{% macro seen_until(source, tables) -%}
    select min(seen_until) as seen_until
    from {{ ref("int_source_horizons") }}
    where
        source = '{{ source }}'
        and table_name in ('{{ tables | join("', '") }}')
{%- endmacro %}


{#- The same of what makes a next exchange: contacts, and the tickets that may stand for one. -#}
{% macro exchanges_seen() -%}
    {{ seen_until("interactions", ["contacts", "tickets", "ticket_events"]) }}
{%- endmacro %}
