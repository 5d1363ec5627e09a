-- a view: a step of tickets alone
{{ config(materialized = "view") }}
-- Who waited for whom while a ticket was in the backlog: the customer for us from creation, from
-- each message and from each reopening to our next public reply, we for the customer after it. A
-- solve ends both.
with states as (
    select * from {{ ref("int_ticket_states") }}
),

final as (
    select
        ticket_id,
        cast(
            sum(case when is_open and is_our_turn then elapsed_seconds else 0 end)
            as decimal(18, 4)
        ) as customer_wait_elapsed_seconds,
        cast(
            case
                when count(*) = count(business_seconds)
                    then sum(case when is_open and is_our_turn then business_seconds else 0 end)
            end
            as decimal(18, 4)
        ) as customer_wait_open_seconds,
        cast(
            sum(case when is_open and not is_our_turn then elapsed_seconds else 0 end)
            as decimal(18, 4)
        ) as agent_wait_elapsed_seconds,
        cast(
            case
                when count(*) = count(business_seconds)
                    then sum(case when is_open and not is_our_turn then business_seconds else 0 end)
            end
            as decimal(18, 4)
        ) as agent_wait_open_seconds
    from states
    group by 1
)

select * from final
