-- A platform that records legs at all is expected to record them for every contact: a handled
-- contact without any is then a defect, not a contact whose length its own instants give. A
-- platform is a channel of a brand at a site. Once known to record legs, it stays so.
with contacts as (
    select
        contact_id,
        channel,
        coalesce(brand, 'unknown') as brand,
        coalesce(site, 'unknown') as site,
        batch
    from {{ ref("stg_interactions__contact_versions") }}
    where channel is not null
),

first_legs as (
    select
        contact_id,
        min(batch) as batch
    from {{ ref("stg_interactions__contact_leg_versions") }}
    group by 1
),

final as (
    select
        contacts.channel,
        contacts.brand,
        contacts.site,
        min(greatest(contacts.batch, first_legs.batch)) as known_in_batch
    from contacts
    inner join first_legs
        on contacts.contact_id = first_legs.contact_id
    group by 1, 2, 3
)

select * from final
