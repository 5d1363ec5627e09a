{#- Middle of Wilson's 95 % interval of a proportion. -#}
{% macro wilson_centre(numerator, denominator) -%}
{%- set z = normal_95() -%}
({{ numerator }} + {{ z }} * {{ z }} / 2) / ({{ denominator }} + {{ z }} * {{ z }})
{%- endmacro %}

{#- How far its ends lie from it. -#}
{% macro wilson_half_width(numerator, denominator) -%}
{%- set z = normal_95() -%}
{{ z }} / ({{ denominator }} + {{ z }} * {{ z }}) * sqrt(
    greatest({{ numerator }} * ({{ denominator }} - {{ numerator }}), 0) / {{ denominator }} + {{ z }} * {{ z }} / 4
)
{%- endmacro %}
