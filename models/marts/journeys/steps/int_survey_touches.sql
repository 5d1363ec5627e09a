-- What customers were asked and what they answered: of each invitation, the answers that count.
with invitations as (
    select
        invitations.*,
        roots.root_contact_id
    from {{ ref("int_survey_invitations_described") }} as invitations
    left join {{ ref("int_contact_roots") }} as roots
        on invitations.contact_id = roots.contact_id
    where
        {{ of_changed_persons("invitations.customer_id") }}
        or {{ of_changed_strands("invitations.contact_id") }}
        or {{ of_changed_strands(ticket_contact_id("invitations.ticket_id")) }}
        or {{ of_changed_persons("'surveys.invitations:' || invitations.invitation_id") }}
),

asked as (
    select
        'surveys.invitations' as source,
        invitation_id as reference_id,
        'survey_sent' as event_type,
        sent_at as event_at,
        'outbound' as direction,
        invitation_id,
        cast(null as varchar) as instrument,
        cast(null as decimal(18, 4)) as score,
        cast(null as varchar) as sentiment
    from invitations
),

answered as (
    select
        'surveys.answers' as source,
        answer_id as reference_id,
        'survey_answered' as event_type,
        answered_at as event_at,
        'inbound' as direction,
        invitation_id,
        instrument,
        score,
        case
            when instrument in ('nps', 'csat', 'ces_effort', 'ces_ease')
                then {{ score_polarity("answers") }}
        end as sentiment
    from {{ ref("survey_answers") }} as answers
    where is_counted
),

events as (
    select * from asked
    union all
    select * from answered
),

final as (
    select
        events.source,
        events.reference_id,
        events.event_type,
        events.event_at,
        events.event_at as over_at,
        invitations.customer_id,
        invitations.channel,
        events.direction,
        invitations.reason_group,
        invitations.brand,
        coalesce(invitations.root_contact_id, invitations.contact_id) as contact_id,
        invitations.ticket_id,
        events.instrument,
        events.score,
        events.sentiment,
        invitations.is_staff as is_excluded
    from events
    inner join invitations
        on events.invitation_id = invitations.invitation_id
)

select * from final
