-- Cancellation episodes that the service handled, and those whose subscription still paid on day
-- 90. The hold-out got no offer: it is what saves are compared with, and no save of the service.
with episodes as (
    select
        *,
        coalesce(offer, 'none') as offer_made
    from {{ ref("cancel_episodes") }}
    where
        is_handled_by_service
        and not is_holdout
        and not is_excluded
),

final as (
    select
        requested_date as business_date,
        offer_made as offer,
        channel,
        team,
        segment,
        brand,
        count(case when is_mature then 1 end) as episodes_handled,
        count(case when is_mature and is_saved then 1 end) as episodes_saved,
        count(case when not is_mature then 1 end) as episodes_pending
    from episodes
    group by 1, 2, 3, 4, 5, 6
)

select * from final
