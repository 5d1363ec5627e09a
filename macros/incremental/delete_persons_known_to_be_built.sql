{#- Before int_persons_changed is built: deletes from it what the last successful build knew. -#}
{% macro delete_persons_known_to_be_built() -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where changed_in_batch <= {{ previous_batch() }}
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
