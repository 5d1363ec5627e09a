{#- Query: the keys of a staging model's rows that new batches brought or changed. -#}
{% macro changed_rows(model_name, key) -%}
    select news.{{ key }}
    from {{ ref(model_name) }} as news
    where news.batch > {{ previous_batch() }}
{%- endmacro %}
