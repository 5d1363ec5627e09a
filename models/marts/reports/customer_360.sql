with run as (
    select * from {{ ref("int_run_observed") }}
),

subscriptions as (
    select
        customer_id,
        bool_or(is_customer) as has_subscription,
        bool_or(is_paying) as is_paying,
        case when count(*) = count(mrr_eur) then sum(mrr_eur) end as mrr_eur
    from {{ ref("int_customer_snapshots") }}
    where not is_month_start
    group by 1
),

final as (
    select
        customers.customer_id,
        customers.segment,
        customers.brand,
        customers.country,
        customers.created_at,
        customers.closed_at,
        cast(floor({{ seconds_between("customers.created_at", "run.as_of") }} / 86400) as integer)
            as tenure_days,
        coalesce(subscriptions.has_subscription, false) as has_subscription,
        coalesce(subscriptions.is_paying, false) as is_paying,
        cast(
            case when subscriptions.customer_id is null then 0 else subscriptions.mrr_eur end
            as decimal(18, 2)
        ) as mrr_eur,
        activity.last_event_at,
        activity.last_contacted_at,
        cast(coalesce(activity.recent_contact_count, 0) as integer) as recent_contact_count,
        cast(coalesce(activity.contact_count_365_days, 0) as integer) as contact_count_365_days,
        cast(coalesce(journeys.journey_count_365_days, 0) as integer) as journey_count_365_days,
        cast(coalesce(journeys.repeat_count_365_days, 0) as integer) as repeat_count_365_days,
        cast(coalesce(journeys.effort_count_365_days, 0) as integer) as effort_count_365_days,
        cast(coalesce(journeys.service_cost_eur_365_days, 0) as decimal(18, 2))
            as service_cost_eur_365_days,
        cast(coalesce(journeys.open_ticket_count, 0) as integer) as open_ticket_count,
        journeys.latest_journey_id,
        journeys.latest_journey_outcome,
        journeys.latest_reason_group,
        opinions.last_answered_at,
        opinions.last_nps_score,
        opinions.last_csat_score,
        opinions.last_ces_effort_score,
        activity.last_ordered_at,
        cast(coalesce(activity.order_count_365_days, 0) as integer) as order_count_365_days,
        cast(coalesce(activity.ordered_eur_365_days, 0) as decimal(18, 2)) as ordered_eur_365_days,
        cast(coalesce(activity.invoiced_eur_365_days, 0) as decimal(18, 2))
            as invoiced_eur_365_days,
        activity.last_cancel_requested_at
    from {{ ref("customers") }} as customers
    cross join run
    left join subscriptions
        on customers.customer_id = subscriptions.customer_id
    left join {{ ref("int_customer_activity") }} as activity
        on customers.customer_id = activity.customer_id
    left join {{ ref("int_customer_latest_journeys") }} as journeys
        on customers.customer_id = journeys.customer_id
    left join {{ ref("int_customer_opinions") }} as opinions
        on customers.customer_id = opinions.customer_id
    where
        not customers.is_test
        and not customers.is_staff
)

select * from final
order by customer_id
