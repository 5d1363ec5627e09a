-- A ticket merged into another that was merged in turn continues in the last one of the chain. A
-- ticket that never landed cannot carry it on: the chain ends before.
with run as (
    select * from {{ ref("int_run_observed") }}
),

tickets as (
    select tickets.*
    from {{ ref("stg_interactions__tickets") }} as tickets
    cross join run
    where tickets.created_at <= run.as_of
),

merges as (
    select
        tickets.ticket_id,
        tickets.merged_into_ticket_id
    from tickets
    inner join tickets as survivors
        on tickets.merged_into_ticket_id = survivors.ticket_id
),

final as (
    {{
        ends_of_chains(
            "merges", "ticket_id", "merged_into_ticket_id", end_key="surviving_ticket_id"
        )
    }}
)

select * from final
