-- The newest scoring, and the monthly ones of the year before it, by the way of scoring that was in
-- force in their month. What drives a score is what raises it by that way: by its points, or by
-- what it adds to the learned model's logarithm of the odds.
with in_force as (
    select
        scored_date,
        model
    from {{ ref("int_churn_quality") }}
    where
        is_in_force
        and slice_type = 'total'
),

newest as (
    select max(scored_date) as scored_date
    from {{ ref("int_churn_scores") }}
),

-- other weights are another version
triggers as (
    select
        *,
        'points-' || substr(
            md5(
                (
                    select
                        {{
                            text_in_order(
                                "weights.trigger || weights.points", " ", "weights.trigger"
                            )
                        }}
                    from {{ ref("churn_triggers") }} as weights
                )
            ),
            1,
            8
        ) as points_version
    from {{ ref("churn_triggers") }}
),

-- one row for all who are scored alike
scores as (
    select distinct
        scores.scored_date,
        scores.signs_code,
        newest.scored_date = scores.scored_date as is_newest,
        in_force.model,
        scores.model_version,
        scores.points,
        scores.band,
        case in_force.model
            when 'learned' then scores.probability_learned
            else scores.probability_points
        end as probability
    from {{ ref("int_churn_scores") }} as scores
    inner join in_force
        on scores.month_scored_date = in_force.scored_date
    cross join newest
    where
        scores.scored_date = newest.scored_date
        or (
            scores.is_monthly
            and scores.scored_date > {{ dbt.dateadd("month", -12, "newest.scored_date") }}
        )
),

features as (
    select features.*
    from {{ ref("int_churn_features") }} as features
    where
        features.scored_date in (select scores.scored_date from scores)
),

raised as (
    {%- for sign in churn_triggers() %}
    select
        scores.*,
        '{{ sign }}' as trigger,
        mod(cast(floor(scores.signs_code / {{ 10 ** loop.index0 }}) as bigint), 10) as level
    from scores
    where scores.probability is not null
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

weighed as (
    select
        raised.scored_date,
        raised.signs_code,
        triggers.trigger,
        triggers.label_fr,
        triggers.label_en,
        case raised.model
            when 'learned' then terms.coefficient * (raised.level - terms.mean) / terms.scale
            else triggers.points
        end as weight
    from raised
    inner join triggers
        on raised.trigger = triggers.trigger
    left join {{ ref("int_churn_models") }} as terms
        on
            raised.model_version = terms.model_version
            and raised.trigger = terms.term
    where raised.level > 0
),

ranked as (
    select
        *,
        row_number() over (
            partition by scored_date, signs_code order by weight desc, trigger
        ) as place
    from weighed
    where weight > 0
),

drivers as (
    select
        scored_date,
        signs_code,
        {{ text_in_order("label_fr", "; ", "place") }} as drivers_fr,
        {{ text_in_order("label_en", "; ", "place") }} as drivers_en
    from ranked
    where place <= 3
    group by 1, 2
),

valued as (
    select
        scores.*,
        features.customer_id,
        features.segment,
        features.brand,
        features.mrr_eur,
        features.label_date,
        features.has_churned,
        cast(
            cast(scores.probability as decimal(7, 6))
            * cast(features.mrr_eur * 12 as decimal(18, 2))
            as decimal(18, 2)
        ) as revenue_at_risk_eur
    from features
    inner join scores
        on
            features.scored_date = scores.scored_date
            and features.signs_code = scores.signs_code
    where scores.probability is not null
),

prioritised as (
    select
        *,
        case
            when is_newest and revenue_at_risk_eur > 0
                then
                    row_number() over (
                        partition by scored_date
                        order by revenue_at_risk_eur desc nulls last, customer_id
                    )
        end as priority
    from valued
),

final as (
    select
        prioritised.scored_date,
        prioritised.customer_id,
        prioritised.segment,
        prioritised.brand,
        prioritised.is_newest,
        prioritised.model,
        case prioritised.model
            when 'learned' then prioritised.model_version
            else (select min(triggers.points_version) from triggers)
        end as model_version,
        prioritised.probability,
        prioritised.points,
        prioritised.band,
        drivers.drivers_fr,
        drivers.drivers_en,
        'association' as evidence,
        prioritised.mrr_eur,
        prioritised.revenue_at_risk_eur,
        -- beyond what can be called nobody has a rank
        cast(
            case
                when prioritised.priority <= {{ parameter("risk_call_capacity") }}
                    then prioritised.priority
            end as integer
        ) as priority_rank,
        prioritised.label_date,
        prioritised.has_churned
    from prioritised
    left join drivers
        on
            prioritised.scored_date = drivers.scored_date
            and prioritised.signs_code = drivers.signs_code
)

select * from final
order by scored_date, customer_id
