-- What agents did, interval by interval: contacts (overlapping legs are one interval), the time
-- available before each, a break, and some days a meeting or a training in the longest pauses.

create or replace temp table out_agent_activity as
with legs_of_span as (
    select day, agent_no, agent_id, contact_id, started_at, ended_at, wrap from legs_chunk
    union all
    select * from later_legs where day >= getvariable('span_from')
),
worked as (
    select day, agent_no, agent_id, contact_id, started_at, ended_at + seconds(wrap) as ended_at
    from legs_of_span
    where day < getvariable('span_to')
),
marked as (
    select
        *,
        max(ended_at) over (
            partition by agent_no, day order by started_at, ended_at, contact_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until
    from worked
),
grouped as (
    select
        *,
        sum((busy_until is null or started_at > busy_until)::int) over (
            partition by agent_no, day order by started_at, ended_at, contact_id
        ) as block
    from marked
),
blocks as (
    select
        day,
        agent_no,
        agent_id,
        block,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        case when count(*) = 1 then min(contact_id) end as contact_id
    from grouped
    group by day, agent_no, agent_id, block
),
spaced as (
    select
        *,
        entity(agent_no * 100000 + (day - date '2015-01-01'), 'agent_day') as dk,
        lag(ended_at) over (partition by agent_no, day order by block) as free_from
    from blocks
),
paced as (
    select
        *,
        -- Time on call is a quarter of the time in contact; what is left is back-office work.
        least(
            floor(epoch(ended_at - started_at) * 0.27 * (0.5 + u(branch(dk, block), 'pace'))) + 5,
            coalesce(epoch(started_at - free_from), 600)
        ) as waiting,
        epoch(started_at - free_from) as pause,
        row_number() over (
            partition by agent_no, day order by epoch(started_at - free_from) desc nulls last, block
        ) as pause_rank
    from spaced
),
intervals as (
    select day, agent_no, agent_id, block, 2 as part, 'contact' as state, started_at, ended_at, contact_id
    from paced
    union all
    select day, agent_no, agent_id, block, 1, 'available', started_at - seconds(waiting), started_at, null
    from paced
    where waiting >= 1
    union all
    select
        day, agent_no, agent_id, block, 0,
        case
            when pause_rank = 1 then 'break'
            when u(dk, 'second_pause') < 0.12 then 'training'
            when u(dk, 'second_pause') < 0.4 then 'meeting'
            else 'offline'
        end,
        free_from,
        free_from + seconds(least(pause - waiting, if(pause_rank = 1, 2700, 3600))),
        null
    from paced
    where pause_rank <= 2 and pause - waiting >= 600
)
select
    'V' || agent_id || '-' || strftime(day, '%y%m%d') || '-' || block || part as activity_id,
    agent_id,
    state,
    started_at,
    ended_at,
    contact_id,
    entity(agent_no * 100000 + block * 10 + part + (day - date '2015-01-01') * 7, 'activity') as _k
from intervals
order by started_at, agent_no, part;
