{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons('customer_id')) }}",
    )
}}
-- Incremental by person: see int_persons_changed.
-- What came of a contact within the window: did the person come back about the same thing, or with
-- a complaint, and in which contacts? Asked of every contact in scope. A complaint that is itself
-- the next contact about the same thing is named once.
{%- set in_time = "started_at, contact_id" %}
with contacts as (
    select
        contacts.contact_id,
        contacts.customer_id,
        contacts.reason_group,
        contacts.queue_entered_at as started_at,
        {{ contact_over_at("contacts") }} as over_at,
        coalesce(reasons.is_complaint, false) as is_complaint
    from {{ ref("contacts") }} as contacts
    left join {{ ref("reasons") }} as reasons
        on contacts.reason = reasons.reason
    where
        contacts.is_in_scope
        and contacts.customer_id is not null
        and {{ of_changed_persons("contacts.customer_id") }}
),

next_same as (
    select
        *,
        lead(started_at) over (partition by customer_id, reason_group order by {{ in_time }})
            as same_at,
        lead(contact_id) over (partition by customer_id, reason_group order by {{ in_time }})
            as same_contact_id
    from contacts
),

next_complaint as (
    select
        *,
        {{ next_known("case when is_complaint then started_at end", "customer_id", in_time) }}
            as complained_at,
        {{ next_known("case when is_complaint then contact_id end", "customer_id", in_time) }}
            as complaint_contact_id
    from next_same
),

bounded as (
    select
        *,
        {{ add_hours("over_at", parameter("issue_window_hours")) }} as window_ends_at
    from next_complaint
),

judged as (
    select
        *,
        coalesce(same_at <= window_ends_at, false) as is_repeated,
        coalesce(complained_at <= window_ends_at, false) as is_complained
    from bounded
),

final as (
    select
        contact_id,
        customer_id,
        is_repeated,
        is_complained,
        case when is_repeated then same_contact_id end as repeat_contact_id,
        case
            when is_complained and not (is_repeated and same_at = complained_at)
                then complaint_contact_id
        end as complaint_contact_id
    from judged
)

select * from final
