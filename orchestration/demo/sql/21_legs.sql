-- Who handled what: agent legs, dealt in turn to the agents of the team who are on duty.

create or replace temp table legs_chunk as
with handled as (
    select
        *,
        talk * 0.8 as second_talk,
        case
            when is_live then answered_at
            else greatest(
                queue_at,
                answered_at - seconds(talk + hold + if(is_transferred, 20 + talk * 0.8, 0))
            )
        end as started_at
    from contacts_chunk
    where disposition = 'answered' and ticket <> 'ticket_only'
),
legs as (
    select
        contact_no, contact_id, k, 1 as seq, team,
        case
            when origin = 'callback' then 'callback'
            when u(k, 'entry') < 0.8 then 'queue'
        end as entry_type,
        started_at,
        started_at + seconds(talk + hold) as ended_at,
        talk, hold, wrap
    from handled
    union all
    select
        contact_no, contact_id, k, 2,
        case
            when is_escalated then 'expert_paris'
            when team = 'front_lille_a' then 'front_lille_b'
            when team = 'front_lille_b' then 'front_lille_a'
            when team = 'digital_paris' then 'backoffice_lille'
            else 'digital_paris'
        end,
        case
            when is_escalated and u(k, 'entry_2') < 0.6 then 'escalation'
            when u(k, 'entry_2') < 0.9 then 'transfer'
        end,
        started_at + seconds(talk + hold) + seconds(8),
        started_at + seconds(talk + hold) + seconds(8) + seconds(second_talk),
        floor(second_talk), 0, floor(10 + exponential(u(k, 'wrap_2'), 40))
    from handled
    where is_transferred
    union all
    select
        contact_no, contact_id, k, 3, team, 'consult',
        started_at + seconds(talk * 0.4),
        started_at + seconds(talk * 0.7),
        floor(talk * 0.3), 0, 0
    from handled
    where has_consult
),
placed as (
    select
        *,
        paris(started_at)::date as day,
        case
            when hour(paris(started_at)) < 12 then 0
            when hour(paris(started_at)) < 16 then 1
            else 2
        end as part
    from legs
),
dealt as (
    select
        *,
        row_number() over (partition by day, team, part order by started_at, contact_no, seq) as turn
    from placed
),
sized as (
    select day, team, part, any_value(places) as places from duty group by all
),
-- Materialized, so that the place is a key of the next join rather than a filter after it.
seated as materialized (
    select l.*, (l.turn % s.places)::bigint as place
    from dealt as l
    inner join sized as s on l.day = s.day and l.team = s.team and l.part = s.part
)
select
    l.* exclude (turn, part, place),
    a.agent_no,
    a.agent_id,
    a.support_level
from seated as l
inner join duty as d
    on l.day = d.day and l.team = d.team and l.part = d.part and l.place = d.place
inner join agents as a on d.agent_no = a.agent_no
order by l.contact_no, l.seq;

create or replace temp view out_contact_legs as
select
    contact_id || '-' || seq as leg_id,
    contact_id,
    agent_id,
    case when u(k, 'no_level') >= 0.03 then support_level end as support_level,
    entry_type,
    started_at,
    ended_at,
    -- Three legs in a thousand lost their talk time: a defect to be counted, not a zero.
    case when u(k, 'no_talk') >= 0.003 then talk end::decimal(18, 1) as talk_seconds,
    case when hold > 0 or u(k, 'no_hold') >= 0.5 then hold end::decimal(18, 1) as hold_seconds,
    wrap::decimal(18, 1) as wrap_seconds,
    branch(k, seq) as _k
from legs_chunk;

insert into later_legs
select day, agent_no, agent_id, contact_id, started_at, ended_at, wrap
from legs_chunk
where day >= getvariable('span_to');

-- About four exchanges an agent and month are evaluated.
insert into evaluations
select l.agent_id, l.contact_no, l.contact_id, not c.is_live, l.day, l.k
from legs_chunk as l
inner join contacts_chunk as c on l.contact_no = c.contact_no
where l.seq = 1 and u(l.k, 'evaluated') < getvariable('evaluation_rate');
