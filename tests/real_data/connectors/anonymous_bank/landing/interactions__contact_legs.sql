-- interactions.contact_legs: one row per call that an agent took.
--
-- 491 AGENT calls have NO_SERVER: somebody answered, but nobody knows who, so they have
-- no leg (their contact stays answered). A HANG never has a server.
with calls as (

    select * from shape.calls

),

final as (

    select
        contact_id || '-1' as leg_id,
        contact_id,
        agent_id,
        'queue' as entry_type,
        strftime(
            coalesce(ser_start_at, left_queue_at), '%Y-%m-%dT%H:%M:%S+02:00'
        ) as started_at,
        strftime(
            coalesce(ser_start_at, left_queue_at) + to_seconds(service_seconds),
            '%Y-%m-%dT%H:%M:%S+02:00'
        ) as ended_at,
        service_seconds as talk_seconds,

    from calls
    where outcome = 'AGENT' and agent_id is not null

)

select * from final
