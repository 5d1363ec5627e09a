{#- A list of values as SQL literals: numbers as they are, text in quotes. -#}
{% macro literals(values) -%}
    {%- for value in values -%}
        {%- if value is number -%}
            {{ value }}
        {%- else -%}
            '{{ value | replace("'", "''") }}'
        {%- endif -%}
        {{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
