-- Median and 90th percentile rest on as many facts as the mean of the same cell divides by, and
-- stand beside every mean of a KPI that the catalogue gives a `quantile_measure`.
-- A failure means that the mean and its quantiles speak of different facts. Look first at the step
-- which both read (int_contacts_timed, int_deferred_contacts_replied, int_tickets_resolved,
-- int_tickets_first_solved), then whether kpi_quantiles names family and column.
with means as (
    select kpi_values.*
    from {{ ref("kpi_values") }} as kpi_values
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            kpi_values.kpi_id = definitions.kpi_id
            and kpi_values.kpi_version = definitions.kpi_version
    where
        definitions.quantile_measure is not null
        and kpi_values.denominator > 0
)

select
    coalesce(means.kpi_id, quantiles.kpi_id) as kpi_id,
    coalesce(means.period_grain, quantiles.period_grain) as period_grain,
    coalesce(means.period_start, quantiles.period_start) as period_start,
    coalesce(means.slice_type, quantiles.slice_type) as slice_type,
    coalesce(means.slice_value, quantiles.slice_value) as slice_value,
    means.denominator,
    quantiles.sample_size
from means
full join {{ ref("kpi_quantiles") }} as quantiles
    on
        means.kpi_id = quantiles.kpi_id
        and means.period_grain = quantiles.period_grain
        and means.period_start = quantiles.period_start
        and means.slice_type = quantiles.slice_type
        and means.slice_value = quantiles.slice_value
where coalesce(means.denominator, -1) <> coalesce(quantiles.sample_size, -1)
