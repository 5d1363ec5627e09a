{#- Query: columns of the references that new batches changed, of some type or of all. -#}
{% macro changed_references(columns, ref_type=none) -%}
    select {{ columns }}
    from {{ ref("int_customer_references_matched") }} as refs
    where
        refs.changed_in_batch > {{ previous_batch() }}
        {%- if ref_type %}
        and refs.ref_type = '{{ ref_type }}'
        {%- endif %}
{%- endmacro %}
