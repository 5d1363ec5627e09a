-- Orders of one span: spontaneous ones by customer and month, and those that a contact led to.

create or replace temp table out_orders as
with months_of_span as (
    select * from months
    where first_day >= getvariable('span_from') and first_day < getvariable('span_to')
),
active as (
    select
        c.*,
        m.month_no,
        e.ends_on,
        branch(c.k, 20000 + m.month_no) as km,
        0.24 + 0.05 * clamp(c.opinion, -2, 2) as rate
    from customers as c
    inner join months_of_span as m on c.created_at < m.last_day
    left join subscription_ends as e on c.customer_no = e.customer_no
    where not c.is_alias
),
counted as (
    select *, u(km, 'orders') as p from active
),
spontaneous as (
    select
        c.customer_no,
        c.customer_id,
        c.currency,
        c.created_at,
        c.is_test,
        branch(c.km, i) as k,
        c.month_no,
        c.ends_on
    from counted as c, unnest(range(poisson(c.p, c.rate))) as t (i)
),
dated as (
    select
        customer_no, customer_id, currency, is_test, k, null as contact_id,
        from_paris(
            getvariable('day_slots')[1 + month_no * 400 + floor(u(k, 'day') * 400)::int]
            + to_minutes(pick('any_minutes', u(k, 'minute')))
        ) + seconds(u(k, 'second') * 900) as ordered_at
    from spontaneous
    where created_at < getvariable('end_at')
        and (
            ends_on is null or u(k, 'former') < 0.3
            or getvariable('day_slots')[1 + month_no * 400 + floor(u(k, 'day') * 400)::int] < ends_on
        )
    union all
    select
        c.customer_no, d.customer_id, d.currency, c.is_test, branch(c.k, 88), c.contact_id,
        c.ended_at + seconds(60 + u(c.k, 'order_after') * 3000)
    from contacts_chunk as c
    inner join customers as d on c.customer_no = d.customer_no
    where c.disposition = 'answered' and c.direction_is_inbound and c.is_known and c.ticket <> 'ticket_only'
        and c.reason in ('product_information', 'order_placement', 'contract_change')
        and u(c.k, 'sells') < if(c.reason = 'order_placement', 0.6, 0.1)
),
priced as (
    select
        *,
        round(lognormal(u(k, 'amount'), 3.95, 0.65)
            * case currency when 'CHF' then 0.95 when 'GBP' then 0.86 when 'USD' then 1.1 else 1 end, 2
        )::decimal(18, 2) as net_amount,
        case
            when u(k, 'status') < 0.02 then 'cancelled'
            when u(k, 'status') < 0.055 then 'refunded'
            else 'paid'
        end as status,
        ordered_at + to_days(4 + floor(u(k, 'refund_day') * 25)::int) as refund_at
    from dated
    where ordered_at < getvariable('end_at')
),
refunds as (
    select * replace (
        case when status = 'refunded' and refund_at >= getvariable('end_at') then 'paid' else status end
            as status
    )
    from priced
)
select
    'O' || strftime(paris(ordered_at), '%y%m') || lpad(
        (getvariable('order_base') + row_number() over (order by ordered_at, customer_no, k))::varchar, 9, '0'
    ) as order_id,
    customer_id,
    ordered_at,
    net_amount,
    if(currency = 'EUR' and u(k, 'no_currency') < 0.5, null, currency) as currency,
    status,
    case when status = 'refunded' then
        if(u(k, 'partial') < 0.4, round(net_amount * 0.5, 2), net_amount)::decimal(18, 2)
    end as refunded_amount,
    case when status = 'refunded' then refund_at end as refunded_at,
    contact_id is null and u(k, 'automatic') < 0.12 as is_automatic,
    contact_id,
    is_test or u(k, 'is_test') < 0.001 as is_test,
    greatest(ordered_at, if(status = 'refunded', refund_at, ordered_at)) + interval 1 minute as updated_at,
    k as _k
from refunds
order by ordered_at, customer_no, k;
