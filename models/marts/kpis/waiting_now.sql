-- What waits as of the run: tickets of deferred channels in the backlog, by team and over all.
with tickets as (
    select
        *,
        first_public_reply_at is null and reply_sla_status in ('pending', 'missed')
            as is_first_reply_awaited
    from {{ ref("tickets") }}
    where
        is_open
        and not is_live_channel
        and not is_spam
        and not is_test
        and not is_merged
),

counted_in as (
    select
        'team' as slice_type,
        current_team as slice_value,
        *
    from tickets
    union all
    select
        'total' as slice_type,
        'all' as slice_value,
        *
    from tickets
),

-- that nothing waits is said, too
slices as (
    select
        'total' as slice_type,
        'all' as slice_value
    union
    select
        slice_type,
        slice_value
    from counted_in
),

final as (
    select
        slices.slice_type,
        slices.slice_value,
        run.as_of as computed_at,
        count(tickets.ticket_id) as tickets_open,
        count(
            case
                when
                    tickets.age_seconds
                    > {{ parameter("backlog_aged_hours", "double") }} * 3600
                    then 1
            end
        ) as tickets_open_aged,
        count(case when tickets.is_first_reply_awaited then 1 end) as first_replies_awaited,
        count(
            case
                when tickets.is_first_reply_awaited and tickets.reply_sla_status = 'missed' then 1
            end
        ) as first_replies_overdue,
        max(tickets.age_seconds) as oldest_open_seconds,
        max(case when tickets.is_first_reply_awaited then tickets.age_seconds end)
            as oldest_awaited_seconds
    from slices
    cross join {{ ref("int_run_observed") }} as run
    left join counted_in as tickets
        on
            slices.slice_type = tickets.slice_type
            and slices.slice_value = tickets.slice_value
    group by 1, 2, 3
)

select * from final
order by slice_type desc, slice_value
