{#-
    Before an incremental build of the history: deletes the newest edition in it. Either it was
    published, and comes back from its record, or it never was.
-#}
{% macro delete_last_edition() -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where edition_number = (select max(newest.edition_number) from {{ this }} as newest)
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
