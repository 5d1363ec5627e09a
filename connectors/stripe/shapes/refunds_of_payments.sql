-- What was given back of a payment; refunds that failed gave nothing back.
with refunds as (
    select *
    from shape.refunds
    qualify
        row_number() over (partition by refund_id order by file_number desc, row_number desc) = 1
),

final as (
    select
        payments.payment_id,
        sum(refunds.amount) as refunded,
        max(refunds.refunded_at) as refunded_at
    from shape.one_off_payments as payments
    inner join refunds
        on
            coalesce(refunds.payment_intent_id, refunds.charge_id)
            = case
                when refunds.payment_intent_id is not null then payments.payment_intent_id
                else payments.charge_id
            end
    where coalesce(refunds.status, 'succeeded') = 'succeeded'
    group by 1
)

select * from final
