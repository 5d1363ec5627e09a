-- Which strategy do the results show, beside the one that was declared? Productivity is the score
-- of internal processes, satisfaction that of customers.
{%- set floor = parameter("profile_floor") %}
with levels as (
    select * from {{ ref("int_scorecard_levels") }}
),

scores as (
    select
        period_start,
        max(case when perspective = 'internal_process' then score end) as productivity,
        max(case when perspective = 'customer' then score end) as satisfaction,
        max(kpis_pending) > 0 as is_provisional
    from levels
    where level = 'perspective'
    group by 1
),

channels as (
    select
        period_start,
        count(*) as channels_scored,
        min(score) as lowest_channel_score
    from levels
    where level = 'channel'
    group by 1
),

profiled as (
    select
        scores.*,
        coalesce(channels.channels_scored, 0) as channels_scored,
        channels.lowest_channel_score,
        {{ parameter("declared_weight_set", "varchar") }} as declared_weight_set,
        case
            when scores.productivity is null or scores.satisfaction is null then 'indetermine'
            when
                least(scores.productivity, scores.satisfaction) >= {{ floor }}
                and channels.lowest_channel_score >= {{ parameter("profile_channel_floor") }}
                then 'polyvalent'
            when least(scores.productivity, scores.satisfaction) >= {{ floor }}
                then 'polyvalent_partiel'
            when scores.productivity - scores.satisfaction >= {{ parameter("profile_gap") }}
                then 'ambitieux'
            when scores.satisfaction - scores.productivity >= {{ parameter("profile_gap") }}
                then 'altruiste'
            else 'en_construction'
        end as observed_profile,
        case
            when scores.productivity is null or scores.satisfaction is null then null
            when least(scores.productivity, scores.satisfaction) >= {{ floor }} then 'maintain'
            when scores.productivity < scores.satisfaction then 'internal'
            else 'customer'
        end as recommended_focus
    from scores
    left join channels
        on scores.period_start = channels.period_start
),

final as (
    select
        period_start,
        productivity,
        satisfaction,
        channels_scored,
        lowest_channel_score,
        declared_weight_set,
        observed_profile,
        recommended_focus,
        -- a set of weights that declares no profile is not departed from
        case
            when observed_profile = 'indetermine' then null
            when declared_weight_set = 'ambitieux' then observed_profile = 'ambitieux'
            when declared_weight_set = 'altruistes' then observed_profile = 'altruiste'
            when declared_weight_set = 'polyvalents' then observed_profile = 'polyvalent'
        end as is_as_declared,
        is_provisional
    from profiled
)

select * from final
order by period_start
