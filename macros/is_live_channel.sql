{#-
    Does the customer wait for an agent on the channel of a row of `relation`? As the seed says
    (`channels`, joined); a channel that it does not know is live when it is phone or chat.
-#}
{% macro is_live_channel(relation) -%}
    coalesce(channels.is_live, {{ relation }}.channel in ('phone', 'chat'))
{%- endmacro %}
