{#-
    Whether two figures differ by more than the last digits of a double, in which the order of
    summing shows; null equals null.
-#}
{% macro is_other_figure(one, other) -%}
    (
        {{ one }} is distinct from {{ other }}
        and coalesce(
            abs({{ one }} - {{ other }}) > 1e-9 * greatest(abs({{ one }}), abs({{ other }})), true
        )
    )
{%- endmacro %}
