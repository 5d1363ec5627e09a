-- The registry as the engine reads it: typed, each version with the periods it was in force.
with catalogue as (
    select * from {{ ref("kpi_catalogue") }}
),

agent_views as (
    select * from {{ ref("kpi_agent_views") }}
),

final as (
    select
        catalogue.kpi_id,
        cast(catalogue.kpi_version as integer) as kpi_version,
        catalogue.status,
        catalogue.direction,
        catalogue.unit,
        catalogue.family,
        catalogue.numerator_measure,
        catalogue.denominator_measure,
        catalogue.squares_measure,
        catalogue.low_measure,
        catalogue.high_measure,
        catalogue.sample_measure,
        catalogue.pending_measure,
        catalogue.quantile_measure,
        cast(catalogue.multiplier as integer) as multiplier,
        catalogue.interval_method,
        cast(coalesce(catalogue.maturity_hours, 0) as integer) as maturity_hours,
        coalesce(catalogue.is_final_at_once, false) as is_final_at_once,
        coalesce(catalogue.is_tolerant_of_stale_sources, false) as is_tolerant_of_stale_sources,
        coalesce(catalogue.needs_identity, false) as needs_identity,
        coalesce(catalogue.is_about_people, false) as is_about_people,
        cast(coalesce(catalogue.minimum_sample, 1) as integer) as minimum_sample,
        cast(
            coalesce(agent_views.minimum_sample, catalogue.minimum_sample, 1) as integer
        ) as minimum_sample_of_agent,
        coalesce(catalogue.is_about_people and agent_views.has_respondents, false)
            as is_about_respondents,
        agent_views.kpi_id is not null as is_shown_to_agents,
        catalogue.period_grains,
        catalogue.valid_from,
        coalesce(catalogue.valid_to, cast('9999-12-31' as date)) as valid_before
    from catalogue
    left join agent_views
        on catalogue.kpi_id = agent_views.kpi_id
)

select * from final
