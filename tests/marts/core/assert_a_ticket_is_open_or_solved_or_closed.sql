-- A ticket is open or solved, never both; what is neither was closed without a solve.
-- A failure means that backlog and solved tickets count the same one, or that one is counted
-- nowhere. Look first at int_ticket_states.
select *
from {{ ref("tickets") }}
where
    (is_open and is_solved)
    or (not is_open and not is_solved and closed_at is null)
    or (is_solved and last_solved_at is null)
    or (is_open and age_seconds is null)
