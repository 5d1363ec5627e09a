-- Nothing that landed is dropped: each contact of staging and each ticket that stands for one is in
-- core.contacts, itself or folded into another; and contacts holds nothing else.
-- A failure means that a contact lost its row on an incremental run, or that a join dropped or
-- multiplied it. Look first at int_contacts_changed, then at int_contact_roots.
with run as (
    select * from {{ ref("int_run_observed") }}
),

contacts as (
    select * from {{ ref("contacts") }}
),

staged as (
    select
        staged.contact_id,
        coalesce(roots.root_contact_id, staged.contact_id) as kept_in,
        staged.queue_entered_at,
        staged.ticket_id,
        {{ is_customer_contact("staged") }} as is_of_a_customer
    from {{ ref("stg_interactions__contacts") }} as staged
    left join {{ ref("int_contact_roots") }} as roots
        on staged.contact_id = roots.contact_id
),

-- a family is received when its first contact is
expected as (
    select
        staged.contact_id,
        staged.kept_in
    from staged
    inner join staged as kept
        on staged.kept_in = kept.contact_id
    cross join run
    where kept.queue_entered_at <= run.as_of
    union all
    select
        {{ ticket_contact_id("tickets.ticket_id") }},
        {{ ticket_contact_id("tickets.ticket_id") }}
    from {{ ref("stg_interactions__tickets") }} as tickets
    cross join run
    where
        coalesce(tickets.created_by, 'customer') = 'customer'
        and not tickets.is_spam
        and tickets.merged_into_ticket_id is null
        and tickets.created_at <= run.as_of
        and tickets.ticket_id not in (
            select naming.ticket_id
            from staged as naming
            inner join staged as first_ones
                on naming.kept_in = first_ones.contact_id
            where
                naming.ticket_id is not null
                and first_ones.is_of_a_customer
        )
),

kept as (
    select
        kept_in,
        count(*) as row_count
    from expected
    group by 1
)

select
    coalesce(kept.kept_in, contacts.contact_id) as contact_id,
    kept.row_count,
    contacts.folded_contact_count
from kept
full join contacts
    on kept.kept_in = contacts.contact_id
where kept.row_count is distinct from contacts.folded_contact_count + 1
