{#-
    A figure to the four decimals that it is shown with: where two figures are shown alike, they are
    alike, whatever the last digits of a double say.
-#}
{% macro as_shown(figure) -%}
    round({{ figure }}, 4)
{%- endmacro %}
