-- The channels that a person came through, in order; staying on a channel is one stop.
with visits as (
    select
        journey_id,
        channel,
        row_number() over journey as visit_number,
        lag(channel) over journey as previous_channel
    from {{ ref("customer_events") }}
    where
        direction = 'inbound'
        and event_type in ('contact', 'ticket_created')
        and {{ of_changed_journeys("journey_id") }}
    window journey as (partition by journey_id order by event_at, event_id)
),

final as (
    select
        journey_id,
        {{ text_in_order("channel", " > ", "visit_number") }} as channel_path,
        count(*) as channel_stop_count
    from visits
    where previous_channel is distinct from channel
    group by 1
)

select * from final
