{{ config(severity = "warn") }}
-- Every merged ticket leads to one that landed and was merged into none.
-- A failure means that nobody counts these tickets: they were merged in a circle, or into a ticket
-- that never landed. Look first whether a file of tickets is late, then at merged_into_ticket_id in
-- their source.
select
    merged.ticket_id,
    merged.merged_into_ticket_id,
    survivors.surviving_ticket_id
from {{ ref("tickets") }} as merged
left join {{ ref("int_ticket_survivors_resolved") }} as survivors
    on merged.ticket_id = survivors.ticket_id
left join {{ ref("tickets") }} as ends
    on survivors.surviving_ticket_id = ends.ticket_id
where
    merged.is_merged
    and (survivors.ticket_id is null or ends.is_merged)
