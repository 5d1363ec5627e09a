-- Tickets that are solved now, on the day of their last solve: how long they took, and how many of
-- them one reply.
with recorded as (
    select bool_or(public_reply_count > 0) as has_replies
    from {{ ref("tickets") }}
),

solved as (
    select
        *,
        cast(full_resolution_elapsed_seconds as double) as seconds
    from {{ ref("int_tickets_resolved") }}
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        brand,
        count(*) as tickets_solved,
        cast(sum(full_resolution_elapsed_seconds) as decimal(38, 4)) as resolution_seconds,
        sum(seconds * seconds) as resolution_seconds_squared,
        -- a source that records no reply at all says nothing of how many there were
        case when bool_and(recorded.has_replies) then count(case when is_one_touch then 1 end) end
            as tickets_one_touch
    from solved
    cross join recorded
    group by 1, 2, 3, 4, 5
)

select * from final
