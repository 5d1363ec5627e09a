-- The older export has no id of a call: when it began, on which line and between which numbers say
-- which it is. It has no waiting time either: that is what is left of the call beside the talk.
with named as (
    select
        *,
        "date (TZ offset incl.)" + try_cast("time (TZ offset incl.)" as time) as started_local,
        coalesce("number timezone", getvariable('time_zone')) as zone,
        "duration (total)" as total_seconds,
        "duration (in call)" as talk_seconds,
    from activity_feed.calls
),

placed as (
    select
        *,
        started_local at time zone zone as one_instant,
        (one_instant - interval 1 hour) at time zone zone = started_local as is_second,
        one_instant at time zone zone = started_local as does_exist,
        coalesce(
            "datetime (UTC)",
            case
                when does_exist and is_second then one_instant - interval 1 hour
                when does_exist then one_instant
            end
        ) as started_at,
    from named
)

select
    md5(concat_ws('|', line, "from", "to", coalesce("datetime (UTC)", one_instant))) as call_id,
    direction,
    started_at,
    -- an hour that the clocks jumped over: the landing reads it in the zone of the option
    case when zone = getvariable('time_zone') then strftime(started_local, '%Y-%m-%d %H:%M:%S') end
        as started_written,
    started_at as queue_entered_at,
    case when answered then started_at + to_seconds(total_seconds - talk_seconds) end as answered_at,
    started_at + to_seconds(total_seconds) as ended_at,
    case when answered then talk_seconds end as talk_seconds,
    missed_call_reason,
    voicemail is not null as has_message,
    false as has_asked_back,
    '+' || ltrim(case direction when 'inbound' then "from" else "to" end, '+') as customer_number,
    line,
    cast(null as varchar) as team,
    case when "user" not like '[%]' then 'u' || left(md5(lower(trim("user"))), 12) end as agent_id,
    cast(null as varchar) as first_agent_id,
    regexp_split_to_array(tags, '\s*[,;]\s*') as tags,
    coalesce(
        started_local is not null and talk_seconds between 0 and total_seconds, false
    ) as is_readable,
    2 as rank_of_layout,
    file_number,
    row_number,
from placed
