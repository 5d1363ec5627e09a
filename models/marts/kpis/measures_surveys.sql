-- Scores by the date of the answer. Only answers that count, each instrument on its own scale.
with answers as (
    select
        *,
        instrument = 'nps'
        and survey_kind = 'relational'
        and is_last_of_customer_in_quarter
        and scale_min = 0
        and scale_max = 10 as is_relational_nps,
        instrument = 'csat' and scale_min = 1 and scale_max = 5 as is_csat,
        instrument = 'ces_effort' and scale_min = 1 and scale_max = 7 as is_effort
    from {{ ref("survey_answers") }}
    where is_counted
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
        count(case when is_relational_nps then 1 end) as relational_nps_answers,
        count(case when is_relational_nps and score >= 9 then 1 end)
        - count(case when is_relational_nps and score <= 6 then 1 end)
            as relational_promoters_minus_detractors,
        count(case when is_relational_nps and (score >= 9 or score <= 6) then 1 end)
            as relational_promoters_and_detractors,
        count(case when is_csat then 1 end) as csat_answers,
        count(case when is_csat and score >= 4 then 1 end) as csat_answers_satisfied,
        count(case when is_effort then 1 end) as effort_answers,
        coalesce(sum(case when is_effort then score end), 0) as effort_score,
        coalesce(sum(case when is_effort then score * score end), 0) as effort_score_squared
    from answers
    where is_relational_nps or is_csat or is_effort
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
