-- What entered and left the backlog on each day, and what grew old in it. The backlog of any
-- evening is the sum of all moves until then: no ticket is looked at once a day. What came by a
-- live channel waits in a queue, not in the backlog.
with run as (
    select * from {{ ref("int_run_observed") }}
),

stretches as (
    select
        intervals.*,
        {{ add_hours("intervals.created_at", parameter("backlog_aged_hours")) }} as turns_old_at
    from {{ ref("ticket_open_intervals") }} as intervals
    where
        not intervals.is_live_channel
        and not intervals.is_spam
        and not intervals.is_test
        and not intervals.is_merged
),

moves as (
    select
        channel,
        reason_group,
        team,
        brand,
        opened_at as moved_at,
        1 as opened,
        0 as aged
    from stretches
    union all
    select
        channel,
        reason_group,
        team,
        brand,
        left_at,
        -1,
        case when left_at > turns_old_at then -1 else 0 end
    from stretches
    where left_at is not null
    union all
    -- older than the limit, not as old: it turns old after that instant. One that is reopened later
    -- is old at once.
    select
        channel,
        reason_group,
        team,
        brand,
        greatest(opened_at, turns_old_at),
        0,
        1
    from stretches
    cross join run
    where
        greatest(opened_at, turns_old_at) < coalesce(left_at, run.as_of)
),

final as (
    select
        {{ business_date("moves.moved_at", "run.business_time_zone") }} as business_date,
        moves.channel,
        moves.reason_group,
        moves.team,
        moves.brand,
        sum(moves.opened) as tickets_moved,
        sum(moves.aged) as tickets_aged
    from moves
    cross join run
    group by 1, 2, 3, 4, 5
)

select * from final
