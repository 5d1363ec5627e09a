-- What people said in public, and whether they were answered.
with feedback as (
    select
        *,
        'rating' as instrument,
        rating as score,
        0 as scale_min,
        rating_max as scale_max,
        'high_is_good' as polarity
    from {{ ref("int_feedback_described") }}
    where
        {{ of_changed_persons("customer_id") }}
        or {{ of_changed_persons("'interactions.public_feedback:' || feedback_id") }}
),

events as (
    select
        *,
        'feedback_posted' as event_type,
        posted_at as event_at,
        'inbound' as direction
    from feedback
    union all
    select
        *,
        'feedback_replied',
        replied_at,
        'outbound'
    from feedback
    where replied_at is not null
),

final as (
    select
        'interactions.public_feedback' as source,
        events.feedback_id as reference_id,
        events.event_type,
        events.event_at,
        events.event_at as over_at,
        events.customer_id,
        'public' as channel,
        events.direction,
        events.platform as outcome,
        coalesce(events.brand, 'unknown') as brand,
        case
            when events.event_type = 'feedback_posted' and events.rating is not null then 'rating'
        end as instrument,
        case when events.event_type = 'feedback_posted' then events.rating end as score,
        case
            when
                events.event_type = 'feedback_posted'
                and events.rating between 0 and events.rating_max
                and events.rating_max > 0
                then {{ score_polarity("events") }}
        end as sentiment
    from events
    cross join {{ ref("int_run_observed") }} as run
    where events.event_at <= run.as_of
)

select * from final
