-- Where are we, what did we decide? The newest month that is over, brand by brand: every line
-- speaks of the same month, what was first published of it stands beside.
with lines as (
    select * from {{ ref("int_scorecard_lines") }}
    where
        dashboard = 'monthly_committee'
        and is_over
),

frozen as (
    select {{ report_line() }}
    from lines
    where period_start = (select max(lines.period_start) from lines)
),

final as (
    select
        frozen.*,
        first_words.first_value,
        first_words.first_published_at,
        case
            when {{ is_other_figure("frozen.value", "first_words.first_value") }}
                then first_words.last_change_cause
        end as change_cause,
        decisions.owner_role as last_decision_owner_role,
        decisions.review_due_on as last_decision_review_on,
        decisions.status as last_decision_status,
        decisions.verdict_reason as last_decision_verdict_reason,
        decisions.method as last_decision_method,
        decisions.effect as last_decision_effect,
        decisions.effect_low as last_decision_effect_low,
        decisions.effect_high as last_decision_effect_high,
        {{ last_decision("decisions") | indent(4) }}
    from frozen
    left join {{ ref("int_first_words_found") }} as first_words
        on
            frozen.kpi_id = first_words.kpi_id
            and frozen.period_start = first_words.period_start
            and frozen.slice_type = first_words.slice_type
            and frozen.slice_value = first_words.slice_value
    left join {{ ref("int_decisions_counted") }} as decisions
        on
            frozen.kpi_id = decisions.kpi_id
            and frozen.slice_type = decisions.slice_type
            and frozen.slice_value = decisions.slice_value
)

select * from final
order by position, slice_type desc, slice_value
