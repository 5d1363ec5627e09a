{#-
    Before an incremental build: deletes from the model the keys that a list of changes names, so
    that a key which no longer has any row does not stay behind.
-#}
{% macro delete_changed(changed_model, keys) -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1
            from {{ ref(changed_model) }} as changed
            where {% for key in keys %}
                {{ "and " if not loop.first }}{{ this.identifier }}.{{ key }} = changed.{{ key }}
            {%- endfor %}
        )
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
