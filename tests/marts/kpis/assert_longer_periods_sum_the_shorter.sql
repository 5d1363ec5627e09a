-- Weeks, months and quarters are sums of the days in them (of their months, where a KPI has no
-- days): ratios are made after summing, never averaged. Families with periods of their own (the
-- opening cohorts of retention, for one) are not summed from shorter ones.
-- A failure means that a longer period was not summed again when one of its days was, or that
-- a date fell into two periods. Look first at kpi_cells.
{%- set with_own_periods = ["none"] -%}
{%- for family in kpi_families() if kpi_roles("measures_" ~ family).has_own_periods -%}
    {%- do with_own_periods.append(family) -%}
{%- endfor %}
with figures as (
    select * from {{ ref("int_kpi_figures") }}
    where
        slice_type = 'total'
        and family not in (
            {%- for family in with_own_periods %}
            '{{ family }}'{{ "," if not loop.last }}
            {%- endfor %}
        )
        and (numerator is not null or denominator is not null)
),

shortest as (
    select
        *,
        case when period_grain = 'day' then 1 else 2 end
        = min(case period_grain when 'day' then 1 when 'month' then 2 end)
            over (partition by kpi_id) as is_shortest
    from figures
),

summed as (
    {%- for grain in ["week", "month", "quarter"] %}
    select
        kpi_id,
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "period_start") }} as period_start,
        period_grain as summed_grain,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from shortest
    where
        is_shortest
        and period_grain in ('day', 'month')
    group by 1, 2, 3, 4
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    figures.kpi_id,
    figures.period_grain,
    figures.period_start,
    figures.numerator,
    figures.denominator,
    summed.numerator as summed_numerator,
    summed.denominator as summed_denominator
from figures
left join summed
    on
        figures.kpi_id = summed.kpi_id
        and figures.period_grain = summed.period_grain
        and figures.period_start = summed.period_start
where
    figures.period_grain <> 'day'
    and (
        summed.kpi_id is null
        or abs(figures.numerator - summed.numerator) > 1e-9 * greatest(abs(summed.numerator), 1)
        or abs(figures.denominator - summed.denominator) > 1e-9 * greatest(summed.denominator, 1)
    )
