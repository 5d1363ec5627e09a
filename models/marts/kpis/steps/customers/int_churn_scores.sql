-- Three probabilities of departure for customers with the same signs: that of everybody, that of
-- customers with as many points, and that of the learned model. The first two are what was observed
-- at the earlier monthly scorings whose 90 days were over by then.
{%- set bands = ["none", "low", "medium", "high", "very_high"] %}
with features as (
    select
        scored_date,
        is_monthly,
        segment,
        brand,
        signs_code,
        label_date,
        has_churned,
        {%- for sign in churn_triggers() %}
        max({{ sign }}) as {{ sign }},
        {%- endfor %}
        count(*) as customers,
        count(mrr_eur) as customers_with_mrr,
        sum(mrr_eur) as mrr_eur
    from {{ ref("int_churn_features") }}
    group by 1, 2, 3, 4, 5, 6, 7
),

weights as (
    select
        {%- for trigger in churn_triggers(scored=true) %}
        max(case when trigger = '{{ trigger }}' then points end) as {{ trigger }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ ref("churn_triggers") }}
),

pointed as (
    select
        features.*,
        {{ first_monday("features.scored_date") }} as month_scored_date,
        {{
            last_first_monday(
                dbt.dateadd(
                    "day", "-" ~ parameter("risk_label_days", "integer"), "features.scored_date"
                )
            )
        }} as known_scored_date,
        {%- for trigger in churn_triggers(scored=true) %}
        {{ "+ " if not loop.first }}features.{{ trigger }} * weights.{{ trigger }}
        {%- endfor %} as points
    from features
    cross join weights
),

banded as (
    select
        *,
        case
            when points = 0 then 'none'
            when points < {{ parameter("risk_band_medium_points") }} then 'low'
            when points < {{ parameter("risk_band_high_points") }} then 'medium'
            when points < {{ parameter("risk_band_very_high_points") }} then 'high'
            else 'very_high'
        end as band
    from pointed
),

-- what had been observed of each band when the departures of a monthly scoring were known
outcomes as (
    select
        months.scored_date,
        bands.band,
        coalesce(sum(case when banded.has_churned is not null then banded.customers end), 0)
            as customers,
        coalesce(sum(case when banded.has_churned then banded.customers end), 0) as churners
    from (select distinct scored_date from banded where is_monthly) as months
    cross join (
        values
        {%- for band in bands %}
        ('{{ band }}'){{ "," if not loop.last }}
        {%- endfor %}
    ) as bands (band)
    left join banded
        on
            months.scored_date = banded.scored_date
            and bands.band = banded.band
    group by 1, 2
),

observed as (
    select
        scored_date,
        band,
        sum(customers) over in_band as band_customers,
        sum(churners) over in_band as band_churners,
        sum(customers) over in_all as customers,
        sum(churners) over in_all as churners
    from outcomes
    window
        in_band as (partition by band order by scored_date),
        in_all as (order by scored_date)
),

rates as (
    select
        scored_date,
        band,
        churners / cast(nullif(customers, 0) as double) as base_rate,
        case
            when band_customers >= {{ parameter("minimum_sample") }}
                then band_churners / cast(band_customers as double)
        end as band_rate
    from observed
),

-- one row per version: on the scale of the signs as they are
learned as (
    select
        scored_from,
        model_version,
        sum(case when term = '(intercept)' then coefficient else -coefficient * mean / scale end)
        filter (where term not like '(calibration%') as intercept,
        max(case when term = '(calibration slope)' then coefficient end) as slope,
        max(case when term = '(calibration intercept)' then coefficient end) as shift,
        {%- for sign in churn_triggers() %}
        max(case when term = '{{ sign }}' then coefficient / scale end) as {{ sign }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ ref("int_churn_models") }}
    where state = 'trained'
    group by 1, 2
),

final as (
    select
        banded.scored_date,
        banded.is_monthly,
        banded.month_scored_date,
        banded.segment,
        banded.brand,
        banded.signs_code,
        banded.label_date,
        banded.has_churned,
        banded.customers,
        banded.customers_with_mrr,
        banded.mrr_eur,
        cast(banded.points as integer) as points,
        banded.band,
        round(rates.base_rate, 6) as probability_base,
        -- of too few customers with as many points nothing is known: the rate of all
        round(coalesce(rates.band_rate, rates.base_rate), 6) as probability_points,
        round(
            1 / (
                1 + exp(
                    -learned.shift - learned.slope * (
                        learned.intercept
                        {%- for sign in churn_triggers() %}
                        + learned.{{ sign }} * banded.{{ sign }}
                        {%- endfor %}
                    )
                )
            ),
            6
        ) as probability_learned,
        learned.model_version
    from banded
    left join rates
        on
            banded.known_scored_date = rates.scored_date
            and banded.band = rates.band
    left join learned
        on banded.month_scored_date = learned.scored_from
)

select * from final
