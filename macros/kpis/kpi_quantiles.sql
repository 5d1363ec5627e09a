{#-
    Median and 90th percentile of what the KPIs of a family are means of, for every period and slice.

    They cannot be made from those of shorter periods or smaller slices: each period reads the single
    facts again, once, for all slices and KPIs. `facts_model` has the facts that the family's measures
    sum, with its slices and its business date; each of the columns `measures` is what a KPI is the mean
    of, null where the fact does not count.
-#}
{% macro kpi_quantiles(family, facts_model, measures) -%}
{%- set slices = kpi_roles("measures_" ~ family).slice -%}
{#- Each grain reads the facts by itself: a CTE read four times would be written down first. -#}
with cells as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        period_start,
        {{ slice_names(slices) | indent(8) }},
        {%- for measure in measures %}
        count({{ measure }}) as {{ measure }}_count,
        {{ quantiles("cast(" ~ measure ~ " as double)", [0.5, 0.9]) }} as {{ measure }}_quantiles
        {{- "," if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            {{ period_start(grain, "business_date") }} as period_start
        from {{ ref(facts_model) }}
    ) as facts
    group by {{ slice_sets("period_start", slices) | indent(4) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

{%- for measure in measures %}
select
    '{{ family }}' as family,
    '{{ measure }}' as quantile_measure,
    period_grain,
    period_start,
    slice_type,
    slice_value,
    {{ measure }}_count as sample_size,
    -- facts have four decimals: what comes far behind them is a double's noise
    round({{ list_item(measure ~ "_quantiles", 1) }}, 6) as median,
    round({{ list_item(measure ~ "_quantiles", 2) }}, 6) as p90
from cells
where {{ measure }}_count > 0
{{ "union all" if not loop.last }}
{%- endfor %}
{%- endmacro %}
