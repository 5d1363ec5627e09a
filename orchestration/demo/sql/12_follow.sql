-- What a contact leads to: a call-back, a second try, a way on from the bot, or a repeat.

create or replace temp table intents as
with reactions as (
    select
        *,
        clamp(
            repeats
            * if(is_transferred, 1.5, 1)
            * case when satisfaction < -0.5 then 1.5 else 0.85 end
            * if(after_decision, getvariable('decision_repeat_factor'), 1)
            + if(friction, getvariable('friction_repeat'), 0),
            0, 0.8
        ) * pow(0.85, depth) as repeat_chance,
        branch(k, depth + 1) as next_k
    from step
    where depth < 4 and not is_internal and not is_test and not is_spam
),
decided as (
    select
        *,
        case
            when disposition = 'callback_requested' then 'callback'
            when disposition = 'bot_failed' and u(k, 'goes_on') < 0.8 then 'bot_exit'
            when disposition = 'abandoned' and wait_seconds >= 5 and u(k, 'tries_again') < 0.55
                then 'redial'
            when disposition in ('bot_contained', 'ivr_contained') and u(k, 'was_not_helped') < 0.06
                then 'redial'
            when disposition = 'answered' and origin <> 'outbound' and u(k, 'repeats') < repeat_chance
                then 'repeat'
        end as next_origin
    from reactions
),
chosen as (
    select
        *,
        case
            when next_origin <> 'repeat' then reason
            when u(next_k, 'complains') < if(friction, getvariable('friction_complaint'), 0.01)
                then 'complaint'
            else reason
        end as next_reason,
        case
            when next_origin = 'callback' then 'phone'
            when next_origin = 'bot_exit' then
                if(u(next_k, 'phone') < if(reason = 'delivery_delay', 0.9, 0.5), 'phone', 'chat')
            when next_origin = 'redial' then if(channel = 'chat', 'phone', channel)
            when u(next_k, 'switches') > 0.22 then channel
            when channel = 'phone' then 'email'
            else 'phone'
        end as next_channel,
        case
            when next_origin = 'callback' then 900 + u(next_k, 'gap') * 5400
            when next_origin = 'bot_exit' then 60 + u(next_k, 'gap') * 900
            when next_origin = 'redial' then 240 + u(next_k, 'gap') * 9000
            else 86400 * (0.1 + 6.2 * pow(u(next_k, 'gap'), 1.4))
        end as gap
    from decided
    where next_origin is not null
),
timed as (
    select *, paris(ended_at + seconds(gap)) as wished_at from chosen
)
select
    root_id * 8 + depth + 1 as id,
    root_id,
    depth + 1 as depth,
    id as prev_id,
    customer_no,
    next_k as k,
    next_origin as origin,
    next_reason as reason,
    next_channel as channel,
    case
        when next_channel not in ('phone', 'chat', 'video') then wished_at
        when hour(wished_at) >= 20 then
            date_trunc('day', wished_at) + interval 32 hour + seconds(u(next_k, 'morning') * 14000)
        when hour(wished_at) < 8 then
            date_trunc('day', wished_at) + interval 8 hour + seconds(u(next_k, 'morning') * 14000)
        else wished_at
    end as local_at,
    root_local_at
from timed;
