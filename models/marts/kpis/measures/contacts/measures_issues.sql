-- Issues of known customers count on the day of their first handled contact; whether it settled
-- them is known once the window after it is over.
with final as (
    select
        anchor_date as business_date,
        anchor_channel as channel,
        reason_group,
        anchor_team as team,
        segment,
        brand,
        site,
        count(*) as issues,
        count(case when is_channel_switched then 1 end) as issues_channel_switched,
        count(case when is_mature then 1 end) as issues_mature,
        count(case when not is_mature then 1 end) as issues_pending,
        count(case when is_resolved_at_first_contact then 1 end) as issues_resolved_at_first_contact
    from {{ ref("issues") }}
    where is_identified
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
