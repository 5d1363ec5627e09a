-- a view: a step of kpi_quality alone
{{ config(materialized = "view") }}
-- The newest final value of each active KPI, over everything, at its own cadence: how large its
-- sample was, and how old the value is.
with run as (
    select * from {{ ref("int_run_observed") }}
),

final_totals as (
    select
        kpi_values.kpi_id,
        kpi_values.period_start,
        kpi_values.sample_size,
        kpi_values.status,
        catalogue.minimum_sample,
        catalogue.cadence,
        catalogue.is_final_at_once,
        catalogue.maturity_hours,
        catalogue.represents,
        {{ period_end("kpi_values.period_grain", "kpi_values.period_start") }} as period_end
    from {{ ref("kpi_values") }} as kpi_values
    inner join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            kpi_values.kpi_id = catalogue.kpi_id
            and kpi_values.kpi_version = catalogue.kpi_version
            and kpi_values.period_grain = catalogue.cadence
    where
        catalogue.status = 'active'
        and kpi_values.slice_type = 'total'
        and not kpi_values.is_provisional
        and kpi_values.value is not null
),

newest as (
    select *
    from {{ first_row_per_key("final_totals", ["kpi_id"], ["period_start desc"]) }} as totals
),

-- do those who answered surveys about exchanges resemble those who were served?
divergence as (
    select max_by(total_variation_distance, period_start) as total_variation_distance
    from {{ ref("survey_representativeness") }}
    where
        period_grain = 'month'
        and slice_type = 'total'
),

final as (
    select
        newest.kpi_id,
        newest.period_start as last_period_start,
        newest.sample_size,
        newest.minimum_sample,
        coalesce(newest.status = 'withheld', false) as is_withheld,
        case when newest.represents = 'contacts' then divergence.total_variation_distance end
            as total_variation_distance,
        -- a look at the running period is as fresh as can be
        greatest(
            cast(
                {{
                    seconds_between(
                        add_hours(
                            local_midnight("newest.period_end", "run.business_time_zone"),
                            "newest.maturity_hours"
                        ),
                        "run.as_of"
                    )
                }} / 3600 as decimal(18, 2)
            ),
            0
        ) as age_hours,
        -- the longest month and the longest quarter
        case newest.cadence
            when 'day' then 24
            when 'week' then 7 * 24
            when 'month' then 31 * 24
            else 92 * 24
        end as cadence_hours
    from newest
    cross join divergence
    cross join run
)

select * from final
