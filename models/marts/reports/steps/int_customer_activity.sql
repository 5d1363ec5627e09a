-- One pass over the events of each customer: what happened lately, and what was said last.
{%- set recent_days = parameter("frequent_contact_days") %}
{%- set recent = "event_at > " ~ add_hours("as_of", "-24 * " ~ recent_days) %}
{%- set last_year = "event_at > " ~ add_hours("as_of", "-24 * 365") %}
with events as (
    select
        events.*,
        run.as_of
    from {{ ref("customer_events") }} as events
    cross join {{ ref("int_run_observed") }} as run
    where
        events.customer_id is not null
        and not events.is_excluded
),

final as (
    select
        customer_id,
        max(event_at) as last_event_at,
        max(case when direction = 'inbound' and journey_link = 'own' then event_at end)
            as last_contacted_at,
        max(case when event_type = 'order_placed' then event_at end) as last_ordered_at,
        max(case when event_type = 'subscription_cancel_requested' then event_at end)
            as last_cancel_requested_at,
        sum(
            case
                when event_type = 'contact' and direction = 'inbound' and {{ recent }} then 1
                else 0
            end
        ) as recent_contact_count,
        sum(
            case
                when event_type = 'contact' and direction = 'inbound' and {{ last_year }} then 1
                else 0
            end
        ) as contact_count_365_days,
        sum(case when event_type = 'order_placed' and {{ last_year }} then 1 else 0 end)
            as order_count_365_days,
        sum(
            case
                when
                    event_type in ('order_placed', 'order_refunded', 'order_cancelled')
                    and {{ last_year }}
                    then value_eur
            end
        ) as ordered_eur_365_days,
        sum(
            case
                when event_type in ('invoice_issued', 'credit_note_issued') and {{ last_year }}
                    then value_eur
            end
        ) as invoiced_eur_365_days
    from events
    group by 1
)

select * from final
