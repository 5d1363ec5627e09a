{#- A number as a sentence in French (`fr`) or English (`en`) writes it. -#}
{% macro in_language(number, language) -%}
    {%- if language == "fr" -%}
        replace(cast({{ number }} as varchar), '.', ',')
    {%- else -%}
        cast({{ number }} as varchar)
    {%- endif -%}
{%- endmacro %}
