-- Seats, the agents who hold them in turn, their versions, and who is on duty when.

-- Recruits begin together, in spring and in autumn: a course is given to a class, not to one person.
create or replace table intakes as
select min(day)::date as day
from generate_series(getvariable('start_date'), getvariable('end_date'), interval 1 day) as d (day)
where month(day) in (4, 10) and isodow(day) = 1
group by year(day), month(day);

create or replace table agents as
with seats as (
    select
        t.*,
        row_number() over (order by t.team, s.i) as seat,
    from teams as t, range(greatest(6, ceil(getvariable('agent_seats') * t.share))::int) as s (i)
),
stays as (
    select
        *,
        entity(seat, 'seat') as k,
        -- one seat in eight opens with the first intake: the service grows
        case when seat % 8 = 0 then (select min(day) from intakes)
            else getvariable('start_date') - (30 + u(entity(seat, 'seat'), 'seniority') * 1800)::int
        end as hired_1
    from seats
),
-- Up to three people in a row hold a seat; time in the job is about four years on average. A seat
-- stays empty until the next intake.
first_holders as (
    select
        *,
        greatest(hired_1, getvariable('start_date')) + (10 + exponential(u(k, 'stay_1'), 1500))::int
            as left_1
    from stays
),
second_holders as (
    select *, (select min(day) from intakes where day >= left_1 - 14) as hired_2 from first_holders
),
third_holders as (
    select *, hired_2 + (20 + exponential(u(k, 'stay_2'), 1500))::int as left_2 from second_holders
),
people as (
    select *, 1 as holder, hired_1 as hired_on, left_1 as left_on from third_holders
    union all
    select *, 2, hired_2, left_2 from third_holders
    union all
    select *, 3, (select min(day) from intakes where day >= left_2 - 14), null from third_holders
),
hired as (
    select * from people where hired_on < getvariable('end_date') - 20
)
select
    row_number() over (order by seat, holder) as agent_no,
    'A' || lpad((1000 + row_number() over (order by seat, holder))::varchar, 5, '0') as agent_id,
    branch(k, holder) as k,
    team,
    site,
    'agent' as role,
    support_level,
    provider,
    hired_on,
    case when left_on < getvariable('end_date') - 5 then left_on end as left_on
from hired
order by agent_no;

-- A manager for each team, and three people of the business support desk: they take no contacts.
create or replace table other_staff as
with planned as (
    select team, site, provider, 'manager' as role, row_number() over (order by team) as i
    from teams
    union all
    select 'business_support', 'paris', null, 'support', 90 + i from range(3) as r (i)
)
select
    'A' || lpad((900 + i)::varchar, 5, '0') as agent_id,
    entity(i, 'staff') as k,
    team,
    site,
    role,
    null::int as support_level,
    provider,
    getvariable('start_date') - (200 + u(entity(i, 'staff'), 'seniority') * 2500)::int as hired_on,
    null::date as left_on
from planned
order by agent_id;

-- One agent in fourteen changes team once: the two teams of the measured decision stay as they are.
create or replace table agent_moves as
select
    agent_id,
    agent_no,
    case team
        when 'digital_paris' then 'backoffice_lille'
        when 'backoffice_lille' then 'digital_paris'
        else 'retention_lille'
    end as team,
    greatest(hired_on, getvariable('start_date'))
        + (30 + u(k, 'move_day') * (getvariable('months') * 30 - 45))::int as moved_on
from agents
where team in ('digital_paris', 'backoffice_lille', 'front_antananarivo')
    and u(k, 'moves') < 0.14
    and greatest(hired_on, getvariable('start_date'))
        + (30 + u(k, 'move_day') * (getvariable('months') * 30 - 45))::int
        < coalesce(left_on - 10, getvariable('end_date'));

-- On duty: by day, team and part of the day (0: before noon, 1: noon to four, 2: after four).
create or replace table duty as
with employed as (
    select
        d.day,
        d.is_open,
        d.weekday,
        case when m.moved_on <= d.day then m.team else a.team end as team,
        a.agent_no,
        a.k
    from days as d
    inner join agents as a on d.day >= a.hired_on and (a.left_on is null or d.day <= a.left_on)
    left join agent_moves as m on a.agent_no = m.agent_no
    where d.is_open and d.day >= getvariable('start_date') - 10
),
shifts as (
    select
        *,
        u(branch(k, day - date '2015-01-01'), 'works') < case when weekday = 6 then 0.4 else 0.84 end
            as works,
        (agent_no + week(day)) % 2 as late_shift
    from employed
),
parts as (
    select *, unnest(range(3)) as part from shifts
),
marked as (
    select
        *,
        works and part between late_shift and late_shift + 1 as on_shift,
        max((works and part between late_shift and late_shift + 1)::int)
            over (partition by day, team, part) as has_any
    from parts
)
select
    day,
    team,
    part::int as part,
    row_number() over (partition by day, team, part order by agent_no) - 1 as place,
    count(*) over (partition by day, team, part) as places,
    agent_no
from marked
where on_shift or has_any = 0
order by day, team, part, place;
