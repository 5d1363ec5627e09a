{#-
    `slice_type` and `slice_value` of each cell of `group by {{ slice_sets(…) }}`: the one slice that
    it is cut by, or the total.
-#}
{% macro slice_names(slices) -%}
    {%- if slices -%}
        case
            {%- for slice in slices %}
            when grouping({{ slice }}) = 0 then '{{ slice }}'
            {%- endfor %}
            else 'total'
        end as slice_type,
        case
            {%- for slice in slices %}
            when grouping({{ slice }}) = 0 then {{ slice }}
            {%- endfor %}
            else 'all'
        end as slice_value
    {%- else -%}
        'total' as slice_type,
        'all' as slice_value
    {%- endif -%}
{%- endmacro %}
