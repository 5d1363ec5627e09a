-- The contacts and tickets that the time lines of changed persons are made of, and those that may
-- say whose they are: a contact that names nobody is of the person of its ticket, a ticket of who
-- called about it.
with contacts as (
    select
        contact_id,
        customer_id,
        ticket_id
    from {{ ref("contacts") }}
),

tickets as (
    select
        ticket_id,
        customer_id
    from {{ ref("tickets") }}
),

own_contacts as (
    select * from contacts
    where
        {{ of_changed_persons("customer_id") }}
        or {{ of_changed_persons("contact_id") }}
),

own_tickets as (
    select ticket_id from tickets
    where
        {{ of_changed_persons("customer_id") }}
        or {{ of_changed_persons(ticket_contact_id("ticket_id")) }}
    union
    select ticket_id from own_contacts
    where ticket_id is not null
),

strands as (
    select contact_id as strand_id from own_contacts
    union
    select contacts.contact_id
    from contacts
    inner join own_tickets
        on contacts.ticket_id = own_tickets.ticket_id
    union
    select {{ ticket_contact_id("ticket_id") }} from own_tickets
    union
    -- what is gone may still be named
    select person_id from {{ ref("int_persons_changed") }}
    where person_id is not null
),

final as (
    select strand_id from strands
    union
    -- what was folded into them
    select roots.contact_id
    from {{ ref("int_contact_roots") }} as roots
    inner join strands
        on roots.root_contact_id = strands.strand_id
)

select * from final
{%- if everything_changed() %}
-- nobody asks for them
where false
{%- endif %}
