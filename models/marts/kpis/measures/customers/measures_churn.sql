-- By week what may be lost of those who are scored on its Monday, by month how well the scoring of
-- its first Monday came true. Neither week nor slice adds up to the other.
with in_force as (
    select
        scored_date,
        model
    from {{ ref("int_churn_quality") }}
    where
        is_in_force
        and slice_type = 'total'
),

scored as (
    select
        scores.scored_date,
        scores.segment,
        scores.brand,
        scores.customers_with_mrr,
        scores.mrr_eur,
        case in_force.model
            when 'learned' then scores.probability_learned
            else scores.probability_points
        end as probability
    from {{ ref("int_churn_scores") }} as scores
    left join in_force
        on scores.month_scored_date = in_force.scored_date
),

at_risk as (
    select
        scored_date,
        {{ slice_names(["segment", "brand"]) | indent(8) }},
        -- as decimals: the order of summing never shows
        cast(
            sum(cast(probability as decimal(7, 6)) * cast(mrr_eur * 12 as decimal(18, 2)))
            as decimal(18, 2)
        ) as revenue_at_risk_eur,
        cast(sum(customers_with_mrr) as bigint) as scored_customers,
        cast(
            coalesce(
                sum(
                    case
                        when probability >= {{ parameter("risk_high_probability") }}
                            then customers_with_mrr
                    end
                ),
                0
            ) as bigint
        ) as high_risk_customers,
        cast(
            coalesce(
                sum(
                    case
                        when probability >= {{ parameter("risk_high_probability") }} then mrr_eur
                    end
                ),
                0
            ) as decimal(18, 2)
        ) as high_risk_mrr_eur
    from scored
    -- whose score or revenue is unknown is on neither side
    where
        probability is not null
        and mrr_eur is not null
    group by {{ slice_sets("scored_date", ["segment", "brand"]) | indent(4) }}
),

-- of all who left, the share that was in the top: Wilson's interval of it is that of the lift
judged as (
    select
        quality.*,
        {{ wilson_centre("quality.top_churners", "quality.churners") }} as centre,
        {{ wilson_half_width("quality.top_churners", "quality.churners") }} as reach
    from {{ ref("int_churn_quality") }} as quality
    inner join in_force
        on
            quality.scored_date = in_force.scored_date
            and quality.model = in_force.model
    where quality.churners > 0
),

final as (
    select
        'week' as period_grain,
        scored_date as period_start,
        slice_type,
        slice_value,
        revenue_at_risk_eur,
        scored_customers,
        high_risk_customers,
        high_risk_mrr_eur,
        cast(null as double) as top_departure_rate,
        cast(null as double) as top_departure_rate_low,
        cast(null as double) as top_departure_rate_high,
        cast(null as double) as departure_rate,
        cast(null as bigint) as customers_departed
    from at_risk
    union all
    select
        'month',
        {{ period_start("month", "scored_date") }},
        slice_type,
        slice_value,
        null,
        null,
        null,
        null,
        top_churners / top_customers,
        round(greatest(centre - reach, 0) * churners / top_customers, 15),
        round(least(centre + reach, 1) * churners / top_customers, 15),
        churners / cast(customers as double),
        churners
    from judged
)

select * from final
