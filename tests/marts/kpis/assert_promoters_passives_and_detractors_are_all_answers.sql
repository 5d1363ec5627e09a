-- Every answer to the recommendation question is a promoter's, a passive's or a detractor's:
-- counted again from the answers, the three make the denominator, the difference the numerator.
-- A failure means that a score falls between the bands or into two, or that an answer counts that
-- should not. Look first at measures_surveys, then at is_counted in survey_answers.
with measures as (
    select
        business_date,
        sum(relational_nps_answers) as answers,
        sum(relational_promoters_minus_detractors) as promoters_minus_detractors,
        sum(relational_promoters_and_detractors) as promoters_and_detractors
    from {{ ref("measures_surveys") }}
    group by 1
),

answers as (
    select
        answered_date as business_date,
        sum(case when score in (9, 10) then 1 else 0 end) as promoters,
        sum(case when score in (7, 8) then 1 else 0 end) as passives,
        sum(case when score between 0 and 6 then 1 else 0 end) as detractors
    from {{ ref("survey_answers") }}
    where
        validity = 'valid'
        and instrument = 'nps'
        and survey_kind = 'relational'
        and is_last_of_customer_in_quarter
    group by 1
)

select *
from measures
left join answers
    on measures.business_date = answers.business_date
where
    measures.answers
    <> coalesce(answers.promoters + answers.passives + answers.detractors, 0)
    or measures.promoters_minus_detractors
    <> coalesce(answers.promoters - answers.detractors, 0)
    or measures.promoters_and_detractors
    <> coalesce(answers.promoters + answers.detractors, 0)
