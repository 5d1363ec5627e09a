{#-
    Before an incremental build: deletes the contacts that are about to be made again. The literal
    time bound lets the engine skip what it cannot hold.
-#}
{% macro delete_changed_contacts() -%}
    {%- if execute and is_incremental() -%}
        {%- set changed = ref("int_contacts_changed") -%}
        {%- set oldest = run_query(
            "select cast(min(queue_entered_at) as varchar) from " ~ this
            ~ " where contact_id in (select contact_id from " ~ changed ~ ")"
        ).columns[0].values()[0] -%}
        delete from {{ this }}
        where
            queue_entered_at >= cast('{{ oldest or "9999-12-31" }}' as timestamptz)
            and contact_id in (select changed.contact_id from {{ changed }} as changed)
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
