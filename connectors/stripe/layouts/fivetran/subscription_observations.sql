-- The history has a row per version; where only today's table is there, it is the only one.
with rows_of_both as (
    select *, true as is_event from fivetran.subscription_history
    union all by name
    select *, false as is_event from fivetran.subscription
    where id not in (select id from fivetran.subscription_history)
),

final as (
    select
        'synced/' || id || '/' || epoch_us(coalesce(_fivetran_start, _fivetran_synced))
            as version_id,
        id as subscription_id,
        coalesce(_fivetran_start, _fivetran_synced) as observed_at,
        file_number as observation_order,
        is_event,
        customer_id as stripe_customer_id,
        status,
        coalesce(start_date, created) as started_at,
        trial_end,
        coalesce(cancel_at_period_end, false) or cancel_at is not null as is_cancelling,
        canceled_at,
        ended_at,
        pause_collection_behavior is not null as is_collection_paused,
        pause_collection_resumes_at as pause_resumes_at,
        cancellation_details_reason as cancel_reason,
        cancellation_details_feedback as cancel_feedback,
        coalesce(livemode, true) as is_live
    from rows_of_both
    qualify
        row_number() over (
            partition by id, coalesce(_fivetran_start, _fivetran_synced)
            order by file_number desc, row_number desc
        ) = 1
)

select * from final
