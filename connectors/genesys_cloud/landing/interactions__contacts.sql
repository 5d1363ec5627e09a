with described as (
    select
        *,
        case
            when contains(address, '@') then 'email'
            when regexp_full_match(address, '[+]?[0-9]{6,15}') then 'phone'
        end as address_type,
        channel in ('phone', 'chat', 'video') as is_live,
    from shape.contacts
)

select
    conversation_id as contact_id,
    case when address_type is not null then address end as customer_ref,
    address_type as customer_ref_type,
    channel,
    case when is_outbound then 'outbound' else 'inbound' end as direction,
    case when is_outbound then 'company' else 'customer' end as initiated_by,
    reason,
    queue,
    nullif(getvariable('brand'), '') as brand,
    case
        when is_live and not is_outbound then coalesce(entered_at, called_back_from, started_at)
        else started_at
    end as queue_entered_at,
    answered_at,
    coalesce(called_back_from, ended_at) as ended_at,
    case
        when is_live and not is_outbound and entered_at is not null
            then epoch(coalesce(answered_at, left_at)) - epoch(entered_at)
    end as wait_seconds,
    disposition,
    cast(null as varchar) as parent_contact_id,
    ended_at as updated_at,
from described
union all
select
    conversation_id || ':callback',
    case when address_type is not null then address end,
    address_type,
    channel,
    'outbound',
    'customer',
    reason,
    queue,
    nullif(getvariable('brand'), ''),
    called_back_from,
    called_back_at,
    ended_at,
    null,
    case when called_back_at is not null then 'answered' else 'no_answer' end,
    conversation_id,
    ended_at,
from described
where disposition = 'callback_requested'
