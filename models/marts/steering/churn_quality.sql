-- How each way of scoring did at each monthly scoring, over all customers and by tenths of them
-- from the highest probability down: expected beside observed departures.
{%- set models = ["base", "points", "learned"] %}
with quality as (
    select * from {{ ref("int_churn_quality") }}
    where slice_type = 'total'
),

scores as (
    {%- for model in models %}
    select
        scored_date,
        '{{ model }}' as model,
        probability_{{ model }} as probability,
        sum(customers) as customers,
        coalesce(sum(case when has_churned then customers end), 0) as churners
    from {{ ref("int_churn_scores") }}
    where
        is_monthly
        and has_churned is not null
        and probability_{{ model }} is not null
    group by 1, 2, 3
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        *,
        sum(customers) over (partition by scored_date, model) as all_customers,
        sum(customers) over by_descent - customers as customers_above
    from scores
    window by_descent as (
        partition by scored_date, model order by probability desc
        rows between unbounded preceding and current row
    )
),

-- the same probability on either side of a cut: in part here, in part there
cut as (
    select
        scored_date,
        model,
        decile,
        probability,
        churners / cast(customers as double) as departure_rate,
        least(customers_above + customers, round(all_customers * decile / 10.0))
        - greatest(customers_above, round(all_customers * (decile - 1) / 10.0)) as customers
    from (
        select
            *,
            {{ each_number(1, 10) }} as decile
        from placed
    ) as spread
),

deciles as (
    select
        scored_date,
        model,
        decile,
        sum(customers) as customers,
        sum(customers * departure_rate) as churners,
        sum(customers * probability) / sum(customers) as mean_probability
    from cut
    where customers > 0
    group by 1, 2, 3
),

calibration as (
    select
        scored_date,
        model,
        sum(abs(mean_probability * customers - churners)) / sum(customers) as calibration_error
    from deciles
    group by 1, 2
),

judged as (
    select
        quality.*,
        calibration.calibration_error,
        case
            when quality.base_rate is null and quality.model = 'learned' then 'not_judged'
            when quality.base_rate is null then 'window_open'
            when quality.churners < {{ parameter("minimum_sample") }} then 'not_enough_data'
            when quality.model = 'base' then 'reference'
            when quality.model = 'points' and quality.brier < base.brier and quality.auc > 0.5
                then 'better_than_reference'
            when quality.is_trial_won then 'better_than_points'
            when quality.model = 'learned' then 'not_better_than_points'
            else 'not_better_than_reference'
        end as verdict
    from quality
    left join calibration
        on
            quality.scored_date = calibration.scored_date
            and quality.model = calibration.model
    left join quality as base
        on
            quality.scored_date = base.scored_date
            and base.model = 'base'
),

final as (
    select
        {{ period_start("month", "scored_date") }} as scoring_month,
        scored_date,
        model,
        0 as decile,
        is_in_force,
        cast(customers as bigint) as customers,
        cast(churners as double) as churners,
        mean_probability,
        base_rate as departure_rate,
        auc,
        brier,
        lift,
        round(calibration_error, 6) as calibration_error,
        verdict,
        case verdict
            when 'window_open' then 'Les 90 jours ne sont pas écoulés'
            when 'not_judged' then 'Pas jugeable : 90 jours en cours, ou rien d’appris'
            when 'not_enough_data' then 'Trop peu de départs pour juger'
            when 'reference' then 'Référence : le même taux pour tous'
            when 'better_than_reference' then 'Meilleur que le même taux pour tous'
            when 'not_better_than_reference' then 'Pas meilleur que le même taux pour tous'
            when 'better_than_points' then 'Meilleur que les points'
            when 'not_better_than_points' then 'Pas meilleur que les points'
        end as verdict_fr,
        case verdict
            when 'window_open' then 'Its 90 days are not over'
            when 'not_judged' then 'Cannot be judged: its 90 days run, or nothing was learned'
            when 'not_enough_data' then 'Too few departures to judge'
            when 'reference' then 'Reference: the same rate for everybody'
            when 'better_than_reference' then 'Better than the same rate for everybody'
            when 'not_better_than_reference' then 'No better than the same rate for everybody'
            when 'better_than_points' then 'Better than the points'
            when 'not_better_than_points' then 'No better than the points'
        end as verdict_en
    from judged
    union all
    select
        {{ period_start("month", "deciles.scored_date") }},
        deciles.scored_date,
        deciles.model,
        cast(deciles.decile as integer),
        quality.is_in_force,
        cast(deciles.customers as bigint),
        round(deciles.churners, 6),
        round(deciles.mean_probability, 6),
        round(deciles.churners / deciles.customers, 6),
        null,
        null,
        null,
        null,
        null,
        null,
        null
    from deciles
    inner join quality
        on
            deciles.scored_date = quality.scored_date
            and deciles.model = quality.model
)

select * from final
order by scored_date, model, decile
