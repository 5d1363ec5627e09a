-- One row a session of a participant. One without what must be there says so by a null purpose.
with people as (
    select
        conversation_id,
        unnest(
            case when json_type(participants) = 'ARRAY' then cast(participants as json[]) end
        ) as participant,
    from shape.conversations
),

opened as (
    select
        conversation_id,
        lower(participant ->> 'purpose') as purpose,
        participant ->> 'userId' as user_id,
        unnest(
            case
                when json_type(participant -> 'sessions') = 'ARRAY'
                    then cast(participant -> 'sessions' as json[])
            end
        ) as session,
    from people
)

select
    conversation_id,
    purpose,
    user_id,
    row_number() over () as session_number,
    lower(session ->> 'mediaType') as media_type,
    lower(session ->> 'direction') as direction,
    coalesce(session ->> 'ani', session ->> 'addressFrom') as address_from,
    coalesce(session ->> 'dnis', session ->> 'addressTo') as address_to,
    session -> 'callbackNumbers' ->> 0 as callback_number,
    case when json_type(session -> 'segments') = 'ARRAY' then cast(session -> 'segments' as json[]) end
        as segments,
    case when json_type(session -> 'metrics') = 'ARRAY' then cast(session -> 'metrics' as json[]) end
        as metrics,
from opened
