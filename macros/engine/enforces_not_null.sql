{#- True where the engine refuses a null in a `not_null` column of a table with a contract. -#}
{% macro enforces_not_null() -%}
    {{ return(adapter.dispatch("enforces_not_null")()) }}
{%- endmacro %}

{% macro default__enforces_not_null() -%}
    {{ return(false) }}
{%- endmacro %}

{% macro duckdb__enforces_not_null() -%}
    {{ return(true) }}
{%- endmacro %}
