-- Customers with their versions, other identifiers, merges, and the rest of the billing tables.

create or replace table out_customers as
with lives as (
    select customer_no, max(ended_on) as ended_on from subscription_lives group by customer_no
),
states as (
    select c.*, l.ended_on,
        case when l.ended_on < getvariable('end_date') then from_paris(l.ended_on + interval 12 hour) end
            as left_at,
        c.created_at + to_days(60 + floor(u(c.k, 'moves_up_day') * 500)::int) as moved_at,
        u(c.k, 'moves_up') < 0.03 as moves_up
    from customers as c
    left join lives as l on c.customer_no = l.customer_no
    where c.created_at < getvariable('end_at')
),
versions as (
    select *, 1 as version, segment as segment_now, null::timestamp as closed_at, created_at as updated_at
    from states
    union all
    select *, 2, if(segment = 'premium', 'residential', 'premium'), null, moved_at
    from states
    where moves_up and moved_at < coalesce(left_at, getvariable('end_at'))
    union all
    select *, 3,
        if(moves_up and moved_at < left_at, if(segment = 'premium', 'residential', 'premium'), segment),
        left_at, left_at
    from states
    where left_at is not null
)
select
    customer_id,
    email,
    case when phone is not null then phone_text(phone, u(k, 'written')) end as phone,
    segment_now as segment,
    country,
    brand,
    created_at,
    closed_at,
    is_test,
    is_staff,
    is_scoring_opt_out,
    updated_at,
    branch(k, version) as _k
from versions
order by updated_at, customer_no, version;

create or replace table out_customer_refs as
with known as (
    select *, 1 as seq, 'account' as ref_type, account as ref_value from customers
    union all
    select *, 2, 'handle', handle from customers where handle is not null
    union all
    select *, 3, 'email', second_email from customers where second_email is not null
    union all
    select *, 4, 'phone', second_phone from customers where second_phone is not null
)
select
    ref_type,
    ref_value,
    customer_id,
    created_at as valid_from,
    null::timestamp as valid_to,
    branch(k, seq) as _k
from known
where created_at < getvariable('end_at')
order by customer_no, seq;

create or replace table out_customer_merges as
select
    a.customer_id as merged_customer_id,
    b.customer_id as survivor_customer_id,
    m.merged_at,
    m.k as _k
from aliases as m
inner join customers as a on m.customer_no = a.customer_no
inner join customers as b on m.survivor_no = b.customer_no
where m.merged_at > a.created_at and m.merged_at > b.created_at
order by m.merged_at, a.customer_id;

create or replace table out_exchange_rates as
with quoted as (
    select d.day, c.currency, c.level, c.phase, entity((d.day - date '2015-01-01') * 10 + c.phase, 'rate') as k
    from days as d
    cross join (values ('CHF', 0.945, 1), ('GBP', 0.856, 2), ('USD', 1.095, 3)) as c (currency, level, phase)
    where d.weekday <= 5 and not (month(d.day) = 1 and day(d.day) = 1)
        and not (month(d.day) = 5 and day(d.day) = 1) and not (month(d.day) = 12 and day(d.day) in (25, 26))
        and d.day < getvariable('end_date') and d.day >= getvariable('start_date') - 15
)
select
    day as rate_date,
    currency,
    round(
        level * (
            1 + 0.02 * sin((day - date '2015-01-01') / 97.0 + phase) + 0.003 * normal(u(k, 'quote'))
        ), 4
    )::decimal(18, 4) as units_per_eur,
    k as _k
from quoted
order by day, currency;

create or replace table out_service_costs as
with volumes as (
    select
        m.month_no,
        m.first_day as cost_month,
        c.channel,
        count(*) as contacts
    from contacts_all as c
    inner join months as m on m.first_day = date_trunc('month', paris(c.queue_at))
    where c.disposition = 'answered'
    group by all
),
steady as (
    -- Staff is paid by the usual volume, in part by the month's.
    select *, 0.6 * avg(contacts) over (partition by channel) + 0.4 * contacts as paid_contacts
    from volumes
),
labour as (
    select cost_month, channel, 'labour' as cost_type, paid_contacts * case channel
        when 'phone' then 4.4 when 'chat' then 3.2 when 'video' then 6.2 when 'email' then 3.6
        when 'form' then 3.4 when 'social' then 2.3 else 1.7 end as amount
    from steady
),
telecom as (
    select cost_month, channel, 'telecom', contacts * 0.31
    from steady
    where channel in ('phone', 'sms', 'video')
),
shared as (
    select cost_month, null as channel, t.cost_type, sum(paid_contacts) * t.rate + t.fixed
    from steady
    cross join (values ('premises', 0.42, 900.0), ('licences', 0.28, 600.0), ('management', 0.55, 800.0))
        as t (cost_type, rate, fixed)
    group by cost_month, t.cost_type, t.rate, t.fixed
),
costs as (
    select *, entity(hash_text(cost_month || coalesce(channel, '') || cost_type), 'cost') as k
    from (from labour union all from telecom union all from shared)
)
select
    cost_month,
    channel,
    cost_type,
    round(amount * (1 + 0.01 * normal(u(k, 'level'))), 2)::decimal(18, 2) as amount_eur,
    k as _k
from costs
order by cost_month, channel nulls first, cost_type;
