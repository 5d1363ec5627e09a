-- What a person did after a journey began, as long as outcomes are awaited or until the next
-- journey: bought again, asked to cancel, left.
with events as (
    select
        *,
        case
            when event_type = 'subscription_cancel_requested' then reference_id
        end as cancel_event_id
    from {{ ref("customer_events") }}
    where
        follows_journey_id is not null
        and {{ of_changed_journeys("follows_journey_id") }}
        and not is_excluded
        and event_type in ('order_placed', 'subscription_cancel_requested', 'subscription_ended')
),

episodes as (
    select
        asked.event_id,
        episodes.is_saved
    from {{ ref("int_cancel_events_grouped") }} as asked
    inner join {{ ref("cancel_episodes") }} as episodes
        on asked.cancel_episode_id = episodes.cancel_episode_id
),

final as (
    select
        events.follows_journey_id as journey_id,
        -- an automatic renewal is no decision to buy
        min(
            case
                when events.event_type = 'order_placed' and events.outcome = 'paid'
                    then events.event_at
            end
        ) as repurchased_at,
        sum(
            case
                when events.event_type = 'order_placed' and events.outcome = 'paid'
                    then events.value_eur
            end
        ) as repurchased_eur,
        min(
            case
                when events.event_type = 'subscription_cancel_requested' then events.event_at
            end
        ) as cancel_requested_at,
        coalesce(bool_or(episodes.is_saved), false) as is_saved,
        min(case when events.event_type = 'subscription_ended' then events.event_at end)
            as subscription_ended_at
    from events
    left join episodes
        on events.cancel_event_id = episodes.event_id
    group by 1
)

select * from final
