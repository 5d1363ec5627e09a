-- Contacts whose customer asked to be called back, each counted once the time for it is over. What
-- counts is a call of the company that was folded into the contact and reached the customer.
with seen as (
    select seen_until
    from {{ ref("int_source_horizons") }}
    where
        source = 'interactions'
        and table_name = 'contacts'
),

recorded as (
    select bool_or(called_back_at is not null) as has_callbacks
    from {{ ref("contacts") }}
),

asked as (
    select
        *,
        {{ add_hours("agents_queue_entered_at", parameter("callback_window_hours")) }}
            as window_ends_at
    from {{ ref("contacts") }}
    where
        is_offered
        and disposition = 'callback_requested'
),

judged as (
    select
        asked.*,
        -- by the contacts: a feed that is late has not shown that nobody called
        asked.window_ends_at <= seen.seen_until as is_mature,
        asked.called_back_at <= asked.window_ends_at as is_called_back_in_time,
        recorded.has_callbacks
    from asked
    cross join seen
    cross join recorded
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(case when is_mature then 1 end) as callbacks_asked,
        -- a source that links no callback to its request does not say that none was made
        case
            when bool_and(has_callbacks)
                then count(case when is_mature and is_called_back_in_time then 1 end)
        end as callbacks_reached_in_time,
        count(case when not is_mature then 1 end) as callbacks_pending
    from judged
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
