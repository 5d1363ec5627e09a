{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = "person_id",
        on_schema_change = "fail",
        pre_hook = "{{ delete_persons_known_to_be_built() }}",
    )
}}
-- Whose rows must be built again: everybody of whom new batches changed a contact, a ticket or
-- another touch, the identity, or what a window that closed since the last build makes final. Found
-- where they are now and where the last build left them. Incremental to remember: what a run that
-- failed half-way changed must be built again by the next one, whatever it changed.
-- Nobody known is the contact or the ticket. A row without a person says that everything changed.
{%- set is_built_whole = execute and (not is_incremental() or any_not_built("person")) %}
{%- set key_by_key = "false" if is_built_whole else "true" %}
with run as (
    select
        observed.as_of,
        contexts.previous_as_of,
        contexts.latest_batch
    from {{ ref("int_run_observed") }} as observed
    cross join {{ ref("stg_pilotage__run_context") }} as contexts
),

exchanges as (
    {{ exchanges_seen() }}
),

everything as (
    select cast(null as varchar) as person_id
    from run
    where
        {{ "true" if is_built_whole else "false" }}
        or run.previous_as_of is null
        or run.as_of < run.previous_as_of
),

references_changed as (
    select * from {{ ref("int_customer_references_matched") }}
    where
        changed_in_batch > {{ previous_batch() }}
        and {{ key_by_key }}
),

contacts_changed as (
    select contact_id from {{ ref("int_contacts_changed") }}
    where {{ key_by_key }}
),

touches_changed as (
    select * from {{ ref("int_touches_changed") }}
    union all
    select * from {{ ref("int_subscribers_changed") }}
),

-- contacts and tickets that changed, or that a row which changed names: the row is theirs
named as (
    select contact_id from contacts_changed
    union
    select strand_id from touches_changed
),

strands as (
    select contact_id as strand_id
    from named
    where contact_id is not null
    union
    select roots.root_contact_id
    from {{ ref("int_contact_roots") }} as roots
    inner join named
        on roots.contact_id = named.contact_id
),

contacts as (
    select
        contact_id,
        customer_id,
        {{ ticket_contact_id("ticket_id") }} as ticket_contact_id
    from {{ ref("contacts") }}
),

persons as (
    select strand_id as person_id from strands
    union
    select contacts.customer_id
    from contacts
    inner join strands
        on contacts.contact_id = strands.strand_id
    union
    select tickets.customer_id
    from {{ ref("tickets") }} as tickets
    inner join strands
        on {{ ticket_contact_id("tickets.ticket_id") }} = strands.strand_id
    union
    select before.customer_id
    from (
        {{
            rows_as_built(
                "int_strands_in_journeys", {"strand_id": "varchar", "customer_id": "varchar"}
            ) | indent(8)
        }}
    ) as before
    inner join strands
        on before.strand_id = strands.strand_id
    union
    select person_id from touches_changed
    union
    select customer_id from references_changed
    union
    -- the reference itself is a person where it leads to nobody
    select case when ref_type = 'customer_id' then ref_value else ref_type || ':' || ref_value end
    from references_changed
    union
    select 'reference:' || ref_value
    from references_changed
    where ref_type = 'customer_id'
    union
    select before.customer_id
    from (
        {{
            rows_as_built(
                "issue_contacts",
                {
                    "customer_id": "varchar",
                    "window_ends_at": "timestamptz",
                    "is_mature": "boolean",
                },
            ) | indent(8)
        }}
    ) as before
    cross join exchanges
    where before.is_mature <> (before.window_ends_at <= exchanges.seen_until)
),

-- of nobody known: the ticket that the contact refers to, and all that refer to it
tickets_of_nobody as (
    select contacts.ticket_contact_id as person_id
    from contacts
    inner join persons
        on contacts.contact_id = persons.person_id
    where contacts.customer_id is null
),

contacts_of_nobody as (
    select contacts.contact_id
    from contacts
    inner join (
        select person_id from persons
        union
        select person_id from tickets_of_nobody
    ) as tickets
        on contacts.ticket_contact_id = tickets.person_id
    where contacts.customer_id is null
),

listed as (
    select person_id from persons
    where person_id is not null
    union
    select person_id from tickets_of_nobody
    where person_id is not null
    union
    select contact_id from contacts_of_nobody
    union all
    select person_id from everything
),

final as (
    select
        listed.person_id,
        run.latest_batch as changed_in_batch
    from listed
    cross join run
)

select * from final
