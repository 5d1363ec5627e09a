-- a view: a step of kpi_editions alone
{{ config(materialized = "view") }}
-- What the edition being built says otherwise than the last one: figures that are new or other
-- ones, and figures that are no longer there. Thresholds are not compared, what they lead to is.
{%- set key = ["kpi_id", "period_grain", "period_start", "slice_type", "slice_value"] %}
{%- set figures = ["numerator", "denominator", "value", "ci_low", "ci_high"] %}
{%- set facts = ["kpi_version", "sample_size", "status", "is_provisional"] %}
with current_values as (
    select * from {{ ref("kpi_values") }}
),

published as (
    select * from {{ ref("int_kpi_values_published") }}
    where not is_withdrawn
),

compared as (
    select
        {%- for part in key %}
        coalesce(current_values.{{ part }}, published.{{ part }}) as {{ part }},
        {%- endfor %}
        coalesce(current_values.kpi_version, published.kpi_version) as kpi_version,
        current_values.numerator,
        current_values.denominator,
        current_values.value,
        current_values.sample_size,
        current_values.ci_low,
        current_values.ci_high,
        current_values.status,
        current_values.is_provisional,
        current_values.kpi_id is null as is_withdrawn,
        published.value as previous_value,
        published.edition as previous_edition
    from current_values
    full join published
        on
            {%- for part in key %}
            {{ "and " if not loop.first }}current_values.{{ part }} = published.{{ part }}
            {%- endfor %}
    where
        current_values.kpi_id is null
        or published.kpi_id is null
        {%- for fact in facts %}
        or current_values.{{ fact }} is distinct from published.{{ fact }}
        {%- endfor %}
        {%- for figure in figures %}
        or {{ is_other_figure("current_values." ~ figure, "published." ~ figure) }}
        {%- endfor %}
)

select * from compared
