{#-
    The channel that served a contact: a bot is a channel of its own, whatever the one it sits on, so
    that whoever goes on from it to an agent has changed channels.
-#}
{% macro serving_channel(relation) -%}
    case
        when {{ relation }}.disposition in ('bot_contained', 'bot_failed') then 'bot'
        else {{ relation }}.channel
    end
{%- endmacro %}
