-- Saves of the service beyond what would have stayed without an offer, and what they are worth.
-- What would have stayed is read from the hold-out of the same cell; where there is none, from the
-- rate that somebody declared, with its date; without either nobody knows.
{%- set cell = "period_grain, period_start, slice_type, slice_value" %}
{%- set slices = ["segment", "brand"] %}
with assumptions as (
    select
        {{ parameter("margin_rate", "double") }} as margin_rate,
        {{ parameter("saved_margin_months", "double") }} as margin_months,
        case
            when {{ parameter("declared_keep_rate_on", "date") }} is not null
                then {{ parameter("declared_keep_rate", "double") }}
        end as declared_keep_rate
),

episodes as (
    {%- for grain in ["month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "requested_date") }} as period_start,
        *
    from {{ ref("cancel_episodes") }}
    where
        is_handled_by_service
        and not is_excluded
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

arms as (
    select
        period_grain,
        period_start,
        {{ slice_names(slices) | indent(8) }},
        count(case when is_mature and not is_holdout then 1 end) as episodes_handled,
        count(case when is_mature and not is_holdout and is_saved then 1 end) as episodes_saved,
        count(case when is_mature and is_holdout then 1 end) as holdout_episodes,
        count(case when is_mature and is_holdout and is_saved then 1 end) as holdout_kept,
        count(case when not is_mature then 1 end) as episodes_pending,
        -- where nobody was saved, what was at stake stands for what a save would bring
        coalesce(
            avg(case when is_mature and not is_holdout and is_saved then mrr_after_eur end),
            avg(case when is_mature and not is_holdout then mrr_before_eur end)
        ) as mrr_after_eur,
        coalesce(sum(case when is_mature and not is_holdout then offer_cost_eur end), 0)
            as offer_cost_eur
    from episodes
    group by {{ slice_sets("period_grain, period_start", slices) | indent(4) }}
),

with_baseline as (
    select
        arms.*,
        cast(arms.episodes_saved as double) / nullif(arms.episodes_handled, 0) as save_rate,
        case
            when arms.holdout_episodes > 0 then 'holdout'
            when assumptions.declared_keep_rate is not null then 'historical'
            else 'none'
        end as baseline_type,
        case
            when arms.holdout_episodes > 0
                then cast(arms.holdout_kept as double) / arms.holdout_episodes
            else assumptions.declared_keep_rate
        end as baseline_keep_rate,
        arms.mrr_after_eur * assumptions.margin_rate * assumptions.margin_months
            as value_per_save_eur
    from arms
    cross join assumptions
    -- nobody whom the service handled, and nobody to wait for
    where
        arms.episodes_handled > 0
        or arms.episodes_pending > 0
),

measured as (
    select
        *,
        episodes_saved - nullif(episodes_handled, 0) * baseline_keep_rate
            as cancellations_avoided,
        -- a declared rate is taken as it stands
        {{ normal_95() }} * episodes_handled * sqrt(
            save_rate * (1 - save_rate) / nullif(episodes_handled, 0)
            + case
                when baseline_type = 'holdout'
                    then baseline_keep_rate * (1 - baseline_keep_rate) / holdout_episodes
                else 0
            end
        ) as half_width
    from with_baseline
),

bounded as (
    select
        *,
        cancellations_avoided - half_width as cancellations_avoided_low,
        cancellations_avoided + half_width as cancellations_avoided_high
    from measured
),

final as (
    select
        {{ cell }},
        episodes_handled,
        holdout_episodes,
        baseline_type,
        baseline_keep_rate,
        value_per_save_eur,
        cast(offer_cost_eur as decimal(38, 2)) as offer_cost_eur,
        {%- for bound in ["", "_low", "_high"] %}
        cancellations_avoided{{ bound }},
        cancellations_avoided{{ bound }} * value_per_save_eur - offer_cost_eur
            as revenue_saved{{ bound }}_eur,
        {%- endfor %}
        case
            when baseline_type = 'holdout' then least(episodes_handled, holdout_episodes)
            else episodes_handled
        end as episodes_in_smaller_arm,
        episodes_pending
    from bounded
)

select * from final
