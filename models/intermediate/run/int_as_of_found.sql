-- a view: orchestration/warehouse/news.py asks it before a build whether the instant has moved
{{ config(materialized = "view") }}
-- Nothing in the project asks the clock: a run sees the world as of the newest event, or as of
-- the instant that the caller gave.
with run_context as (
    select * from {{ ref("stg_pilotage__run_context") }}
),

-- An event that its own arrival has not seen comes of a wrong clock, and dates nothing: with some
-- tolerance it is landed, and everybody else's day would end with it.
arrival as (
    select max(accepted_at) as accepted_at
    from {{ ref("stg_pilotage__batches") }}
),

newest_events as (
    select max(queue_entered_at) as event_at
    from {{ ref("stg_interactions__contact_versions") }}
    where queue_entered_at <= (select arrival.accepted_at from arrival)
    union all
    select max(ended_at)
    from {{ ref("stg_interactions__contact_versions") }}
    where ended_at <= (select arrival.accepted_at from arrival)
    union all
    select max(created_at)
    from {{ ref("stg_interactions__ticket_versions") }}
    where created_at <= (select arrival.accepted_at from arrival)
    union all
    select max(event_at)
    from {{ ref("stg_interactions__ticket_event_versions") }}
    where event_at <= (select arrival.accepted_at from arrival)
    union all
    select max(posted_at)
    from {{ ref("stg_interactions__public_feedback") }}
    where posted_at <= (select arrival.accepted_at from arrival)
    union all
    select max(sent_at)
    from {{ ref("stg_surveys__invitations") }}
    where sent_at <= (select arrival.accepted_at from arrival)
    union all
    select max(answered_at)
    from {{ ref("stg_surveys__answers") }}
    where answered_at <= (select arrival.accepted_at from arrival)
    union all
    select max(ordered_at)
    from {{ ref("stg_billing__orders") }}
    where ordered_at <= (select arrival.accepted_at from arrival)
    union all
    select max({{ local_midnight("issued_on", "'UTC'") }})
    from {{ ref("stg_billing__documents") }}
    where {{ local_midnight("issued_on", "'UTC'") }} <= (select arrival.accepted_at from arrival)
),

-- A cancellation may be announced months ahead: subscription events date the run only where
-- nothing else does.
newest_subscription_event as (
    select max(effective_at) as event_at
    from {{ ref("stg_billing__subscription_events") }}
),

-- Nor does the file of the staff say that contacts of the same day have come.
newest_staff_events as (
    select max({{ local_midnight("evaluated_on", "'UTC'") }}) as event_at
    from {{ ref("stg_workforce__quality_evaluations") }}
    union all
    select max({{ local_midnight("proposed_on", "'UTC'") }})
    from {{ ref("stg_workforce__improvement_proposals") }}
    union all
    select max({{ local_midnight("ended_on", "'UTC'") }})
    from {{ ref("stg_workforce__trainings") }}
    union all
    select max({{ local_midnight("assessed_on", "'UTC'") }})
    from {{ ref("stg_workforce__skill_assessments") }}
    union all
    select max({{ local_midnight("certified_on", "'UTC'") }})
    from {{ ref("stg_workforce__certifications") }}
    union all
    select max(viewed_at)
    from {{ ref("stg_steering__dashboard_views") }}
),

found as (
    select
        coalesce(
            run_context.as_of,
            (select max(event_at) from newest_events),
            (select event_at from newest_subscription_event),
            (select max(event_at) from newest_staff_events)
        ) as as_of,
        run_context.as_of as looks_from,
        {{ parameter("business_time_zone", "varchar") }} as business_time_zone
    from run_context
),

final as (
    select
        *,
        {{ business_date("as_of", "business_time_zone") }} as as_of_date
    from found
)

select * from final
