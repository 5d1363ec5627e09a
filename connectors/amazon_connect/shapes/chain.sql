-- One row a record that has a part in a contact of a customer. `head_contact_id` is the contact that
-- it belongs to: the first record of the chain, or the callback that the record is or follows.
with records as (
    select
        *,
        code_start(initiation) as start,
        code_ending(disconnect_reason) as ending,
        code_channel(medium) as channel,
        -- dialling is no contact: the customer, and no machine, must have taken it
        agent_id is not null
        and (
            code_start(initiation) not in ('company', 'callback')
            or (reached_at is not null and not is_machine)
        ) as is_answered,
    from shape.records
),

parts as (
    select
        *,
        coalesce(
            last_value(case when start = 'callback' then contact_id end ignore nulls) over so_far,
            root_contact_id
        ) as head_contact_id,
        bool_and(is_readable) over whole_chain as is_chain_readable,
        bool_or(contact_id = root_contact_id) over whole_chain as has_first_record,
        bool_or(start = 'callback') over whole_chain as has_callback,
        max(updated_at) over whole_chain as chain_updated_at,
        coalesce(bool_or(is_answered) over earlier, false) as follows_an_agent,
        -- what is a day older than the newest record waits for no other any more
        coalesce(disconnected_at, updated_at)
        < (select max(records.updated_at) from records) - interval 1 day as is_old,
    from records
    where start in ('customer', 'company', 'callback', 'follow')
    window
        whole_chain as (partition by root_contact_id),
        so_far as (partition by root_contact_id order by initiated_at, contact_id),
        earlier as (
            partition by root_contact_id
            order by initiated_at, contact_id
            rows between unbounded preceding and 1 preceding
        )
)

select
    parts.*,
    before.contact_id is not null as is_previous_known,
    before.disconnected_at as previous_disconnected_at,
    parts.next_contact_id is not null and after.contact_id is null as is_next_awaited,
from parts
left join records as before
    on parts.previous_contact_id = before.contact_id
left join records as after
    on parts.next_contact_id = after.contact_id
