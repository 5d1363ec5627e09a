{#-
    After an incremental build: deletes from the model the keys that its source no longer has.
-#}
{% macro delete_vanished(source_model, keys) -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where not exists (
            select 1
            from {{ ref(source_model) }} as present
            where {% for key in keys %}
                {{ "and " if not loop.first }}{{ this.identifier }}.{{ key }} = present.{{ key }}
            {%- endfor %}
        )
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
