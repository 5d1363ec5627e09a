-- Every active KPI of the catalogue has its total in every period that the data spans, with no_data
-- where nothing landed for it.
-- A failure means that a KPI is called active and nobody computes it: its family is not listed in
-- kpi_families, or its period_grains name a grain that no period has. Look first there.
with spans as (
    select
        'day' as period_grain,
        max(calendar_date) as period_start
    from {{ ref("dates") }}
    {%- for grain in ["week", "month", "quarter"] %}
    union all
    select
        '{{ grain }}',
        max({{ grain }}_start)
    from {{ ref("dates") }}
    {%- endfor %}
),

expected as (
    select
        catalogue.kpi_id,
        spans.period_grain,
        spans.period_start
    from {{ ref("kpi_catalogue") }} as catalogue
    inner join spans
        on
            catalogue.period_grains like '%' || spans.period_grain || '%'
            and spans.period_start >= catalogue.valid_from
            and spans.period_start < coalesce(catalogue.valid_to, cast('9999-12-31' as date))
    where catalogue.status = 'active'
)

select expected.*
from expected
left join {{ ref("kpi_values") }} as totals
    on
        expected.kpi_id = totals.kpi_id
        and expected.period_grain = totals.period_grain
        and expected.period_start = totals.period_start
        and totals.slice_type = 'total'
where totals.kpi_id is null
union all
-- a catalogue row without a single grain would expect nothing
select
    kpi_id,
    'none',
    null
from {{ ref("kpi_catalogue") }}
where
    status = 'active'
    and period_grains is null
