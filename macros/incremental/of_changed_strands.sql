{#-
    Condition: the contact or ticket (an expression) is one of those that changed persons' time lines
    are made of, or everything changed.
-#}
{% macro of_changed_strands(strand) -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        {{ strand }} in (select changed.strand_id from {{ ref("int_strands_changed") }} as changed)
    {%- endif -%}
{%- endmacro %}
