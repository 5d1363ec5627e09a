{#- The total and one slice at a time, in one pass; `keys` are what every cell is grouped by. -#}
{% macro slice_sets(keys, slices) -%}
    grouping sets (
        ({{ keys }})
        {%- for slice in slices %},
        ({{ keys }}, {{ slice }})
        {%- endfor %}
    )
{%- endmacro %}
