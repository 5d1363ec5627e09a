-- What lists and events said of a dispute: how it ended may be told by its events alone.
with told as (
    select
        created as told_at,
        livemode,
        file_number,
        row_number,
        unnest(from_json(data -> 'object', '{
            "id": "VARCHAR", "object": "VARCHAR", "amount": "DECIMAL(18, 6)",
            "currency": "VARCHAR", "charge": "VARCHAR", "payment_intent": "VARCHAR",
            "status": "VARCHAR", "created": "BIGINT"
        }'))
    from native.events
    where data ->> '$.object.object' = 'dispute'
),

observed as (
    select * from native.disputes
    union all by name
    select * replace (to_timestamp(created) as created) from told
)

select
    id as dispute_id,
    coalesce(try_cast(charge as json) ->> 'id', charge) as charge_id,
    coalesce(try_cast(payment_intent as json) ->> 'id', payment_intent) as payment_intent_id,
    amount,
    currency,
    status,
    created as disputed_at,
    coalesce(told_at, created) as told_at,
    coalesce(livemode, true) as is_live,
    file_number,
    row_number
from observed
where object = 'dispute'
