-- Why customers of one range get in touch, month by month: the first intent of every chain.
-- A chain is one root and what follows from it; `id` is root_id * 8 + depth.

create or replace temp table intents as
with customer_months as (
    select
        c.customer_no,
        c.brand,
        c.created_at,
        m.month_no,
        m.last_day,
        branch(c.k, m.month_no) as km,
        c.contact_rate * m.season as rate
    from customers as c
    inner join months as m on c.created_at < m.last_day + 1
    where c.customer_no between getvariable('customer_from') and getvariable('customer_to')
        and not c.is_alias
),
wishes as (
    select *, 'root' as origin, unnest(range(poisson(u(km, 'roots'), rate))) as i
    from customer_months
    union all
    -- The surge: one brand's outages in the last six weeks.
    select *, 'surge', 8 + unnest(range(poisson(u(km, 'surge'), getvariable('surge_rate'))))
    from customer_months
    where brand = getvariable('surge_brand') and last_day >= getvariable('surge_from')
    union all
    -- Calls that the company makes on its own initiative.
    select *, 'outbound', 16 + unnest(range(poisson(u(km, 'outbound'), 0.02)))
    from customer_months
),
drawn as (
    select
        *,
        customer_no * 4096 + month_no * 32 + i as root_id,
        branch(km, i) as k
    from wishes
),
described as (
    select
        *,
        case
            when origin = 'surge' then 'technical_outage'
            when origin = 'outbound' then 'product_information'
            else pick('reason_slots', u(k, 'reason'))
        end as reason,
        getvariable('day_slots')[1 + month_no * 400 + floor(u(k, 'day') * 400)::int] as day
    from drawn
),
routed as (
    select
        *,
        case
            when origin = 'outbound' then 'phone'
            when reason = 'delivery_delay' and u(k, 'asks_chat') < 0.3 then 'chat'
            when reason in ('complaint', 'data_privacy') and u(k, 'writes') < 0.5 then 'email'
            else pick('channel_slots', u(k, 'channel'))
        end as channel
    from described
),
timed as (
    select
        *,
        day + to_minutes(
            case
                when channel in ('phone', 'chat', 'video') then pick('live_minutes', u(k, 'minute'))
                else pick('any_minutes', u(k, 'minute'))
            end
        ) + seconds(u(k, 'second') * 900) as local_at
    from routed
)
select
    root_id * 8 as id,
    root_id,
    0 as depth,
    null::bigint as prev_id,
    customer_no,
    k,
    origin,
    reason,
    channel,
    local_at,
    local_at as root_local_at
from timed
where local_at > created_at + interval 1 hour
    and (origin <> 'surge' or day >= getvariable('surge_from'));
