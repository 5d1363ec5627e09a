-- The coefficients of the learned models, beside what they say in words: how many times larger the
-- odds of a departure are with the sign (per contact, for recent contacts) than without it.
with models as (
    select * from {{ ref("int_churn_models") }}
),

quality as (
    select * from {{ ref("int_churn_quality") }}
    where
        model = 'learned'
        and slice_type = 'total'
),

slopes as (
    select
        model_version,
        coefficient as slope
    from models
    where term = '(calibration slope)'
),

final as (
    select
        models.model_version,
        models.scored_from,
        models.state,
        quality.is_in_force,
        models.trained_from,
        models.trained_until,
        models.training_customers,
        models.training_churners,
        models.term,
        triggers.label_fr,
        triggers.label_en,
        models.coefficient,
        models.mean,
        models.scale,
        case
            when triggers.trigger is not null
                then round(exp(slopes.slope * models.coefficient / models.scale), 4)
        end as odds_ratio,
        models.fingerprint
    from models
    inner join quality
        on models.scored_from = quality.scored_date
    left join {{ ref("churn_triggers") }} as triggers
        on models.term = triggers.trigger
    left join slopes
        on models.model_version = slopes.model_version
)

select * from final
order by scored_from, term
