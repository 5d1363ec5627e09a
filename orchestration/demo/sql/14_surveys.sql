-- Who was asked, who answered and what: one row per invitation after a contact, one per customer
-- and quarter for the barometer. Calls to unhappy customers come out of it as contacts.

create or replace temp table responses_chunk as
with invited as (
    select
        d.*,
        c.is_test as is_test_customer,
        case
            when d.ticket in ('ticket_only', 'customer') and u(d.k, 'ticket_survey') < 0.6
                or d.ticket = 'ticket_only' then 'post_ticket'
            else 'post_contact'
        end as survey_code,
        branch(d.k, 700) as sk
    from drafts as d
    inner join customers as c on d.customer_no = c.customer_no
    where d.customer_no between getvariable('customer_from') and getvariable('customer_to')
        and d.disposition = 'answered' and d.direction_is_inbound and d.is_known
        and not d.is_internal and not d.is_test and not d.is_spam and d.ticket <> 'lost'
        and u(d.k, 'invited') < 0.36
),
sent as (
    select
        *,
        ended_at + seconds(1200 + u(sk, 'sent') * 7200)
            + if(survey_code = 'post_ticket', interval 2 day, interval 0 day) as sent_at,
        u(sk, 'bounces') < 0.02 as bounces,
        -- Extremes answer more.
        u(sk, 'responds') < 0.27 + 0.06 * abs(satisfaction - 0.7) as responds,
        satisfaction + 0.25 * normal(u(sk, 'day_mood')) as felt
    from invited
),
answered as (
    select
        -- the contact was answered too: its own instant is not that of the survey
        * exclude (answered_at),
        case
            when u(sk, 'is_late') < 0.02 then sent_at + seconds((15 + u(sk, 'delay') * 8) * 86400)
            else sent_at + seconds(least(600 + exponential(u(sk, 'delay'), 70000), 1100000))
        end as answered_at
    from sent
)
select
    id,
    customer_no,
    sk,
    survey_code,
    channel,
    reason,
    team,
    sent_at,
    bounces,
    responds and not bounces and answered_at < getvariable('end_at') as has_answered,
    answered_at,
    case when felt > 1.05 then 5 when felt > 0 then 4 when felt > -0.45 then 3
        when felt > -0.95 then 2 else 1 end as csat,
    clamp(round(2.75 - 1.0 * (felt - 0.7) + 0.8 * normal(u(sk, 'effort'))), 1, 7)::int as effort,
    clamp(round(8.7 + 1.5 * (felt - 0.7) + 0.9 * normal(u(sk, 'nps'))), 0, 10)::int as nps,
    (u(sk, 'fcr') < case when felt > 0 then 0.86 when felt > -0.45 then 0.45 else 0.2 end)::int as fcr,
    u(sk, 'accepts') < 0.5 as accepts_contact
from answered
where sent_at < getvariable('end_at')
order by id;

create or replace temp table barometer_chunk as
with quarters as (
    select date_trunc('quarter', first_day) as quarter, min(month_no) as month_no, max(last_day) as last_day
    from months
    group by all
),
experienced as (
    select
        customer_no,
        date_trunc('quarter', paris(queue_at)) as quarter,
        avg(satisfaction) as satisfaction
    from drafts
    where satisfaction is not null
        and customer_no between getvariable('customer_from') and getvariable('customer_to')
    group by all
),
asked as (
    select
        c.customer_no,
        c.k,
        c.opinion,
        c.is_staff,
        q.quarter,
        q.month_no,
        q.last_day,
        branch(c.k, 9000 + q.month_no) as sk
    from customers as c
    inner join quarters as q on c.created_at < q.quarter
    left join ends_chunk as e on c.customer_no = e.customer_no
    where c.customer_no between getvariable('customer_from') and getvariable('customer_to')
        and not c.is_alias and not c.is_test and (e.ends_on is null or e.ends_on > q.quarter)
        and u(branch(c.k, 9000 + q.month_no), 'asked') < 0.28
),
felt as (
    select
        a.*,
        0.62 * a.opinion + 0.8 * normal(u(a.sk, 'nps')) + 0.30 * coalesce(l.satisfaction, 0.6)
            as feeling
    from asked as a
    left join experienced as l on a.customer_no = l.customer_no and a.quarter = l.quarter
),
sent as (
    select
        *,
        from_paris(quarter + to_days(4 + floor(u(sk, 'sent_day') * 82)::int) + interval 10 hour)
            + seconds(u(sk, 'sent') * 20000) as sent_at
    from felt
),
answered as (
    select
        *,
        case
            when u(sk, 'is_late') < 0.03 then sent_at + seconds((15 + u(sk, 'delay') * 8) * 86400)
            else sent_at + seconds(least(900 + exponential(u(sk, 'delay'), 130000), 1150000))
        end as answered_at
    from sent
)
select
    customer_no,
    sk,
    quarter::date as quarter,
    is_staff,
    sent_at,
    u(sk, 'bounces') < 0.025 as bounces,
    u(sk, 'responds') < 0.33 and u(sk, 'bounces') >= 0.025 and answered_at < getvariable('end_at')
        as has_answered,
    answered_at,
    case
        when feeling > 0.75 then 10 when feeling > 0.15 then 9 when feeling > -0.15 then 8
        when feeling > -0.45 then 7 when feeling > -0.8 then 6 when feeling > -1.05 then 5
        when feeling > -1.3 then 4 when feeling > -1.55 then 3 when feeling > -1.8 then 2
        when feeling > -2.1 then 1 else 0
    end as nps,
    u(sk, 'accepts') < 0.5 as accepts_contact
from answered
where sent_at < getvariable('end_at')
order by customer_no, quarter;

insert into responses from responses_chunk;
insert into barometer from barometer_chunk;

-- Nine detractors in ten who accept a call get one within two working days.
insert into drafts by name
with detractors as (
    select
        (id // 8) as root_id, customer_no, sk, answered_at, reason, team
    from responses_chunk
    where has_answered and accepts_contact and nps <= 6 and u(sk, 'is_called') < 0.89
    union all
    select customer_no * 4096 + 2500 + datediff('month', getvariable('start_date'), quarter),
        customer_no, sk, answered_at, 'account_details', 'retention_lille'
    from barometer_chunk
    where has_answered and accepts_contact and nps <= 6 and not is_staff
        and u(sk, 'is_called') < 0.89
),
called as (
    select
        r.*,
        branch(r.sk, 3) as k,
        from_paris(
            getvariable('office_days')[d.office_rank + 1] + to_minutes(545 + (u(r.sk, 'called_at') * 500)::int)
        ) + seconds(u(r.sk, 'called_at') * 59) as queue_at
    from detractors as r
    inner join days as d on paris(r.answered_at)::date = d.day
),
timed as (
    select
        *,
        queue_at + seconds(8 + u(k, 'rings') * 12) as answered_at_,
        floor(lognormal(u(k, 'talk'), 5.4, 0.6)) as talk,
        floor(10 + exponential(u(k, 'wrap'), 38)) as wrap,
        u(k, 'picks_up') < 0.93 as picks_up
    from called
)
select
    t.root_id * 8 + 7 as id,
    t.root_id,
    7 as depth,
    null::bigint as prev_id,
    t.customer_no,
    t.k,
    'recontact' as origin,
    t.reason,
    'phone' as channel,
    true as is_live,
    c.brand,
    r.queue,
    t.team,
    paris(t.queue_at) as root_local_at,
    t.queue_at,
    if(t.picks_up, t.answered_at_, null) as answered_at,
    t.answered_at_ + if(t.picks_up, seconds(t.talk), seconds(0)) as ended_at,
    floor(epoch(t.answered_at_ - t.queue_at)) as wait_seconds,
    if(t.picks_up, 'answered', 'no_answer') as disposition,
    false as direction_is_inbound,
    false as is_transferred,
    false as is_escalated,
    false as has_consult,
    t.talk,
    0 as hold,
    t.wrap,
    false as friction,
    false as after_decision,
    0.0 as repeats,
    false as is_internal,
    false as is_test,
    false as is_spam,
    'none' as ticket,
    true as is_known
from timed as t
inner join customers as c on t.customer_no = c.customer_no
inner join reasons as r on t.reason = r.reason
where t.queue_at < getvariable('end_at');


insert into contacts_all
select * from drafts where ticket <> 'lost';
