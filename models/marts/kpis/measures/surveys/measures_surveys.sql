{%- set promoter_scores = ["relational", "transactional", "agent"] -%}
-- Scores by the date of the answer. Only answers that count, each instrument on its own scale.
with counted as (
    select
        *,
        scale_min = 0 and scale_max = 10 as is_0_to_10,
        scale_min = 1 and scale_max = 7 as is_1_to_7,
        scale_min = 1 and scale_max = 5 as is_1_to_5
    from {{ ref("survey_answers") }}
    where
        is_counted
        and instrument in ('nps', 'agent_enps', 'csat', 'ces_effort', 'ces_ease', 'fcr_declared')
),

answers as (
    select
        *,
        instrument = 'nps'
        and survey_kind = 'relational'
        and is_last_of_customer_in_quarter
        and is_0_to_10 as is_relational_nps,
        instrument = 'nps'
        and survey_kind = 'transactional'
        and is_last_about_exchange
        and is_0_to_10 as is_transactional_nps,
        instrument = 'agent_enps' and is_0_to_10 as is_agent_nps,
        {{ is_satisfaction_answer("counted") }} as is_csat,
        instrument = 'ces_effort' and is_1_to_7 as is_effort,
        instrument = 'ces_effort' and is_1_to_5 as is_effort_1_to_5,
        instrument = 'ces_ease' and is_1_to_7 as is_ease,
        instrument = 'fcr_declared' and scale_min = 0 and scale_max = 1
            as is_declared_resolution
    from counted
),

final as (
    select
        answered_date as business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        {%- for kind in promoter_scores %}
        count(case when is_{{ kind }}_nps then 1 end) as {{ kind }}_nps_answers,
        count(case when is_{{ kind }}_nps and score >= 9 then 1 end)
        - count(case when is_{{ kind }}_nps and score <= 6 then 1 end)
            as {{ kind }}_promoters_minus_detractors,
        count(case when is_{{ kind }}_nps and (score >= 9 or score <= 6) then 1 end)
            as {{ kind }}_promoters_and_detractors,
        {%- endfor %}
        count(case when is_csat then 1 end) as csat_answers,
        count(case when is_csat and score >= 4 then 1 end) as csat_answers_satisfied,
        count(case when is_csat and score <= 2 then 1 end) as csat_answers_dissatisfied,
        coalesce(sum(case when is_csat then score end), 0) as csat_score,
        count(case when is_effort then 1 end) as effort_answers,
        count(case when is_effort and score >= 5 then 1 end) as effort_answers_high,
        coalesce(sum(case when is_effort then score end), 0) as effort_score,
        coalesce(sum(case when is_effort then {{ squared("score") }} end), 0)
            as effort_score_squared,
        count(case when is_effort_1_to_5 then 1 end) as effort_1_to_5_answers,
        -- from 1 to 5 becomes from 1 to 7, and stays a series of its own
        coalesce(sum(case when is_effort_1_to_5 then 1 + (score - 1) * 1.5 end), 0)
            as effort_1_to_5_score_rescaled,
        count(case when is_ease then 1 end) as ease_answers,
        count(case when is_ease and score >= 5 then 1 end) as ease_answers_easy,
        coalesce(sum(case when is_ease then score end), 0) as ease_score,
        count(case when is_declared_resolution then 1 end) as declared_resolution_answers,
        count(case when is_declared_resolution and score = 1 then 1 end)
            as declared_resolution_answers_yes
    from answers
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
