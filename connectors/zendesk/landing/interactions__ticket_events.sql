with messages as (
    select
        'comment:' || comment_id as event_id,
        ticket_id,
        created_at as event_at,
        event_type,
        case when event_type in ('public_reply', 'internal_note') then agent_id end as agent_id,
        case
            when is_call or getvariable('texts') = 'none' then null
            when getvariable('texts') = 'all' or event_type = 'customer_message' then body
        end as text
    from shape.messages
    where event_type is not null
),

-- A trigger that writes to the requester; that it tells of an agent's reply is no message more.
automatic as (
    select
        notices.event_id,
        notices.ticket_id,
        notices.event_at,
        notices.audit_id
    from shape.audit_events as notices
    inner join shape.newest_tickets as tickets
        on notices.ticket_id = tickets.ticket_id
    where
        notices.event_type in ('Notification', 'NotificationWithCcs')
        and list_contains(
            regexp_extract_all(coalesce(notices.recipients, ''), '[0-9]+'), tickets.requester_id
        )
),

replies as (
    select
        ticket_id,
        created_at
    from shape.messages
    where event_type = 'public_reply'
),

notices as (
    select
        'notice:' || automatic.event_id as event_id,
        automatic.ticket_id,
        automatic.event_at
    from automatic
    anti join replies
        on
            automatic.ticket_id = replies.ticket_id
            and automatic.event_at = replies.created_at
),

assigned as (
    select
        ticket_id || ':assigned:' || epoch_ms(changed_at) as event_id,
        ticket_id,
        changed_at as event_at,
        case when is_agent_new then assignee_id end as agent_id,
        team
    from shape.hand_overs
    where
        (is_agent_new and assignee_id is not null)
        or (is_group_new and team is not null)
        or (is_agent_new and team is not null)
),

raised as (
    select
        hand_overs.*,
        case
            when hand_overs.is_higher and not hand_overs.was_higher then 'escalated'
            when hand_overs.was_higher and not hand_overs.is_higher then 'given_back'
        end as move
    from shape.hand_overs as hand_overs
    where hand_overs.is_group_new
),

-- Given back without a word to the customer, the higher level refused it.
escalations as (
    select
        raised.ticket_id || ':' || raised.move || ':' || epoch_ms(raised.changed_at) as event_id,
        raised.ticket_id,
        raised.changed_at as event_at,
        case raised.move when 'escalated' then 'escalated' else 'escalation_rejected' end
            as event_type,
        any_value(raised.team) as team
    from raised
    left join replies
        on
            raised.ticket_id = replies.ticket_id
            and raised.move = 'given_back'
            and replies.created_at between raised.previous_at and raised.changed_at
    where raised.move is not null
    group by raised.ticket_id, raised.move, raised.changed_at
    having raised.move = 'escalated' or count(replies.ticket_id) = 0
),

statuses as (
    select
        ticket_id || ':status:' || epoch_ms(changed_at) as event_id,
        ticket_id,
        changed_at as event_at,
        case
            when value = 'solved' and value_before is distinct from 'solved' then 'solved'
            when value = 'closed' and value_before is distinct from 'closed' then 'closed'
            when value in ('new', 'open', 'pending', 'hold') and value_before in ('solved', 'closed')
                then 'reopened'
        end as event_type
    from shape.changes
    where field_name = 'status'
),

asides as (
    select
        'side_conversation:' || conversation_id as event_id,
        ticket_id,
        created_at as event_at
    from shape.side_conversations
),

gathered as (
    select *, null as team from messages
    union all by name
    select *, 'auto_reply' as event_type from notices
    union all by name
    select *, 'assigned' as event_type from assigned
    union all by name
    select * from escalations
    union all by name
    select * from statuses where event_type is not null
    union all by name
    select *, 'internal_note' as event_type from asides
)

select
    gathered.event_id,
    gathered.ticket_id,
    gathered.event_at,
    gathered.event_type,
    gathered.agent_id,
    gathered.team,
    gathered.text
from gathered
-- of a deleted ticket nothing new is said; of one that never came a finding is
anti join (select ticket_id from shape.newest_tickets where is_deleted) as deleted
    on gathered.ticket_id = deleted.ticket_id
