-- What waits as of the run: tickets in the backlog, by team and over all.
with tickets as (
    select
        *,
        first_public_reply_at is null and reply_sla_status in ('pending', 'missed')
            as is_first_reply_awaited
    from {{ ref("tickets") }}
    where
        is_open
        and not is_spam
        and not is_merged
),

final as (
    select
        case when grouping(current_team) = 0 then 'team' else 'total' end as slice_type,
        case when grouping(current_team) = 0 then current_team else 'all' end as slice_value,
        run.as_of as computed_at,
        count(*) as tickets_open,
        count(
            case
                when age_seconds > {{ parameter("backlog_aged_hours", "double") }} * 3600 then 1
            end
        ) as tickets_open_aged,
        count(case when is_first_reply_awaited then 1 end) as first_replies_awaited,
        count(case when is_first_reply_awaited and reply_sla_status = 'missed' then 1 end)
            as first_replies_overdue,
        max(age_seconds) as oldest_open_seconds,
        max(case when is_first_reply_awaited then age_seconds end) as oldest_awaited_seconds
    from tickets
    cross join {{ ref("int_run_observed") }} as run
    group by grouping sets ((run.as_of), (run.as_of, current_team))
)

select * from final
order by slice_type desc, slice_value
