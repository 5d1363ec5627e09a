{#-
    The measures of a measures model, summed for every period and slice: one row per cell, with the
    sums by name in the map `measures`.

    They are first summed by day (or by the model's own periods) and one slice at a time, in one pass,
    then over the longer periods: sums of sums, so no ratio is ever averaged.
-#}
{% macro kpi_cells(measures_model) -%}
{%- set roles = kpi_roles(measures_model) -%}
{%- set sums = roles.measure + roles.people + roles.reference -%}
{%- set period_keys = ["period_grain", "period_start"] if roles.has_own_periods
    else ["business_date"] -%}
{%- set keys = period_keys | join(", ") -%}
{%- set items = {} -%}
with sliced as (
    select
        {{ keys }},
        {%- if roles.slice_type %}
        slice_type,
        slice_value,
        {%- else %}
        {{ slice_names(roles.slice) | indent(8) }},
        {%- endif %}
        {%- for measure in sums %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(measures_model) }}
    {%- if roles.slice_type %}
    group by {{ keys }}, slice_type, slice_value
    {%- else %}
    group by {{ slice_sets(keys, roles.slice) | indent(4) }}
    {%- endif %}
),

periods as (
    {%- if roles.has_own_periods %}
    select * from sliced
    {%- else %}
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "business_date") }} as period_start,
        slice_type,
        slice_value,
        {%- for measure in sums %}
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
        {%- for measure in sums %}
        {%- set whole_in = roles.not_cut_by.get(measure) %}
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
)

-- each measure cast by itself: the decimals' common type would cost some their cents
{%- for measure in sums %}
{%- do items.update({measure: "cast(" ~ measure ~ " as double)"}) %}
{%- endfor %}
select
    period_grain,
    period_start,
    slice_type,
    slice_value,
    {{ map_of(items) | indent(4) }} as measures,
    cast({{ roles.people[0] if roles.people else "null" }} as double) as people,
    cast({{ roles.reference[0] if roles.reference else "null" }} as double) as reference
from cells
-- where only such a measure stood
where slice_value is not null
{%- endmacro %}
