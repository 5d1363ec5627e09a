-- Staff with its versions, and what it learns.

create or replace table staff as
select agent_id, k, team, site, role, support_level, provider, hired_on, left_on from agents
union all
select agent_id, k, team, site, role, support_level, provider, hired_on, left_on from other_staff;

create or replace table out_agents as
with versions as (
    select *, 1 as version, null::date as known_left_on, hired_on::timestamp as updated_at from staff
    union all
    select s.* replace (m.team as team), 2, null, m.moved_on::timestamp
    from agent_moves as m
    inner join staff as s on m.agent_id = s.agent_id
    union all
    select s.* replace (coalesce(m.team, s.team) as team), 3, s.left_on, (s.left_on - 3)::timestamp
    from staff as s
    left join agent_moves as m on s.agent_id = m.agent_id
    where s.left_on is not null
)
select
    agent_id,
    team,
    site,
    role,
    support_level,
    provider,
    hired_on,
    known_left_on as left_on,
    updated_at + interval 8 hour as updated_at,
    branch(k, version) as _k
from versions
order by updated_at, agent_id;

create or replace table out_certifications as
with rounds as (
    select *, unnest(range(6)) as i, left_on as gone_on from staff where role in ('agent', 'manager')
),
-- Certified after a month, and again a month before each expiry: now and then too late.
dated as (
    select
        *,
        branch(k, 300 + i) as ck,
        hired_on + 24 + (i * 700)::int
            + if(i > 0 and u(branch(k, 300 + i), 'late') < 0.08, 75, 0)::int as certified_on
    from rounds
)
select
    'CE' || agent_id[2:] || '-' || i as certification_id,
    agent_id,
    role,
    certified_on,
    certified_on + 730 as expires_on,
    ck as _k
from dated
where certified_on < getvariable('end_date') and (gone_on is null or certified_on < gone_on)
order by certified_on, agent_id;

create or replace table out_required_skills as
select role, skill, level, hash_text(role || skill) as _k
from (values
    ('agent', 'billing', 2), ('agent', 'delivery', 2), ('agent', 'technical', 2),
    ('agent', 'written_expression', 2), ('agent', 'listening', 3),
    ('manager', 'coaching', 3), ('manager', 'planning', 2), ('manager', 'listening', 3)
) as t (role, skill, level)
order by role, skill;

create or replace table out_skill_assessments as
with rounds as (
    select s.*, r.skill, r.level as required, unnest(range(14)) as i
    from staff as s
    inner join out_required_skills as r on s.role = r.role
),
dated as (
    select
        *,
        hired_on + 20 + (i * 190)::int as assessed_on,
        branch(k, hash_text(skill) % 9973 * 20 + i) as ak
    from rounds
)
select
    'SA' || agent_id[2:] || '-' || skill[1:3] || i as assessment_id,
    agent_id,
    skill,
    -- Each assessment finds a few more who are up to it.
    (required + case when u(ak, 'level') < 0.10 / (1 + 0.4 * i) then -1
        when u(ak, 'level') < 0.75 then 0 else 1 end)::int as level,
    assessed_on,
    u(ak, 'validated') < 0.97 as is_validated,
    ak as _k
from dated
where assessed_on < getvariable('end_date') and (left_on is null or assessed_on < left_on)
    and assessed_on >= getvariable('start_date') - 400
order by assessed_on, agent_id, skill;

create or replace table out_trainings as
with courses as (
    select agent_id, 0 as course, branch(k, 400) as tk, 'initial' as training_type, hired_on + 21 as ended_on, left_on
    from staff
    where role = 'agent' and hired_on >= getvariable('start_date') - 30
    union all
    select
        agent_id, 1 + i, branch(k, 410 + i), 'continuous',
        getvariable('start_date') + (i * 120 + floor(u(branch(k, 410 + i), 'day') * 100))::int, left_on
    from staff, unnest(range(greatest(1, getvariable('months') // 4))) as r (i)
    where role = 'agent'
        and hired_on < getvariable('start_date') + (i * 120)::int
)
select
    'TR' || agent_id[2:] || '-' || course as training_id,
    agent_id,
    training_type,
    ended_on,
    u(tk, 'completed') < 0.97 as is_completed,
    -- what the last weeks taught is not validated yet
    case when validated_on < getvariable('end_date') then validated_on end as validated_on,
    tk as _k
from (
    select
        *,
        case when u(tk, 'completed') < 0.97 and u(tk, 'validated') < 0.95 then
            ended_on + 3 + floor(pow(u(tk, 'validated_after'), 2) * 32)::int
        end as validated_on
    from courses
)
where ended_on < getvariable('end_date') - 1 and (left_on is null or ended_on < left_on)
order by ended_on, agent_id, tk;

create or replace table out_quality_evaluations as
select
    'Q' || lpad(contact_no::varchar, 9, '0') as evaluation_id,
    agent_id,
    contact_id,
    null::varchar as ticket_id,
    day + 1 + floor(u(k, 'evaluated_after') * 6)::int as evaluated_on,
    clamp(round(86 + 8 * normal(u(k, 'score')), 1), 30, 100)::decimal(18, 1) as score,
    u(k, 'critical') < 0.035 as has_critical_error,
    is_written,
    if(is_written, poisson(u(k, 'errors'), 0.038), null) as error_count,
    u(k, 'calibration') < 0.04 as is_calibration,
    k as _k
from evaluations
-- the feed has stopped since
where day + 7 < getvariable('evaluations_until')
order by contact_no;

create or replace table out_improvement_proposals as
with chances as (
    select s.*, m.first_day, branch(s.k, 500 + m.month_no) as pk
    from staff as s
    inner join months as m on s.hired_on < m.first_day and (s.left_on is null or s.left_on > m.last_day)
)
select
    'IP' || agent_id[2:] || '-' || strftime(first_day, '%y%m') as proposal_id,
    case when u(pk, 'anonymous') >= 0.1 then agent_id end as agent_id,
    first_day + floor(u(pk, 'day') * 27)::int as proposed_on,
    case when u(pk, 'adopted') < 0.35
        and first_day + 40 + floor(u(pk, 'adopted_after') * 60)::int < getvariable('end_date')
        then first_day + 40 + floor(u(pk, 'adopted_after') * 60)::int end as adopted_on,
    pk as _k
from chances
where u(pk, 'proposes') < 0.026
order by proposed_on, agent_id nulls last, pk;
