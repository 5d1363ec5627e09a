{#-
    Numerators and denominators of a family of KPIs for every period and slice.

    The measures are first summed by day (or by the model's own periods) and one slice at a time,
    in one pass, then over the longer periods: sums of sums, so no ratio is ever averaged. Only
    then does each KPI of the catalogue pick its measures. `restriction` is a condition on the
    measures to read, for a model that builds some periods only.

    A measure whose column says `kpi_not_cut_by: [slice]` has no parts along that dimension: its
    total stands in each of its cells (customers have no reason, their contacts do).

    A model whose YAML marks a column `kpi_role: slice_type` (and one `slice_value`) makes its slices
    itself: what it measures does not add up from them. A column marked `people` counts, each once, the
    people behind a row: too few of them, and nothing of the cell is shown. A column marked `reference`
    is what the values of the family are compared with (`baseline` of a threshold).

    `family` may be a list, for a model that has measures of several: of each, the KPIs are picked
    all of whose measures the model has.
-#}
{% macro kpi_figures(family, measures_model, has_own_periods=false, restriction="true") -%}
{%- set families = [family] if family is string else family %}
{%- set parts = ["numerator", "denominator", "squares", "low", "high", "sample"] %}
{%- set slices = kpi_columns(measures_model, "slice") -%}
{%- set people = kpi_columns(measures_model, "people") -%}
{%- set references = kpi_columns(measures_model, "reference") -%}
{%- set measures = kpi_columns(measures_model, "measure") + people + references -%}
{%- set has_own_slices = kpi_columns(measures_model, "slice_type") | length > 0 -%}
{%- set period_keys = ["period_grain", "period_start"] if has_own_periods else ["business_date"] -%}
{%- set keys = period_keys | join(", ") -%}
with measures as (
    select * from {{ ref(measures_model) }}
    where {{ restriction }}
),

sliced as (
    select
        {{ keys }},
        {%- if has_own_slices %}
        slice_type,
        slice_value,
        {%- else %}
        {{ slice_names(slices) | indent(8) }},
        {%- endif %}
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from measures
    {%- if has_own_slices %}
    group by {{ keys }}, slice_type, slice_value
    {%- else %}
    group by {{ slice_sets(keys, slices) | indent(4) }}
    {%- endif %}
),

periods as (
    {%- if has_own_periods %}
    select * from sliced
    {%- else %}
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "business_date") }} as period_start,
        slice_type,
        slice_value,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from sliced
    group by 1, 2, 3, 4
    {{ "union all" if not loop.last }}
    {%- endfor %}
    {%- endif %}
),

-- a measure without parts along a dimension stands whole in each of its cells
cells as (
    select
        period_grain,
        period_start,
        slice_type,
        slice_value,
        {%- for measure in measures %}
        {%- set whole_in = kpi_not_cut_by(measures_model, measure) %}
        {%- if whole_in %}
        case
            when slice_type in ('{{ whole_in | join("', '") }}')
                then sum({{ measure }}) over (partition by period_grain, period_start, slice_type)
            else {{ measure }}
        end as {{ measure }}{{ "," if not loop.last }}
        {%- else %}
        {{ measure }}{{ "," if not loop.last }}
        {%- endif %}
        {%- endfor %}
    from periods
),

definitions as (
    select * from {{ ref("int_kpi_definitions") }}
    where
        family in ('{{ families | join("', '") }}')
        and status in ('active', 'under_review')
        {%- for part in parts %}
        and coalesce({{ part }}_measure in ('{{ measures | join("', '") }}'), true)
        {%- endfor %}
),

picked as (
    select
        definitions.kpi_id,
        definitions.kpi_version,
        definitions.family,
        cells.period_grain,
        cells.period_start,
        cells.slice_type,
        cells.slice_value,
        definitions.denominator_measure is not null as has_denominator,
        -- each measure cast by itself: the decimals' common type would cost some their cents
        {%- for part in parts %}
        case definitions.{{ part }}_measure
            {%- for measure in measures %}
            when '{{ measure }}' then cast(cells.{{ measure }} as double)
            {%- endfor %}
        end as {{ part }},
        {%- endfor %}
        cast({{ "cells." ~ people[0] if people else "null" }} as double) as people,
        cast({{ "cells." ~ references[0] if references else "null" }} as double) as reference
    from cells
    inner join definitions
        on
            cells.period_start >= definitions.valid_from
            and cells.period_start < definitions.valid_before
            and definitions.period_grains like '%' || cells.period_grain || '%'
    -- where only such a measure stood
    where cells.slice_value is not null
)

select * from picked
{%- endmacro %}
