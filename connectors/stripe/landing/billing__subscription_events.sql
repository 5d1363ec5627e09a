-- What changed from each moment or observation of a subscription to the next.
with terms as (
    select * from shape.subscription_terms where amount is not null
),

versions as (
    select
        versions.*,
        is_collection_paused or status = 'paused' as is_paused,
        -- an end that a failed payment brought about is no request; an old record says no reason
        case
            when canceled_at <= started_at + interval 1 minute then false
            when status <> 'canceled' then is_cancelling
            when cancel_reason in ('payment_failed', 'payment_disputed') then false
            else
                is_cancelling
                or coalesce(cancel_reason = 'cancellation_requested', false)
                or coalesce(canceled_at < ended_at, false)
        end as wants_to_leave,
        -- the reason may be given after the request
        max(coalesce(cancel_feedback, cancel_reason))
            over (partition by subscription_id, canceled_at) as reason_given,
        max(cancel_feedback) over (partition by subscription_id, canceled_at) as feedback_given
    from shape.subscription_versions as versions
    where subscription_id in (select subscription_id from terms)
),

followed as (
    select
        *,
        lag(is_paused, 1, false) over life as was_paused,
        lag(pause_resumes_at) over life as was_to_resume_at,
        lag(wants_to_leave, 1, false) over life as wanted_to_leave
    from versions
    window life as (partition by subscription_id order by version_number)
),

of_terms as (
    select
        subscription_id,
        stripe_customer_id,
        case when row_number() over life = 1 then 'started' else 'changed' end as event_type,
        happened_at as effective_at,
        plan,
        amount,
        billing_interval,
        currency,
        status
    from terms
    window life as (partition by subscription_id order by happened_at)
    qualify
        row(plan, amount, billing_interval, currency, status)
        is distinct from lag(row(plan, amount, billing_interval, currency, status)) over life
),

of_pauses as (
    select
        subscription_id,
        stripe_customer_id,
        case when is_paused then 'paused' else 'resumed' end as event_type,
        case
            when not is_paused then least(observed_at, was_to_resume_at)
            -- without a way to pay, a subscription pauses when its trial ends
            when status = 'paused' then coalesce(least(observed_at, trial_end), observed_at)
            else observed_at
        end as effective_at
    from followed
    where is_paused <> was_paused and (over_at is null or observed_at < over_at)
),

of_requests as (
    select
        subscription_id,
        stripe_customer_id,
        case when wants_to_leave then 'cancel_requested' else 'cancel_withdrawn' end as event_type,
        case when wants_to_leave then coalesce(canceled_at, observed_at) else observed_at end
            as effective_at,
        case when wants_to_leave then coalesce(feedback_given, reason_given) end as reason
    from followed
    where
        wants_to_leave <> wanted_to_leave
        and (wants_to_leave or status <> 'canceled')
),

of_ends as (
    select
        subscription_id,
        any_value(stripe_customer_id) as stripe_customer_id,
        'ended' as event_type,
        over_at as effective_at,
        coalesce(max(feedback_given), max(reason_given)) as reason
    from versions
    where over_at is not null and status = 'canceled'
    group by subscription_id, over_at
),

gathered as (
    select * from of_terms
    union all by name
    select * from of_pauses
    union all by name
    select * from of_requests
    union all by name
    select * from of_ends
),

final as (
    select
        gathered.subscription_id
        || '/'
        || gathered.event_type
        || case
            when gathered.event_type in ('started', 'ended') then ''
            else '/' || epoch_us(gathered.effective_at)
        end as event_id,
        gathered.subscription_id,
        coalesce(customer_ids.customer_id, gathered.stripe_customer_id) as customer_id,
        gathered.event_type,
        gathered.effective_at,
        gathered.plan,
        gathered.amount,
        gathered.billing_interval,
        gathered.currency,
        gathered.status,
        gathered.reason
    from gathered
    left join shape.customer_ids as customer_ids
        on gathered.stripe_customer_id = customer_ids.stripe_id
    qualify
        row_number() over (
            partition by gathered.subscription_id, gathered.event_type, gathered.effective_at
            order by gathered.reason nulls last
        ) = 1
)

select * from final
