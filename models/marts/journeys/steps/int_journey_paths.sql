-- The channels that a person came through, in order; staying on a channel is one stop.
with visits as (
    select
        journey_id,
        event_at,
        event_id,
        channel,
        lag(channel) over (partition by journey_id order by event_at, event_id) as previous_channel
    from {{ ref("customer_events") }}
    where
        direction = 'inbound'
        and event_type in ('contact', 'ticket_created')
        and {{ of_changed_journeys("journey_id") }}
),

final as (
    select
        journey_id,
        {{ text_in_order("channel", " > ", "event_at, event_id") }} as channel_path,
        count(*) as channel_stop_count
    from visits
    where previous_channel is distinct from channel
    group by 1
)

select * from final
