-- Tickets of one span of time and their events. Most hang on a written contact; some stand alone
-- (no contact row refers to them), some were opened by an agent during a call.

create or replace temp table tickets_chunk as
with opened as (
    select
        *,
        branch(k, 55) as tk,
        if(ticket = 'agent', ended_at - seconds(20), queue_at) as created_at,
        u(k, 'one_touch') < 0.64 as is_one_touch,
        u(k, 'merged') < 0.02 and ticket <> 'agent' as wants_merge
    from contacts_chunk
    where ticket in ('ticket_only', 'customer', 'agent')
),
replied as (
    select
        *,
        case when ticket = 'agent' then created_at + seconds(3600 + u(tk, 'first') * 20000)
            else answered_at end as replied_at,
        case when is_one_touch then null
            else seconds(5400 + lognormal(u(tk, 'second'), 9.3, 0.7)) end as second_after
    from opened
),
solved as (
    select
        *,
        replied_at + second_after as second_reply_at,
        case
            when is_spam then null
            when u(tk, 'never') < 0.0004 then null
            else coalesce(replied_at + second_after, replied_at)
                + seconds(300 + lognormal(u(tk, 'solve'), 8.6, 1.1))
        end as solved_at,
        u(tk, 'escalated') < 0.07 as is_escalated_ticket
    from replied
),
reopened as (
    select
        *,
        case when u(tk, 'reopened') < 0.05 then
            solved_at + seconds(7200 + u(tk, 'reopened_at') * 500000) end as reopened_at
    from solved
),
targets as (
    -- A merged ticket goes into an older one of the same customer, if there is one.
    select
        *,
        case when wants_merge then lag(ticket_id) over (
            partition by customer_no order by created_at, contact_no
        ) end as merged_into
    from reopened
)
select
    * exclude (wants_merge),
    reopened_at + seconds(9000 + u(tk, 'solved_again') * 90000) as solved_again_at
from targets
order by contact_no;

create or replace temp view out_tickets as
select
    ticket_id,
    customer_ref,
    customer_ref_type,
    channel,
    case when u(tk, 'no_reason') >= 0.01 then reason end as reason,
    if(ticket = 'agent', 'backoffice_lille', team) as team,
    brand,
    case when u(tk, 'priority') < 0.12 then 'high' when u(tk, 'priority') < 0.9 then 'normal' else 'low' end
        as priority,
    created_at,
    if(ticket = 'agent', 'agent', 'customer') as created_by,
    is_spam,
    merged_into as merged_into_ticket_id,
    u(tk, 'no_reply') >= 0.01 and not is_spam as is_reply_expected,
    least(
        coalesce(reopened_at, solved_at, created_at) + interval 10 minute, getvariable('end_at')
    ) as updated_at,
    tk as _k
from tickets_chunk;

create or replace temp table ticket_moments as
select contact_no, 0 as seq, 'customer_message' as event_type, created_at as event_at
from tickets_chunk where ticket <> 'agent'
union all
select contact_no, 1, 'auto_reply', created_at + seconds(20 + u(tk, 'auto') * 60)
from tickets_chunk where ticket <> 'agent' and channel <> 'social'
union all
select contact_no, 2, 'assigned',
    created_at + seconds(
        100 + u(tk, 'assigned') * 0.5 * greatest(0, epoch(replied_at - created_at) - 300)
    )
from tickets_chunk where not is_spam
union all
select contact_no, 3, 'internal_note', replied_at - seconds(60)
from tickets_chunk where not is_spam and u(tk, 'note') < 0.3 and replied_at > created_at + interval 10 minute
union all
select contact_no, 4, 'public_reply', replied_at
from tickets_chunk where not is_spam and merged_into is null
union all
select contact_no, 5, 'escalated', replied_at + seconds(120)
from tickets_chunk where is_escalated_ticket and not is_spam and merged_into is null
union all
select contact_no, 6, 'escalation_rejected', replied_at + seconds(900)
from tickets_chunk
where is_escalated_ticket and not is_spam and merged_into is null and u(tk, 'rejected') < 0.25
union all
select contact_no, 7, 'customer_message', second_reply_at - seconds(4000)
from tickets_chunk where second_reply_at is not null and not is_spam and merged_into is null
union all
select contact_no, 8, 'public_reply', second_reply_at
from tickets_chunk where second_reply_at is not null and not is_spam and merged_into is null
union all
select contact_no, 9, 'solved', solved_at from tickets_chunk where merged_into is null
union all
select contact_no, 10, 'reopened', reopened_at from tickets_chunk where merged_into is null
union all
select contact_no, 11, 'solved', solved_again_at from tickets_chunk where merged_into is null
union all
select contact_no, 12, 'closed', coalesce(solved_again_at, solved_at) + interval 9 day
from tickets_chunk where merged_into is null;

create or replace temp table out_ticket_events as
with dated as (
    select m.*, t.tk, t.ticket_id, t.reason, t.language, t.team, t.ticket, t.customer_no
    from ticket_moments as m
    inner join tickets_chunk as t on m.contact_no = t.contact_no
    where m.event_at is not null and m.event_at < getvariable('end_at')
),
staffed as (
    select
        *,
        if(ticket = 'agent', 'backoffice_lille', team) as owner,
        event_type in ('public_reply', 'internal_note', 'assigned', 'escalated', 'solved') as by_agent,
        case when by_agent then owner end as serving_team,
        case
            when event_type = 'customer_message' and seq = 0 then 'request'
            when event_type = 'customer_message' then 'reminder'
            when event_type = 'public_reply' then 'reply'
            when event_type = 'internal_note' then 'note'
        end as kind
    from dated
),
employed as (
    select team, count(*) as places from agents
    where left_on is null and hired_on < getvariable('start_date')
    group by team
),
numbered_agents as (
    select team, agent_id, row_number() over (partition by team order by agent_no) - 1 as place
    from agents
    where left_on is null and hired_on < getvariable('start_date')
),
-- Materialized, so that places are keys of the next joins rather than filters after them.
keyed as materialized (
    select
        e.*,
        branch(e.tk, e.seq) as _k,
        floor(u(e.tk, 'agent') * p.places)::bigint as agent_place,
        n.first_text + floor(u(branch(e.tk, e.seq), 'text') * n.places)::bigint as text_no
    from staffed as e
    left join employed as p on e.serving_team = p.team
    left join verbatim_counts as n
        on e.kind = n.kind and e.reason = n.reason and e.language = n.language
)
select
    e.ticket_id || '-' || lpad(e.seq::varchar, 2, '0') as event_id,
    e.ticket_id,
    e.event_at,
    e.event_type,
    a.agent_id,
    case
        when e.event_type = 'escalated' then 'expert_paris'
        when e.by_agent then e.owner
    end as team,
    v.text,
    e._k
from keyed as e
left join numbered_agents as a on e.owner = a.team and e.agent_place = a.place
left join verbatims as v on e.text_no = v.text_no
order by e.event_at, e.contact_no, e.seq;
