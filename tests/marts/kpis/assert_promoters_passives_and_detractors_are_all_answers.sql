-- Every answer to the recommendation question is a promoter's, a passive's or a detractor's:
-- counted again from the answers, the three make the denominator, the difference the numerator.
-- A failure means that a score falls between the bands or into two, or that an answer counts that
-- should not. Look first at measures_surveys, then at is_counted in survey_answers.
{%- set asked = {
    "relational": "instrument = 'nps' and survey_kind = 'relational' and is_last_of_customer_in_quarter",
    "transactional": "instrument = 'nps' and survey_kind = 'transactional' and is_last_about_exchange",
    "agent": "instrument = 'agent_enps'",
} %}
with measures as (
    {%- for kind in asked %}
    select
        '{{ kind }}' as kind,
        business_date,
        sum({{ kind }}_nps_answers) as answers,
        sum({{ kind }}_promoters_minus_detractors) as promoters_minus_detractors,
        sum({{ kind }}_promoters_and_detractors) as promoters_and_detractors
    from {{ ref("measures_surveys") }}
    group by 1, 2
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

answers as (
    {%- for kind, condition in asked.items() %}
    select
        '{{ kind }}' as kind,
        answered_date as business_date,
        sum(case when score in (9, 10) then 1 else 0 end) as promoters,
        sum(case when score in (7, 8) then 1 else 0 end) as passives,
        sum(case when score between 0 and 6 then 1 else 0 end) as detractors
    from {{ ref("survey_answers") }}
    where
        validity = 'valid'
        and {{ condition }}
    group by 1, 2
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select *
from measures
left join answers
    on
        measures.kind = answers.kind
        and measures.business_date = answers.business_date
where
    measures.answers
    <> coalesce(answers.promoters + answers.passives + answers.detractors, 0)
    or measures.promoters_minus_detractors
    <> coalesce(answers.promoters - answers.detractors, 0)
    or measures.promoters_and_detractors
    <> coalesce(answers.promoters + answers.detractors, 0)
