-- Deferred contacts on the day they came in: how soon the first answer came, and how many have one.
with replies as (
    select
        *,
        cast(reply_open_seconds as double) as seconds
    from {{ ref("int_deferred_contacts_replied") }}
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(reply_open_seconds) as replies_timed,
        cast(coalesce(sum(reply_open_seconds), 0) as decimal(38, 4)) as reply_open_seconds,
        coalesce(sum(seconds * seconds), 0) as reply_open_seconds_squared,
        count(case when sla_status in ('met', 'missed') then 1 end) as replies_due,
        count(case when sla_status = 'met' then 1 end) as replies_in_time,
        count(case when is_reply_expected then 1 end) as messages_expecting_reply,
        count(case when is_reply_expected and is_replied then 1 end) as messages_replied,
        count(case when sla_status = 'pending' then 1 end) as replies_pending
    from replies
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
