{#-
    Before an incremental build: deletes from the model the rows that are about to be built again. A
    row is looked for where it stands, so that one that moved from a person to another leaves the
    first.
-#}
{% macro delete_where(condition) -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where {{ condition }}
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
