-- Of overlapping exports the newest file says how a call went. Times are of the line's zone; that
-- in UTC, where it is there, knows which of autumn's two hours it was.
with named as (
    select
        "call id (internal)" as call_id,
        "datetime (tz offset incl.)" as started_local,
        "datetime (utc)" as started_utc,
        coalesce("number timezone", getvariable('time_zone')) as zone,
        "duration (total)" as total_seconds,
        "duration (in call)" as talk_seconds,
        -- 217, 03:37 and 00:03:37 are the same
        list_reduce(
            list_transform(string_split("waiting time", ':'), lambda part: try_cast(part as bigint)),
            lambda left_part, right_part: left_part * 60 + right_part
        ) as waiting_written,
        list_reduce(
            list_transform(
                string_split("time to answer", ':'), lambda part: try_cast(part as bigint)
            ),
            lambda left_part, right_part: left_part * 60 + right_part
        ) as rung_seconds,
        list_reduce(
            list_transform(string_split("time in ivr", ':'), lambda part: try_cast(part as bigint)),
            lambda left_part, right_part: left_part * 60 + right_part
        ) as ivr_seconds,
        case
            when "waiting time" is null and answered then "duration (total)" - talk_seconds
            else waiting_written
        end as waiting_seconds,
        -- what came before the line rang: a message, a menu, a bot
        coalesce(case when answered then waiting_seconds - rung_seconds end, ivr_seconds, 0)
            as menu_seconds,
        * exclude ("number timezone"),
    from call_history.calls
),

placed as (
    select
        *,
        started_local at time zone zone as one_instant,
        (one_instant - interval 1 hour) at time zone zone = started_local as is_second,
        one_instant at time zone zone = started_local as does_exist,
        coalesce(
            started_utc,
            case
                when does_exist and is_second then one_instant - interval 1 hour
                when does_exist then one_instant
            end
        ) as started_at,
    from named
),

timed as (
    select
        *,
        started_at + to_seconds(menu_seconds) as queue_entered_at,
        started_at + to_seconds(total_seconds) as ended_at,
        case when answered then started_at + to_seconds(waiting_seconds) end as answered_at,
    from placed
)

select
    call_id,
    direction,
    started_at,
    -- an hour that the clocks jumped over: the landing reads it in the zone of the option
    case when zone = getvariable('time_zone') then strftime(started_local, '%Y-%m-%d %H:%M:%S') end
        as started_written,
    queue_entered_at,
    answered_at,
    ended_at,
    case when answered then coalesce(talk_seconds, total_seconds - waiting_seconds) end
        as talk_seconds,
    missed_call_reason,
    voicemail is not null or lower("call type") = 'voicemail' as has_message,
    "callback details" is not null as has_asked_back,
    coalesce("customer number", '+' || ltrim(case direction when 'inbound' then "from" else "to" end, '+'))
        as customer_number,
    line,
    team,
    case when "user" not like '[%]' then 'u' || left(md5(lower(trim("user"))), 12) end as agent_id,
    cast(null as varchar) as first_agent_id,
    regexp_split_to_array(tags, '\s*[,;]\s*') as tags,
    coalesce(
        waiting_seconds between menu_seconds and total_seconds
        and coalesce(talk_seconds, 0) <= total_seconds,
        false
    ) as is_readable,
    0 as rank_of_layout,
    file_number,
    row_number,
from timed
