-- surveys.invitations: one row per ticket, as the workbook's response rate (50.34 % of all
-- tickets) counts every ticket as asked.
--
-- The sending is not dated: the last instant recorded on the ticket stands for it.
with logged_tickets as (

    select * from shape.logged_tickets

),

final as (

    select
        'invitation-' || ticket_id as invitation_id,
        'post_ticket' as survey_code,
        ticket_id,
        'email' as channel,
        strftime(
            greatest(created_local, first_reply_local, resolved_local, closed_local),
            '%Y-%m-%dT%H:%M:%S.%f'
        ) as sent_at,

    from logged_tickets

)

select * from final
