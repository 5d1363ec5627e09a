-- Invoices of one span, by the subscription's own rhythm, and credit notes on some of them.

create or replace temp table out_documents as
with months_of_span as (
    select * from months
    where first_day >= getvariable('span_from') and first_day < getvariable('span_to')
),
due as (
    select
        s.*,
        m.month_no,
        m.first_day + (least(day(paris(s.started_at)), 24) - 1 + w.i * 7)::int as issued_on
    from subscription_lives as s
    cross join months_of_span as m,
        unnest(range(if(s.billing_interval = 'week', 4, 1))) as w (i)
    where case s.billing_interval
        when 'quarter' then (datediff('month', paris(s.started_at)::date, m.first_day) + 1200) % 3 = 0
        when 'year' then (datediff('month', paris(s.started_at)::date, m.first_day) + 1200) % 12 = 0
        else true
    end
),
invoices as (
    select
        *,
        branch(branch(k, 30000 + month_no), issued_on - date '2015-01-01') as dk,
        round(if(changed_on <= issued_on, changed_amount, amount), 2)::decimal(18, 2) as net_amount
    from due
    where issued_on >= paid_from and issued_on < ended_on and issued_on < getvariable('end_date')
        and not (issued_on >= coalesce(paused_on, date '9999-01-01') and issued_on < resumed_on)
),
documents as (
    select
        customer_no, customer_id, 'invoice' as document_type, issued_on, net_amount, currency,
        not (payment_fails_in(k, month_no) or u(dk, 'unpaid') < 0.004) as is_paid, dk
    from invoices
    union all
    select
        customer_no, customer_id, 'credit_note',
        issued_on + 3 + floor(u(dk, 'credit_day') * 20)::int as credited_on,
        round(net_amount * (0.2 + 0.8 * u(dk, 'credit_part')), 2)::decimal(18, 2), currency, null,
        branch(dk, 1)
    from invoices
    where u(dk, 'credited') < 0.014 and credited_on < getvariable('end_date')
)
select
    'D' || strftime(issued_on, '%y%m') || lpad(
        (getvariable('document_base') + row_number() over (order by issued_on, customer_no, dk))::varchar,
        9, '0'
    ) as document_id,
    customer_id,
    document_type,
    issued_on,
    net_amount,
    if(currency = 'EUR', null, currency) as currency,
    is_paid,
    dk as _k
from documents
order by issued_on, customer_no, dk;
