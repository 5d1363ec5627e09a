{#-
    Before an incremental build of the history: what it holds of an edition that was published stays,
    with the instant at which readers got it, known only since; one that never was published goes.
-#}
{% macro keep_recorded_editions() -%}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where not exists (
            select 1
            from {{ ref("stg_pilotage__kpi_editions") }} as recorded
            where recorded.edition = {{ this.identifier }}.edition
        );
        update {{ this }}
        set published_at = recorded.published_at
        from (
            select distinct edition, published_at
            from {{ ref("stg_pilotage__kpi_editions") }}
        ) as recorded
        where
            {{ this.identifier }}.edition = recorded.edition
            and {{ this.identifier }}.published_at <> recorded.published_at
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
