{#- Standard errors on either side that make a 95 % interval of a normal estimate. -#}
{% macro normal_95() -%}
    1.959964
{%- endmacro %}
