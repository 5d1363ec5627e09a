-- Orders that somebody paid for, and which of them count as buying again: an automatic renewal is
-- no decision, and what was given back whole was not kept.
with orders as (
    select
        *,
        -- a refund whose amount the source does not say is one of all
        coalesce(refunded_amount, case when status = 'refunded' then net_amount else 0 end)
            as refunded,
        coalesce(
            refunded_amount_eur,
            case when status = 'refunded' and refunded_amount is null then net_amount_eur else 0 end
        ) as refunded_eur
    from {{ ref("orders") }}
    where
        status in ('paid', 'refunded')
        and not is_test
        and net_amount > 0
),

final as (
    select
        order_id,
        customer_id,
        segment,
        brand,
        assisting_channel,
        ordered_at,
        ordered_date,
        net_amount_eur,
        not is_automatic and refunded < net_amount as is_repurchase,
        refunded > 0 as is_refunded,
        refunded_at,
        -- no more can be given back than was paid: the rest of a refund is something else
        case
            when refunded_eur > net_amount_eur then cast(0 as decimal(18, 2))
            else net_amount_eur - refunded_eur
        end as kept_amount_eur
    from orders
)

select * from final
