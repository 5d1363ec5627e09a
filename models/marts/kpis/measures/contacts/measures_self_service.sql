-- A bot or a voice menu served its customer when it contained the contact and no person had to
-- handle the same customer within the window. Contacts whose window is not yet over wait.
with exchanges as (
    {{ exchanges_seen() }}
),

contacts as (
    select * from {{ ref("contacts") }}
    where is_in_scope
),

automated as (
    select
        contacts.*,
        {{
            add_hours(
                "coalesce(contacts.ended_at, contacts.queue_entered_at)",
                parameter("self_service_window_hours")
            )
        }} as window_ends_at
    from contacts
    -- the bot's part of a contact that went on to an agent is judged, too
    where contacts.automated_disposition is not null
),

-- whom a person handled after all
followed as (
    select distinct automated.contact_id
    from automated
    inner join contacts as handled
        on
            automated.customer_id = handled.customer_id
            and handled.is_handled
            and handled.queue_entered_at >= automated.queue_entered_at
            and handled.queue_entered_at <= automated.window_ends_at
),

judged as (
    select
        automated.*,
        automated.window_ends_at <= exchanges.seen_until as is_mature,
        automated.automated_disposition in ('ivr_contained', 'bot_contained')
        and not automated.is_handled
        and followed.contact_id is null as is_self_served
    from automated
    cross join exchanges
    left join followed
        on automated.contact_id = followed.contact_id
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(case when is_mature then 1 end) as contacts_automated,
        count(case when is_mature and is_self_served then 1 end) as contacts_self_served,
        count(case when not is_mature then 1 end) as automated_contacts_pending
    from judged
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
