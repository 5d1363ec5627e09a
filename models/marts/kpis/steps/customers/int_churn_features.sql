{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_scorings()) }}",
    )
}}
-- The signs of each scored customer, from what had happened before the local day of the scoring. A
-- sign holds from the day after what raised it, until it expires or something newer replaces it.
-- Incremental by customer and Monday: see int_subscribers_scored.
{%- set valid_for = {
    "frequent_contacts": parameter("frequent_contact_days", "integer"),
    "silence": parameter("silence_days", "integer"),
} %}
with run as (
    select * from {{ ref("int_run_dated") }}
),

subscribers as (
    select * from {{ ref("int_subscribers_scored") }}
),

customers as (
    select
        customer_id,
        min(scored_date) as first_scored_date,
        max(scored_date) as last_scored_date
    from subscribers
    group by 1
),

-- contacts by their own rows: that a contact refers to a ticket is known only once it has come
recorded as (
    select
        contacts.customer_id,
        {{ business_date("contacts.queue_entered_at", "run.business_time_zone") }} as event_date,
        contacts.reason,
        contacts.ticket_id
    from {{ ref("contacts") }} as contacts
    cross join run
    where
        contacts.contact_source = 'contact'
        and contacts.is_in_scope
        and contacts.is_identified
),

-- a ticket that a customer opened is a contact unless one had come by then that refers to it
written as (
    select
        tickets.customer_id,
        tickets.created_date as event_date,
        tickets.reason
    from {{ ref("tickets") }} as tickets
    left join (
        select
            ticket_id,
            min(event_date) as event_date
        from recorded
        group by 1
    ) as first_contacts
        on tickets.ticket_id = first_contacts.ticket_id
    where
        coalesce(tickets.created_by, 'customer') = 'customer'
        and tickets.is_identified
        and not tickets.is_spam
        and not tickets.is_merged
        and not tickets.is_test
        and (
            first_contacts.event_date is null
            or first_contacts.event_date > tickets.created_date
        )
),

contacts as (
    select
        exchanges.customer_id,
        exchanges.event_date,
        coalesce(reasons.is_complaint, false) as is_complaint
    from (
        select
            customer_id,
            event_date,
            reason
        from recorded
        union all
        select
            customer_id,
            event_date,
            reason
        from written
    ) as exchanges
    inner join customers
        on exchanges.customer_id = customers.customer_id
    left join {{ ref("reasons") }} as reasons
        on exchanges.reason = reasons.reason
),

-- The last answer to each instrument speaks. One that a later answer to the same invitation
-- superseded had not been superseded yet.
answers as (
    select
        customer_id,
        answered_date as event_date,
        lead(answered_date) over (
            partition by customer_id, instrument order by answered_at, answer_id
        ) as next_date,
        case
            when instrument = 'ces_effort' and score >= 6 then 'high_effort'
            when instrument = 'nps' and score <= 6 then 'detractor'
            when instrument = 'csat' and score <= 2 then 'dissatisfied'
        end as sign
    from {{ ref("survey_answers") }}
    where
        validity in ('valid', 'superseded')
        and customer_id in (select customers.customer_id from customers)
        and (
            (instrument = 'ces_effort' and scale_min = 1 and scale_max = 7)
            or (instrument = 'nps' and scale_min = 0 and scale_max = 10)
            or (instrument = 'csat' and scale_min = 1 and scale_max = 5)
        )
),

states as (
    select
        {{ surviving_customer("states") }} as customer_id,
        {{ business_date("states.valid_from", "run.business_time_zone") }} as event_date,
        states.lifecycle,
        states.billing_status in ('past_due', 'unpaid') as is_unpaid,
        lag(states.billing_status in ('past_due', 'unpaid')) over subscription as was_unpaid,
        states.currency = lag(states.currency) over subscription as is_comparable,
        states.monthly_amount,
        lag(states.monthly_amount) over subscription as amount_before,
        lag(states.lifecycle) over subscription as lifecycle_before
    from {{ ref("int_subscription_states") }} as states
    cross join run
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on states.customer_id = survivors.customer_id
    window subscription as (
        partition by states.subscription_id order by states.valid_from
    )
),

cancellations as (
    select
        {{ surviving_customer("events") }} as customer_id,
        events.event_date,
        lead(events.event_date) over (
            partition by events.subscription_id
            order by events.effective_at, events.request_number, events.is_request desc
        ) as next_date,
        case when events.is_request then 'cancel_intent' else 'cancel_withdrawn' end as sign
    from {{ ref("int_cancel_events_grouped") }} as events
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on events.customer_id = survivors.customer_id
),

-- what customers do of themselves: neither a bill nor its payment
activity as (
    select
        customer_id,
        event_date
    from contacts
    union
    select
        customer_id,
        event_date
    from answers
    union
    select
        customer_id,
        event_date
    from cancellations
    union
    select
        customer_id,
        ordered_date
    from {{ ref("orders") }}
    where
        not coalesce(is_automatic, false)
        and customer_id in (select customers.customer_id from customers)
    union
    select
        customer_id,
        event_date
    from states
    where
        lifecycle <> 'ended'
        and (
            lifecycle is distinct from lifecycle_before
            or monthly_amount is distinct from amount_before
        )
),

raised as (
    select
        customer_id,
        'frequent_contacts' as sign,
        event_date,
        cast(null as date) as next_date
    from contacts
    union all
    select
        customer_id,
        'complaint',
        event_date,
        null
    from contacts
    where is_complaint
    union all
    select
        customer_id,
        sign,
        event_date,
        next_date
    from answers
    where sign is not null
    union all
    select
        customer_id,
        sign,
        event_date,
        next_date
    from cancellations
    union all
    select
        customer_id,
        'failed_payment',
        event_date,
        null
    from states
    where
        is_unpaid
        and was_unpaid is distinct from true
    union all
    select
        customer_id,
        'downgrade',
        event_date,
        null
    from states
    where
        lifecycle = 'running'
        and lifecycle_before <> 'ended'
        and is_comparable
        and monthly_amount < amount_before
    union all
    select
        customer_id,
        'silence',
        event_date,
        lead(event_date) over (partition by customer_id order by event_date)
    from activity
),

spans as (
    select
        raised.customer_id,
        raised.sign,
        greatest(raised.event_date, {{ add_days("customers.first_scored_date", -1) }}) as from_date,
        least(
            raised.next_date,
            customers.last_scored_date,
            cast(
                {{
                    dbt.dateadd(
                        "day",
                        "case raised.sign"
                        ~ " when 'frequent_contacts' then " ~ valid_for.frequent_contacts
                        ~ " when 'silence' then " ~ valid_for.silence
                        ~ " else triggers.validity_days end",
                        "raised.event_date"
                    )
                }} as date
            )
        ) as until_date
    from raised
    inner join customers
        on raised.customer_id = customers.customer_id
    inner join {{ ref("churn_triggers") }} as triggers
        on raised.sign = triggers.trigger
),

standing as (
    {{ mondays_after("spans") | indent(4) }}
),

signs as (
    select
        customer_id,
        scored_date,
        count(case when sign = 'frequent_contacts' then 1 end) as contact_count,
        {%- for sign in [
            "high_effort", "detractor", "dissatisfied", "complaint", "failed_payment", "downgrade",
            "cancel_intent", "cancel_withdrawn",
        ] %}
        max(case when sign = '{{ sign }}' then 1 else 0 end) as {{ sign }},
        {%- endfor %}
        max(case when sign = 'silence' then 1 else 0 end) as is_active
    from standing
    group by 1, 2
),

described as (
    select
        subscribers.customer_id,
        subscribers.scored_date,
        subscribers.is_monthly,
        subscribers.segment,
        subscribers.brand,
        subscribers.mrr_eur,
        subscribers.label_date,
        subscribers.has_churned,
        {%- for sign in [
            "high_effort", "detractor", "failed_payment", "downgrade", "cancel_intent",
            "cancel_withdrawn", "complaint", "dissatisfied",
        ] %}
        coalesce(signs.{{ sign }}, 0) as {{ sign }},
        {%- endfor %}
        case
            when signs.contact_count >= {{ parameter("frequent_contacts", "integer") }} then 1
            else 0
        end as frequent_contacts,
        1 - coalesce(signs.is_active, 0) as silence,
        -- so many are frequent; one digit of signs_code
        cast(
            least(
                coalesce(signs.contact_count, 0),
                {{ parameter("frequent_contacts", "integer") }} - 1,
                9
            ) as integer
        ) as recent_contacts,
        case when subscribers.is_paused then 1 else 0 end as paused,
        case when subscribers.is_yearly then 1 else 0 end as yearly_term,
        case
            when subscribers.tenure_days < {{ parameter("tenure_established_days") }} then 1
            else 0
        end as new_customer,
        case
            when subscribers.tenure_days >= {{ parameter("tenure_long_days") }} then 1
            else 0
        end as long_standing
    from subscribers
    left join signs
        on
            subscribers.customer_id = signs.customer_id
            and subscribers.scored_date = signs.scored_date
),

final as (
    select
        *,
        cast(
            {%- for sign in churn_triggers() %}
            {{ "+ " if not loop.first }}{{ 10 ** loop.index0 }} * {{ sign }}
            {%- endfor %}
            as bigint
        ) as signs_code
    from described
)

select * from final
