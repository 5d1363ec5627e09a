-- Who leaves: a subscription's monthly chance rises with what its customer experienced the month before.

create or replace temp table churn_grid as
with experienced as (
    select
        customer_no,
        datediff('month', getvariable('start_date'), paris(queue_at)::date) as month_no,
        count(*) filter (where disposition in ('answered', 'abandoned')) as contacts,
        bool_or(satisfaction < -0.5) as was_unhappy
    from drafts
    where direction_is_inbound and not is_internal and not is_test and not is_spam
    group by all
),
exposed as (
    select
        s.customer_no,
        s.k,
        s.billing_interval,
        s.started_at,
        m.month_no,
        m.first_day,
        branch(s.k, 5000 + m.month_no) as km,
        coalesce(l.contacts, 0) >= 3 as had_many_contacts,
        coalesce(l.was_unhappy, false) as was_unhappy,
        u(branch(s.k, 5000 + m.month_no - 1), 'payment_fails') < 0.013 as payment_failed
    from subscriptions as s
    inner join months as m on m.first_day > s.started_at
    left join experienced as l on s.customer_no = l.customer_no and l.month_no = m.month_no - 1
    where s.customer_no between getvariable('customer_from') and getvariable('customer_to')
        and not s.trial_fails
)
select
    *,
    case billing_interval when 'year' then 0.55 else 1.05 end
        * if(had_many_contacts, getvariable('churn_many_contacts'), 1)
        * if(was_unhappy, getvariable('churn_unhappy'), 1)
        * if(payment_failed, getvariable('churn_payment_failed'), 1) as multiplier
from exposed;

create or replace temp table cancel_intents_chunk as
with wished as (
    select
        g.customer_no,
        g.km as k,
        g.month_no,
        g.billing_interval,
        c.is_holdout,
        case
            when u(g.km, 'leaves') < 0.0110 * g.multiplier then 'service'
            when u(g.km, 'leaves') < 0.0150 * g.multiplier then 'self_service'
            when g.payment_failed and u(g.km, 'is_cut_off') < getvariable('churn_cut_off') then 'payment_failure'
        end as mode
    from churn_grid as g
    inner join customers as c on g.customer_no = c.customer_no
),
timed as (
    select
        *,
        getvariable('day_slots')[1 + month_no * 400 + floor(u(k, 'cancel_day') * 400)::int]
            + to_minutes(pick('live_minutes', u(k, 'cancel_minute'))) as local_at,
        mode = 'service' and u(k, 'stays') < if(is_holdout, 0.20, 0.52) as is_kept
    from wished
    where mode is not null
),
ended as (
    select
        *,
        is_kept and u(k, 'relapses') < 0.17 as relapses,
        case
            when not is_kept then local_at::date + 4 + floor(u(k, 'term') * 26)::int
            when u(k, 'relapses') < 0.17 then local_at::date + 36 + floor(u(k, 'term') * 48)::int
        end as ends_on
    from timed
),
ordered as (
    select
        *,
        min(ends_on) over (
            partition by customer_no order by local_at
            rows between unbounded preceding and 1 preceding
        ) as ended_before
    from ended
)
-- Requests after the end are void; two requests within forty days are one.
select
    * exclude (ended_before)
from ordered
where ended_before is null or local_at::date < ended_before
qualify local_at::date - coalesce(
    lag(local_at::date) over (partition by customer_no order by local_at), date '1900-01-01'
) > 40;

create or replace temp table ends_chunk as
select customer_no, min(ends_on) as ends_on, arg_min(month_no, ends_on) as month_no
from cancel_intents_chunk
where ends_on is not null
group by customer_no;

insert into cancel_intents select * from cancel_intents_chunk order by customer_no, month_no;

-- The true lifts: subscription-months by what preceded them, and how many of them decided to leave.
insert into churn_exposures
select
    g.had_many_contacts,
    g.was_unhappy,
    g.payment_failed,
    count(*) as subscription_months,
    count(e.customer_no) as departures
from churn_grid as g
left join ends_chunk as a on g.customer_no = a.customer_no
left join ends_chunk as e on g.customer_no = e.customer_no and g.month_no = e.month_no
where a.month_no is null or g.month_no <= a.month_no
group by all;

-- Those who left have little to ask any more.
delete from drafts
using ends_chunk as e
where drafts.customer_no = e.customer_no
    and drafts.root_local_at::date > e.ends_on
    and u(entity(drafts.root_id, 'former'), 'still_asks') > 0.1;

-- The requests made to the service become contacts of their own.
create or replace temp table intents as
select
    (customer_no * 4096 + month_no * 32 + 31) * 8 as id,
    customer_no * 4096 + month_no * 32 + 31 as root_id,
    0 as depth,
    null::bigint as prev_id,
    customer_no,
    branch(k, 31) as k,
    'cancel' as origin,
    'cancellation_request' as reason,
    case when u(k, 'cancel_channel') < 0.8 then 'phone' else 'chat' end as channel,
    local_at,
    local_at as root_local_at
from cancel_intents_chunk
where mode = 'service';
