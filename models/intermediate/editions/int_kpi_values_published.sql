{%- set key = ["kpi_id", "period_grain", "period_start", "slice_type", "slice_value"] %}
{%- set columns = key + [
    "kpi_version", "numerator", "denominator", "value", "sample_size", "ci_low", "ci_high",
    "status", "is_provisional", "is_withdrawn", "edition", "edition_number",
] %}
{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = key,
    )
}}
-- Incremental only to read each edition once: the newest changes take the place of the older ones.
with changes as (
    select {{ columns | join(", ") }}
    from {{ ref("stg_pilotage__kpi_editions") }}
    {%- if is_incremental() %}
    where edition_number > (select coalesce(max(edition_number), 0) from {{ this }})
    {%- endif %}
),

final as (
    select * from {{ first_row_per_key("changes", key, ["edition_number desc"]) }} as last_words
)

select * from final
