-- A table as it stood when it was exported; the export is as old as the newest instant in it.
select
    'export/' || file_number || '/' || row_number as version_id,
    id as subscription_id,
    max(greatest(created, current_period_start, canceled_at, ended_at))
        over (partition by file_number) as observed_at,
    file_number as observation_order,
    false as is_event,
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
from sigma.subscriptions
