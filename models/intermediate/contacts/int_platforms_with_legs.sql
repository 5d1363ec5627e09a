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

legs as (
    select
        contact_id,
        min(batch) as batch,
        -- a leg without a type that follows another is a transfer
        case
            when
                bool_or(entry_type in ('transfer', 'escalation'))
                or max(case when entry_type is null then started_at end) > min(started_at)
                then max(batch)
        end as transferred_in_batch,
        min(case when entry_type = 'escalation' or support_level is not null then batch end)
            as levelled_in_batch
    from {{ ref("stg_interactions__contact_leg_versions") }}
    group by 1
),

final as (
    select
        contacts.channel,
        contacts.brand,
        contacts.site,
        min(greatest(contacts.batch, legs.batch)) as known_in_batch,
        {%- for batch, known in {
            "legs.transferred_in_batch": "transfers_known_in_batch",
            "legs.levelled_in_batch": "levels_known_in_batch",
        }.items() %}
        min(case when {{ batch }} is not null then greatest(contacts.batch, {{ batch }}) end)
            as {{ known }}{{ "," if not loop.last }}
        {%- endfor %}
    from contacts
    inner join legs
        on contacts.contact_id = legs.contact_id
    group by 1, 2, 3
)

select * from final
