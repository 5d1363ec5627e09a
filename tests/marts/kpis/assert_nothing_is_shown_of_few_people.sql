-- A figure about people rests on five of them at least, or it is not shown: neither its value nor
-- its numerator nor its interval, whatever it counts.
-- The build's half: it knows how many people stand behind a figure, which is not published.
-- What the published file can prove by itself, orchestration/gate/few_people.py asks of it.
-- A failure means that somebody can read off what one colleague or one customer did. Look first at
-- the `people` column of the family's measures, then at is_suppressed in int_kpi_statuses.
select
    kpi_values.*,
    figures.people
from {{ ref("kpi_values") }} as kpi_values
inner join {{ ref("int_kpi_definitions") }} as definitions
    on
        kpi_values.kpi_id = definitions.kpi_id
        and kpi_values.kpi_version = definitions.kpi_version
inner join {{ ref("int_kpi_figures") }} as figures
    on
        kpi_values.kpi_id = figures.kpi_id
        and kpi_values.period_grain = figures.period_grain
        and kpi_values.period_start = figures.period_start
        and kpi_values.slice_type = figures.slice_type
        and kpi_values.slice_value = figures.slice_value
where
    definitions.is_about_people
    and kpi_values.sample_size > 0
    and least(kpi_values.sample_size, coalesce(figures.people, kpi_values.sample_size))
    < {{ parameter("suppress_below") }}
    and coalesce(kpi_values.value, kpi_values.numerator, kpi_values.ci_low) is not null
