-- billing.documents: what the customer was charged and refunded over the whole tenure.
--
-- Total Revenue = Total Charges + Total Extra Data Charges + Total Long Distance Charges
-- - Total Refunds, on every row: one invoice carries the charges, one credit note the
-- refunds (where there are any). The workbooks do not say when, so both are dated on the
-- last day of the quarter: revenue per customer is then a lifetime's, not a month's.
with customers as (

    select * from shape.customers

),

documents as (

    select
        customer_id,
        'invoice' as document_type,
        total_charges + extra_data_charges + long_distance_charges as net_amount,

    from customers

    union all

    select customer_id, 'credit_note', total_refunds
    from customers
    where total_refunds > 0

),

final as (

    select
        customer_id || '-' || document_type as document_id,
        customer_id,
        document_type,
        '2025-09-30' as issued_on,
        round(net_amount, 2) as net_amount,

    from documents

)

select * from final
