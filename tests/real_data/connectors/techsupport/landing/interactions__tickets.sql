-- interactions.tickets: one row per ticket.
--
-- No customer is named, so customer_ref is left out. Instants are written without offset:
-- the zone of the source applies, and business months are those of the workbook.
with logged_tickets as (

    select * from shape.logged_tickets

),

final as (

    select
        ticket_id,
        channel,
        reason,
        team,
        priority,
        strftime(created_local, '%Y-%m-%dT%H:%M:%S.%f') as created_at,
        'customer' as created_by,

    from logged_tickets

)

select * from final
