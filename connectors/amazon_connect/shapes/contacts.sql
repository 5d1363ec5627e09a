-- One row a contact of a customer: what its records say together.
with parts as (
    select
        *,
        attributes ->> nullif(getvariable('reason_attribute'), '') as reason,
        attributes ->> nullif(getvariable('brand_attribute'), '') as brand,
        attributes ->> nullif(getvariable('ticket_attribute'), '') as ticket_id,
        attributes ->> nullif(getvariable('customer_attribute'), '') as customer_id,
        lower(trim(attributes ->> nullif(getvariable('voicemail_attribute'), '')))
        not in ('', '0', 'false', 'no', 'n') as has_message,
        lower(trim(attributes ->> nullif(getvariable('callback_attribute'), '')))
        not in ('', '0', 'false', 'no', 'n') as has_asked_back,
        -- a flow that runs after the conversation, for a survey, is no part of it
        lower(initiation) <> 'disconnect' or is_answered as is_conversation,
        case
            when start in ('company', 'callback') then greatest(connected_at, reached_at)
            else connected_at
        end as answered_at,
    from shape.chain
    where has_first_record and is_chain_readable
),

gathered as (
    select
        head_contact_id,
        arg_max(reason, initiated_at) as reason,
        arg_max(brand, initiated_at) as brand,
        arg_max(ticket_id, initiated_at) as ticket_id,
        arg_max(customer_id, initiated_at) as customer_id,
        coalesce(bool_or(has_message), false) as has_message,
        coalesce(bool_or(has_asked_back), false) as has_asked_back,
        arg_min(queue, enqueued_at) as queue,
        min(enqueued_at) as enqueued_at,
        max(dequeued_at) as dequeued_at,
        min(answered_at) filter (where is_answered) as answered_at,
        arg_min(site, connected_at) filter (where is_answered) as site,
        case when count(*) = count(disconnected_at) then max(disconnected_at) end as ended_at,
        arg_max_null(ending, initiated_at) as ending,
        arg_max_null(is_next_awaited, initiated_at) as is_next_awaited,
    from parts
    where is_conversation
    group by head_contact_id
),

described as (
    select
        heads.contact_id,
        heads.root_contact_id,
        heads.channel,
        heads.start,
        heads.is_task and getvariable('tasks_are_contacts') <> 'yes' as is_internal,
        heads.initiated_at,
        heads.chain_updated_at as updated_at,
        case when gathered.customer_id is not null then 'customer_id' else heads.address_type end
            as customer_ref_type,
        coalesce(
            gathered.customer_id, case when heads.address_type is not null then heads.address end
        ) as customer_ref,
        heads.contact_id = heads.root_contact_id
        and heads.start <> 'company'
        and (
            heads.has_callback
            or gathered.has_asked_back
            -- a flow hung up, and something follows that is not over yet
            or (gathered.is_next_awaited and gathered.ending is distinct from 'customer')
        ) as is_called_back,
        gathered.* exclude (head_contact_id, customer_id),
    from parts as heads
    inner join gathered
        on heads.contact_id = gathered.head_contact_id
)

select
    *,
    case
        when answered_at is not null then 'answered'
        when start in ('company', 'callback') then 'no_answer'
        when is_called_back then 'callback_requested'
        when has_message then 'voicemail'
        when enqueued_at is not null then 'abandoned'
        when channel = 'phone' then 'ivr_contained'
        when ending = 'failure' then 'bot_failed'
        else 'bot_contained'
    end as disposition,
from described
