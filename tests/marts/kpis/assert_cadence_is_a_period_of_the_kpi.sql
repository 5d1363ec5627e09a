-- A KPI whose new value is expected every month has a value for months. A failure means that its
-- age is unknown. Look first at its cadence in kpi_documentation.csv, then at its period_grains
-- in kpi_catalogue.csv.
select
    kpi_id,
    cadence,
    period_grains
from {{ ref("published_kpi_catalogue") }}
where
    status = 'active'
    and period_grains not like '%' || cadence || '%'
