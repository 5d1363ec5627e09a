-- interactions.contacts: one row per call.
--
-- The file carries Israel's wall clock without an offset. In February 1999 Israel was on
-- standard time all month, so +02:00 is written out and every instant is right.
with calls as (

    select * from shape.calls

),

handled as (

    select
        *,
        -- Two machines, two clocks: the agent's stamp is often a second or two before the
        -- menu's or the queue's. The agent cannot answer before the call arrives. 50 calls
        -- (AGENT) have no start of service: they were answered when they left the queue.
        case when outcome = 'AGENT'
            then greatest(coalesce(ser_start_at, left_queue_at), entered_at)
        end as answered_local,

    from calls

),

final as (

    select
        contact_id,
        customer_id as customer_ref,
        case when customer_id is not null then 'customer_id' end as customer_ref_type,
        'phone' as channel,
        'inbound' as direction,
        call_type as reason,
        case when priority = 2 then 'vip' else 'regular' end as queue,
        'haifa' as site,
        strftime(entered_at, '%Y-%m-%dT%H:%M:%S+02:00') as queue_entered_at,
        strftime(answered_local, '%Y-%m-%dT%H:%M:%S+02:00') as answered_at,
        -- an abandoned call ends when it leaves the queue; 97 of them carry a service time
        -- without a server, which is the switch's own announcement, not an answer. An answered
        -- call lasts as long as its service did, whichever clock its start was read on.
        strftime(
            case when outcome = 'AGENT'
                then answered_local + to_seconds(service_seconds)
                else left_queue_at
            end,
            '%Y-%m-%dT%H:%M:%S+02:00'
        ) as ended_at,
        queue_seconds as wait_seconds,
        case outcome when 'AGENT' then 'answered' when 'HANG' then 'abandoned' end
            as disposition,

    from handled

)

select * from final
