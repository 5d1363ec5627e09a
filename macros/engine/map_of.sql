{#- A map of expressions by name, from a dictionary; `map['name']` is one of them, or null. -#}
{% macro map_of(items) -%}
    {{ return(adapter.dispatch("map_of")(items)) }}
{%- endmacro %}

{% macro duckdb__map_of(items) -%}
    map {
        {%- for name, expression in items.items() %}
        '{{ name }}': {{ expression }}{{ "," if not loop.last }}
        {%- endfor %}
    }
{%- endmacro %}

{% macro spark__map_of(items) -%}
    map(
        {%- for name, expression in items.items() %}
        '{{ name }}', {{ expression }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
