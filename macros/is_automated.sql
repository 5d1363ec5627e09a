{#- Whether a bot or a voice menu took a row of `relation`, and no agent: by its disposition. -#}
{% macro is_automated(relation) -%}
    {{ relation }}.disposition in ('ivr_contained', 'bot_contained', 'bot_failed')
{%- endmacro %}
