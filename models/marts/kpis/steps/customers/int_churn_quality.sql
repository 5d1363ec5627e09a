-- How well each way of scoring separated who left from who stayed, at each monthly scoring whose 90
-- days are over. Customers with the same probability are one score: neither is above the other, and
-- a score at the edge of the top counts in part.
{%- set models = ["base", "points", "learned"] %}
{%- set cell = "scored_date, model, slice_type, slice_value" %}
with scores as (
    select * from {{ ref("int_churn_scores") }}
    where is_monthly
),

by_model as (
    {%- for model in models %}
    select
        scored_date,
        '{{ model }}' as model,
        segment,
        brand,
        probability_{{ model }} as probability,
        has_churned,
        customers
    from scores
    where
        has_churned is not null
        and probability_{{ model }} is not null
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

by_score as (
    select
        scored_date,
        model,
        {{ slice_names(["segment", "brand"]) | indent(8) }},
        probability,
        sum(customers) as customers,
        coalesce(sum(case when has_churned then customers end), 0) as churners
    from by_model
    group by {{ slice_sets("scored_date, model, probability", ["segment", "brand"]) | indent(4) }}
),

placed as (
    select
        *,
        sum(customers) over whole as all_customers,
        sum(customers) over by_descent - customers as customers_above,
        sum(churners) over by_descent - churners as churners_above
    from by_score
    window
        whole as (partition by {{ cell }}),
        by_descent as (
            partition by {{ cell }} order by probability desc
            rows between unbounded preceding and current row
        )
),

with_top as (
    select
        *,
        greatest(round(all_customers * {{ parameter("risk_top_share", "double") }}), 1)
            as top_customers,
        customers - churners as stayers
    from placed
),

measured as (
    select
        {{ cell }},
        sum(customers) as customers,
        sum(churners) as churners,
        sum(probability * customers) / sum(customers) as mean_probability,
        sum(
            churners * power(1 - probability, 2) + stayers * power(probability, 2)
        ) / sum(customers) as brier,
        -- pairs of one who left and one who stayed, in the right order; alike, they are half right
        sum(stayers * (churners_above + churners / 2.0))
        / nullif(cast(sum(churners) as double) * sum(stayers), 0) as auc,
        max(top_customers) as top_customers,
        sum(
            churners * least(greatest(top_customers - customers_above, 0), customers)
            / cast(customers as double)
        ) as top_churners
    from with_top
    group by {{ cell }}
),

-- in which of the scorings the learned model was better than the points, in both respects
trials as (
    select
        points.scored_date,
        -- as published: the order of summing never shows
        round(learned.auc, 6) > round(points.auc, 6)
        and round(learned.brier, 6) < round(points.brier, 6)
        and points.churners >= {{ parameter("minimum_sample") }} as is_won
    from measured as points
    inner join measured as learned
        on
            points.scored_date = learned.scored_date
            and learned.model = 'learned'
            and learned.slice_type = 'total'
    where
        points.model = 'points'
        and points.slice_type = 'total'
),

series as (
    select
        scored_date,
        count(case when is_won then 1 end) over latest
        = {{ parameter("risk_trials", "integer") }} as is_learned_better
    from trials
    window latest as (
        order by scored_date
        rows between {{ parameter("risk_trials", "integer") }} - 1 preceding and current row
    )
),

-- by what was known on the day of the scoring
in_force as (
    select
        months.scored_date,
        months.has_learned and coalesce(series.is_learned_better, false) as is_learned_in_force
    from (
        select
            scored_date,
            count(probability_learned) > 0 as has_learned,
            {{
                last_first_monday(
                    dbt.dateadd(
                        "day", "-" ~ parameter("risk_label_days", "integer"), "scored_date"
                    )
                )
            }} as known_scored_date
        from scores
        group by 1
    ) as months
    left join series
        on months.known_scored_date = series.scored_date
),

-- of scorings whose 90 days still run there is only the total, without a measure
cells as (
    select
        in_force.scored_date,
        models.model,
        'total' as slice_type,
        'all' as slice_value
    from in_force
    cross join (
        values
        {%- for model in models %}
        ('{{ model }}'){{ "," if not loop.last }}
        {%- endfor %}
    ) as models (model)
    union
    select {{ cell }}
    from measured
),

final as (
    select
        cells.scored_date,
        cells.model,
        cells.slice_type,
        cells.slice_value,
        case cells.model
            when 'learned' then in_force.is_learned_in_force
            when 'points' then not in_force.is_learned_in_force
            else false
        end as is_in_force,
        case when cells.model = 'learned' and cells.slice_type = 'total' then trials.is_won end
            as is_trial_won,
        cast(coalesce(measured.customers, 0) as bigint) as customers,
        cast(coalesce(measured.churners, 0) as bigint) as churners,
        round(measured.mean_probability, 6) as mean_probability,
        round(measured.churners / cast(measured.customers as double), 6) as base_rate,
        round(measured.brier, 6) as brier,
        round(measured.auc, 6) as auc,
        measured.top_customers,
        round(measured.top_churners, 6) as top_churners,
        round(
            measured.top_churners / measured.top_customers
            / nullif(measured.churners / cast(measured.customers as double), 0),
            6
        ) as lift
    from cells
    inner join in_force
        on cells.scored_date = in_force.scored_date
    left join trials
        on cells.scored_date = trials.scored_date
    left join measured
        on
            cells.scored_date = measured.scored_date
            and cells.model = measured.model
            and cells.slice_type = measured.slice_type
            and cells.slice_value = measured.slice_value
)

select * from final
