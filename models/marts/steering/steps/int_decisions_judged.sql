-- Did it work? The verdict on each decision, or why there is none. The direction of the KPI says
-- which sign is an improvement; what came before without a comparison never is one.
with decisions as (
    select * from {{ ref("int_decisions_known") }}
),

compared as (
    select
        *,
        case direction when 'higher' then 1 when 'lower' then -1 end as good_sign,
        {{ normal_95() }} * effect_standard_error as effect_margin,
        {{ normal_95() }} * placebo_standard_error as placebo_margin,
        case when has_control then 4 else 2 end as cells_needed,
        -- of halves with too few in them nothing can be said
        has_control
        and placebo_cells = 4
        and placebo_smallest_sample >= {{ parameter("minimum_sample") }} as is_placebo_known
    from {{ ref("int_decisions_compared") }}
),

reasoned as (
    select
        decisions.decision_id,
        compared.* exclude (decision_id),
        case
            when decisions.status = 'cancelled' then 'cancelled'
            when compared.decision_id is null then 'unknown_kpi'
            when compared.window_days < 1 then 'no_window'
            when not decisions.is_review_reached then 'review_not_reached'
            when compared.additivity = 'non_additive' then 'not_additive'
            when compared.is_hidden then 'hidden'
            when compared.has_other_definition then 'definition_changed'
            when coalesce(compared.effect_cells, 0) < compared.cells_needed then 'no_figures'
            when compared.is_provisional then 'provisional'
            when compared.is_withheld then 'withheld'
            when compared.effect_smallest_sample < {{ parameter("minimum_sample") }}
                then 'small_sample'
            when not compared.has_control then 'no_control'
            when compared.effect_margin is null then 'no_interval'
            when compared.good_sign is null then 'no_direction'
            when compared.identification_rate < {{ parameter("identification_floor") }}
                then 'insufficient_identification'
            when
                compared.is_placebo_known
                and abs(compared.placebo)
                > {{ parameter("pre_trend_critical_value", "double") }}
                * compared.placebo_standard_error
                then 'pre_trend'
        end as verdict_reason
    from decisions
    left join compared
        on decisions.decision_id = compared.decision_id
),

judged as (
    select
        *,
        case
            when verdict_reason in ('review_not_reached', 'provisional') then 'too_early'
            when verdict_reason = 'small_sample' then 'insufficient_data'
            when verdict_reason is not null then 'not_measurable'
            when good_sign * effect - effect_margin > 0 then 'improved'
            when good_sign * effect + effect_margin < 0 then 'worsened'
            else 'no_detectable_effect'
        end as verdict,
        -- a change that somebody may look at, whatever can be concluded from it
        coalesce(verdict_reason, 'none') in (
            'none',
            'no_control',
            'no_interval',
            'no_direction',
            'insufficient_identification',
            'pre_trend'
        ) as has_effect
    from reasoned
),

final as (
    select
        decision_id,
        kpi_name_en,
        kpi_name_fr,
        unit,
        direction,
        period_grain,
        period_count,
        before_starts_on,
        before_ends_on,
        after_starts_on,
        after_ends_on,
        has_control,
        {%- for arm in ["treated", "control"] %}
        {%- for part in ["before", "after"] %}
        case when has_effect then {{ arm }}_{{ part }}_value end as {{ arm }}_{{ part }},
        cast(
            round(
                case
                    when has_effect or verdict_reason = 'small_sample'
                        then {{ arm }}_{{ part }}_sample_size
                end
            ) as bigint
        ) as {{ arm }}_{{ part }}_sample,
        {%- endfor %}
        {%- endfor %}
        case
            when not has_effect then 'none'
            when has_control then 'difference_in_differences'
            else 'before_after'
        end as method,
        case when has_effect then effect end as effect,
        case when has_effect then effect - effect_margin end as effect_low,
        case when has_effect then effect + effect_margin end as effect_high,
        case when has_effect and is_placebo_known then placebo end as placebo_effect,
        case when has_effect and is_placebo_known then placebo - placebo_margin end as placebo_low,
        case when has_effect and is_placebo_known then placebo + placebo_margin end as placebo_high,
        verdict,
        verdict_reason
    from judged
)

select * from final
