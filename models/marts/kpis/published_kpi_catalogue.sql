-- the seed that the engine executes has the name already; readers know the table by it
{{ config(alias = "kpi_catalogue") }}
-- The registry as readers see it: what the engine executes and what stewards say of it.
with run as (
    select * from {{ ref("int_run_dated") }}
),

catalogue as (
    select * from {{ ref("kpi_catalogue") }}
),

documentation as (
    select * from {{ ref("kpi_documentation") }}
),

final as (
    select
        catalogue.kpi_id,
        catalogue.kpi_version,
        catalogue.status,
        catalogue.valid_from,
        catalogue.valid_to,
        catalogue.name_en,
        catalogue.name_fr,
        documentation.question_en,
        documentation.question_fr,
        documentation.definition_en,
        documentation.definition_fr,
        documentation.interpretation_en,
        documentation.interpretation_fr,
        catalogue.perspective,
        catalogue.tier,
        catalogue.unit,
        catalogue.direction,
        catalogue.numerator,
        catalogue.denominator,
        catalogue.family,
        catalogue.numerator_measure,
        catalogue.denominator_measure,
        catalogue.squares_measure,
        catalogue.low_measure,
        catalogue.high_measure,
        catalogue.sample_measure,
        catalogue.pending_measure,
        catalogue.quantile_measure,
        catalogue.multiplier,
        catalogue.interval_method,
        catalogue.maturity_hours,
        coalesce(catalogue.is_final_at_once, false) as is_final_at_once,
        coalesce(catalogue.is_tolerant_of_stale_sources, false) as is_tolerant_of_stale_sources,
        coalesce(catalogue.needs_identity, false) as needs_identity,
        catalogue.is_about_people,
        catalogue.minimum_sample,
        catalogue.period_grains,
        catalogue.grain,
        catalogue.observation_window,
        catalogue.exclusions,
        catalogue.time_attribution,
        catalogue.uncertainty,
        documentation.additivity,
        documentation.represents,
        catalogue.owner_role,
        catalogue.decision,
        documentation.on_warning_en,
        documentation.on_alert_en,
        documentation.on_warning_fr,
        documentation.on_alert_fr,
        documentation.concern,
        documentation.guardrail_kpi_id,
        documentation.objective_id,
        documentation.cadence,
        documentation.next_review_on,
        coalesce(
            catalogue.status in ('active', 'under_review')
            and catalogue.valid_to is null
            and documentation.next_review_on < run.as_of_date,
            false
        ) as is_review_due,
        documentation.replaced_by,
        catalogue.benchmark,
        catalogue.source,
        catalogue.examples
    from catalogue
    cross join run
    left join documentation
        on
            catalogue.kpi_id = documentation.kpi_id
            and catalogue.kpi_version = documentation.kpi_version
)

select * from final
order by kpi_id, kpi_version
