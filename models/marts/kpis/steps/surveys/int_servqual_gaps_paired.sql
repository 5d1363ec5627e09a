-- a view: a step of measures_servqual alone
{{ config(materialized = "view") }}
-- Each respondent's gap in each dimension: perception less expectation, item by item. An item that
-- lacks either answer says nothing, and somebody who left out more than half of a dimension's items
-- has no opinion of it.
with answers as (
    select
        answers.*,
        invitations.sent_date as wave_date,
        {{ period_start("month", "invitations.sent_date") }} as wave_month
    from {{ ref("survey_answers") }} as answers
    inner join {{ ref("int_survey_invitations_described") }} as invitations
        on answers.invitation_id = invitations.invitation_id
    where
        answers.instrument in ('servqual_expectation', 'servqual_perception')
        and answers.scale_min = 1
        and answers.scale_max = 7
        -- what has no name has no pair
        and answers.item is not null
),

-- a panel may be asked fewer items than the seed knows
items_asked as (
    select
        survey_code,
        wave_month,
        dimension,
        count(distinct item) as item_count
    from answers
    group by 1, 2, 3
),

pairs as (
    select
        invitation_id,
        survey_code,
        wave_month,
        wave_date,
        segment,
        brand,
        dimension,
        item,
        max(case when instrument = 'servqual_perception' then score end)
        - max(case when instrument = 'servqual_expectation' then score end) as gap
    from answers
    where is_counted
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

respondents as (
    select
        invitation_id,
        survey_code,
        wave_month,
        wave_date,
        segment,
        brand,
        dimension,
        count(gap) as pair_count,
        cast(sum(gap) / nullif(count(gap), 0) as decimal(18, 8)) as gap
    from pairs
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    select
        respondents.invitation_id,
        respondents.wave_date,
        respondents.segment,
        respondents.brand,
        respondents.dimension,
        respondents.gap
    from respondents
    inner join items_asked
        on
            respondents.survey_code = items_asked.survey_code
            and respondents.wave_month = items_asked.wave_month
            and respondents.dimension = items_asked.dimension
    where 2 * respondents.pair_count >= items_asked.item_count
)

select * from final
