{#-
    The square of a decimal of up to 18 digits with `scale` of them after the point, exactly. The
    engine would give the product of two such numbers no more than 18 digits, too few for a wait of
    28 hours in seconds.
-#}
{% macro squared(value, scale=4) -%}
    cast({{ value }} as decimal(20, {{ scale }})) * cast({{ value }} as decimal(18, {{ scale }}))
{%- endmacro %}
