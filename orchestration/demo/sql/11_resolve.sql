-- What becomes of each intent: one row per contact of this depth, with its hidden causes.

create or replace temp table step as
with opened as (
    -- A live channel is reached in its opening hours: else the next open day, or in writing.
    select
        i.* replace (
            case
                when d.is_open or i.channel not in ('phone', 'chat', 'video') then i.channel
                when i.depth > 0 or i.origin in ('cancel', 'outbound') then i.channel
                when u(i.k, 'writes_instead') < 0.65 then 'email'
                else 'form'
            end as channel,
            case
                when i.channel in ('phone', 'chat', 'video') and not d.is_open
                    and (i.depth > 0 or i.origin in ('cancel', 'outbound'))
                    then getvariable('open_days')[d.open_rank] + (i.local_at - d.day)
                else i.local_at
            end as local_at
        )
    from intents as i
    inner join days as d on i.local_at::date = d.day
),
placed as (
    select
        i.*,
        c.brand,
        c.segment,
        c.opinion,
        d.is_office,
        d.office_rank,
        d.pressure * getvariable('hour_pressure')[1 + hour(i.local_at)]
            * if(d.day >= getvariable('surge_from'), getvariable('surge_pressure'), 1) as pressure,
        r.talk_mu,
        r.talk_sigma,
        r.bot,
        r.contained,
        r.repeats,
        r.transfers,
        r.mood,
        r.queue,
        h.is_live,
        h.talk_factor,
        h.reply_minutes,
        from_paris(i.local_at) as queue_at,
        hour(i.local_at) * 60 + minute(i.local_at) as minute_of_day
    from opened as i
    inner join customers as c on i.customer_no = c.customer_no
    inner join days as d on i.local_at::date = d.day
    inner join reasons as r on i.reason = r.reason
    inner join channels as h on i.channel = h.channel
),
waited as (
    select
        *,
        channel = 'phone' and reason = 'delivery_delay' and origin = 'bot_exit' as friction,
        channel = 'chat' and origin in ('root', 'surge')
            and u(k, 'bot') < clamp(0.42 * bot, 0, 0.92) as starts_in_bot,
        channel = 'phone' and origin in ('root', 'surge')
            and u(k, 'menu') < 0.09 * bot and u(k, 'menu_helps') < contained * 0.9 as ends_in_menu,
        case
            when origin = 'cancel' then 3 + exponential(u(k, 'wait'), 12)
            when u(k, 'waits') < clamp(0.19 * pressure * pressure, 0.02, 0.75) then
                4 + exponential(u(k, 'wait'), 40 + 50 * pressure)
                * case channel when 'chat' then 0.6 else 1 end
            else 2 + u(k, 'wait') * 11
        end as wait,
        case when origin = 'cancel' then 3600 else exponential(u(k, 'patience'), 380) end as patience,
        -- Office minutes to a first reply in writing.
        case when not is_live then
            least(lognormal(u(k, 'reply'), ln(reply_minutes), 1.05) * (0.6 + 0.4 * pressure), 2400)
        end as reply_after
    from placed
),
answered as (
    select
        *,
        case
            when is_office and minute_of_day < 1080 then office_rank
            when is_office then office_rank + 1
            else office_rank
        end as reply_rank,
        (case when is_office and minute_of_day between 540 and 1079 then minute_of_day - 540 else 0 end)
            + reply_after as reply_minute,
        case
            when origin in ('callback', 'outbound') then
                if(u(k, 'picks_up') < if(origin = 'callback', 0.88, 0.55), 'answered', 'no_answer')
            when starts_in_bot and u(k, 'bot_helps') < contained then 'bot_contained'
            when starts_in_bot then 'bot_failed'
            when ends_in_menu then 'ivr_contained'
            when not is_live then 'answered'
            when origin <> 'cancel' and u(k, 'hangs_up') < 0.010 then 'abandoned'
            when origin <> 'cancel' and channel = 'phone' and u(k, 'voicemail') < 0.006 then 'voicemail'
            when channel = 'phone' and wait > 40 and u(k, 'callback') < 0.2 then 'callback_requested'
            when wait > patience then 'abandoned'
            else 'answered'
        end as disposition
    from waited
),
handled as (
    select
        *,
        case
            when disposition in ('bot_contained', 'bot_failed', 'ivr_contained') then null
            when origin in ('callback', 'outbound') then 5 + u(k, 'rings') * 20
            when u(k, 'hangs_up') < 0.010 and is_live and disposition = 'abandoned' then
                1 + u(k, 'wait') * 3.5
            when disposition = 'abandoned' then patience
            when disposition = 'callback_requested' then 40 + u(k, 'wait') * 30
            when is_live then wait
        end as wait_seconds,
        case
            when not is_live then from_paris(
                getvariable('office_days')[reply_rank + floor(reply_minute / 540)::int]
                + to_minutes(540) + seconds((reply_minute % 540) * 60)
            )
        end as replied_at,
        case
            when reason = 'cancellation_request' then 'retention_lille'
            when channel = 'phone' and u(k, 'team') < 0.36 then 'front_lille_a'
            when channel = 'phone' and u(k, 'team') < 0.72 then 'front_lille_b'
            when channel = 'phone' then 'front_antananarivo'
            when channel in ('email', 'form', 'kiosk') then 'backoffice_lille'
            else 'digital_paris'
        end as team
    from answered
),
treated as (
    select
        *,
        team = 'front_lille_a' and queue_at >= getvariable('decision_at') as after_decision,
        disposition = 'answered' and direction_is_inbound and u(k, 'transfer')
            < transfers * case when is_live then 1 else 0.5 end
            + if(friction, getvariable('friction_transfer'), 0) as is_transferred,
        lognormal(u(k, 'talk'), talk_mu, talk_sigma) * talk_factor as talk,
        if(u(k, 'holds') < 0.28, exponential(u(k, 'hold'), 55), 0) as hold,
        10 + exponential(u(k, 'wrap'), 38) as wrap
    from (select *, origin not in ('callback', 'outbound') as direction_is_inbound from handled)
)
select
    id,
    root_id,
    depth,
    prev_id,
    customer_no,
    k,
    origin,
    reason,
    channel,
    is_live,
    brand,
    queue,
    team,
    root_local_at,
    queue_at,
    case
        when disposition <> 'answered' then null
        when is_live then queue_at + seconds(wait_seconds)
        else replied_at
    end as answered_at,
    case
        when disposition like 'bot%' then queue_at + seconds(50 + u(k, 'talk') * 260)
        when disposition = 'ivr_contained' then queue_at + seconds(25 + u(k, 'talk') * 120)
        when disposition = 'voicemail' then queue_at + seconds(wait_seconds + 20 + u(k, 'talk') * 60)
        when disposition <> 'answered' then queue_at + seconds(wait_seconds)
        when is_live then queue_at + seconds(wait_seconds) + seconds(talk) + seconds(hold)
            + if(is_transferred, seconds(20 + talk * 0.8), seconds(0))
        else replied_at
    end as ended_at,
    case when is_live then floor(wait_seconds) end as wait_seconds,
    disposition,
    direction_is_inbound,
    is_transferred,
    is_transferred and u(k, 'escalates') < 0.55 as is_escalated,
    disposition = 'answered' and not is_transferred and u(k, 'consults') < 0.025 as has_consult,
    floor(talk) as talk,
    floor(hold) as hold,
    floor(wrap) as wrap,
    friction,
    after_decision,
    case when disposition = 'answered' then
        0.99 + mood + 0.12 * opinion + 0.85 * normal(u(k, 'satisfaction'))
        - if(is_live, 0.16 * ln(1 + wait_seconds / 25), 0.05 * ln(1 + reply_after / 60))
        - if(is_transferred, 0.5, 0)
        - if(origin = 'repeat', 0.45, 0)
        - if(origin in ('bot_exit', 'redial'), 0.15, 0)
        - if(friction, getvariable('friction_displeasure'), 0)
        + if(after_decision, getvariable('decision_satisfaction'), 0)
    end as satisfaction,
    repeats,
    direction_is_inbound and u(k, 'is_internal') < 0.006 as is_internal,
    direction_is_inbound and u(k, 'is_test') < 0.003 as is_test,
    channel in ('email', 'form') and u(k, 'is_spam') < 0.02 as is_spam,
    case
        when origin in ('callback', 'outbound') then 'none'
        when channel in ('email', 'form') and u(k, 'ticket') < 0.28 then 'ticket_only'
        when not is_live and replied_at >= getvariable('end_at') then
            if(channel in ('email', 'form'), 'ticket_only', 'lost')
        when channel in ('email', 'form') and u(k, 'ticket') < 0.9 then 'customer'
        when channel = 'social' and u(k, 'ticket') < 0.4 then 'customer'
        when disposition = 'answered' and is_live
            and u(k, 'ticket') < if(queue in ('technical', 'complaints'), 0.3, 0.04) then 'agent'
        else 'none'
    end as ticket,
    u(k, 'known') >= case when channel = 'social' then 0.16 when is_live then 0.07 else 0.05 end
        as is_known
from treated
where queue_at < getvariable('end_at') and queue_at >= getvariable('start_at');
