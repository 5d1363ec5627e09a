-- What was asked, offered and withdrawn in a cancellation episode, and in which contact. A request
-- and the withdrawal that answers it are one round: its offer was accepted when it was withdrawn.
with events as (
    select
        events.*,
        coalesce(roots.root_contact_id, events.contact_id) as kept_in_contact_id,
        contacts.channel,
        contacts.team,
        -- in whichever direction; of a contact that never landed nothing speaks against it
        events.contact_id is not null
        and coalesce(contacts.is_handled or contacts.disposition = 'answered', true)
            as is_handled_by_service
    from {{ ref("int_cancel_events_grouped") }} as events
    -- a callback was folded into the contact that asked for it
    left join {{ ref("int_contact_roots") }} as roots
        on events.contact_id = roots.contact_id
    left join {{ ref("contacts") }} as contacts
        on coalesce(roots.root_contact_id, events.contact_id) = contacts.contact_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by cancel_episode_id
            order by
                is_handled_by_service desc,
                contact_id is null,
                request_number,
                effective_at,
                event_id
        ) as contact_preference
    from events
),

rounds as (
    select
        cancel_episode_id,
        request_number,
        bool_or(not is_request) as is_withdrawn,
        max(case when not is_request then effective_at end) as withdrawn_at,
        -- the withdrawal says what was accepted; a source may name it on the request alone
        coalesce(max(case when not is_request then offer end), max(offer)) as offer,
        coalesce(max(case when not is_request then offer_cost_eur end), max(offer_cost_eur))
            as offer_cost_eur
    from ranked
    group by 1, 2
),

ranked_rounds as (
    select
        *,
        is_withdrawn and offer is not null as is_offer_accepted,
        row_number() over (
            partition by cancel_episode_id
            order by
                offer is null,
                is_withdrawn desc,
                request_number desc
        ) as offer_preference
    from rounds
),

offers as (
    select
        cancel_episode_id,
        cast(count(*) as integer) as request_count,
        max(withdrawn_at) as withdrawn_at,
        max(case when offer_preference = 1 then offer end) as offer,
        bool_or(is_offer_accepted) as is_offer_accepted,
        coalesce(sum(case when is_offer_accepted then offer_cost_eur end), 0) as offer_cost_eur
    from ranked_rounds
    group by 1
),

contacts as (
    select
        cancel_episode_id,
        max(case when is_first_request then customer_id end) as customer_id,
        max(case when is_first_request then reason end) as reason,
        max(case when contact_preference = 1 then kept_in_contact_id end) as contact_id,
        max(case when contact_preference = 1 then channel end) as channel,
        max(case when contact_preference = 1 then team end) as team,
        bool_or(is_handled_by_service) as is_handled_by_service,
        bool_or(not is_request and contact_id is not null) as is_withdrawn_at_contact
    from ranked
    group by 1
),

final as (
    select
        offers.*,
        contacts.customer_id,
        contacts.reason,
        contacts.contact_id,
        contacts.channel,
        contacts.team,
        contacts.is_handled_by_service,
        contacts.is_withdrawn_at_contact
    from offers
    inner join contacts
        on offers.cancel_episode_id = contacts.cancel_episode_id
)

select * from final
