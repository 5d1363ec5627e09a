-- One pass over the events of each journey: how many touches of which kind, and what people said.
with events as (
    select * from {{ ref("customer_events") }}
    where
        journey_id is not null
        and {{ of_changed_journeys("journey_id") }}
),

opinions as (
    select
        *,
        row_number() over (
            partition by journey_id, instrument order by event_at desc, event_id desc
        ) as number_from_end
    from events
    where event_type = 'survey_answered'
),

last_opinions as (
    select
        journey_id,
        {%- for instrument in ["csat", "nps", "ces_effort"] %}
        max(case when instrument = '{{ instrument }}' then score end) as last_{{ instrument }}_score
        {{- "," if not loop.last }}
        {%- endfor %}
    from opinions
    where number_from_end = 1
    group by 1
),

summed as (
    select
        journey_id,
        count(*) as touch_count,
        sum(case when event_type = 'contact' then 1 else 0 end) as contact_count,
        sum(case when event_type = 'ticket_created' then 1 else 0 end) as ticket_count,
        sum(case when event_type = 'contact' and outcome = 'abandoned' then 1 else 0 end)
            as abandoned_count,
        sum(
            case
                when event_type = 'contact' and outcome in ('bot_contained', 'ivr_contained') then 1
                else 0
            end
        ) as contained_count,
        sum(case when event_type = 'ticket_reopened' then 1 else 0 end) as reopened_count,
        bool_or(direction = 'inbound' and journey_link = 'own') as is_customer_initiated
    from events
    group by 1
),

final as (
    select
        summed.*,
        last_opinions.last_csat_score,
        last_opinions.last_nps_score,
        last_opinions.last_ces_effort_score
    from summed
    left join last_opinions
        on summed.journey_id = last_opinions.journey_id
)

select * from final
