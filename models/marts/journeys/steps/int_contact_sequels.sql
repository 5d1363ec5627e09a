-- What came of a contact within the window: did the person come back about the same thing, or with
-- a complaint, and what did that cost? Asked of every contact in scope. A complaint that is itself
-- the next contact about the same thing counts once in the cost.
{%- set in_time = "started_at, contact_id" %}
with contacts as (
    select
        contacts.contact_id,
        contacts.customer_id,
        contacts.reason_group,
        contacts.queue_entered_at as started_at,
        {{ contact_over_at("contacts") }} as over_at,
        coalesce(reasons.is_complaint, false) as is_complaint,
        coalesce(costs.cost_eur, 0) as cost_eur
    from {{ ref("contacts") }} as contacts
    left join {{ ref("reasons") }} as reasons
        on contacts.reason = reasons.reason
    left join {{ ref("int_contact_costs") }} as costs
        on contacts.contact_id = costs.contact_id
    where
        contacts.is_in_scope
        and contacts.customer_id is not null
),

next_same as (
    select
        *,
        lead(started_at) over (partition by customer_id, reason_group order by {{ in_time }})
            as same_at,
        lead(cost_eur) over (partition by customer_id, reason_group order by {{ in_time }})
            as same_cost_eur
    from contacts
),

next_complaint as (
    select
        *,
        {{ next_known("case when is_complaint then started_at end", "customer_id", in_time) }}
            as complained_at,
        {{ next_known("case when is_complaint then cost_eur end", "customer_id", in_time) }}
            as complaint_cost_eur
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
        cost_eur,
        is_repeated,
        is_complained,
        case when is_repeated then same_cost_eur else 0 end
        + case
            when is_complained and not (is_repeated and same_at = complained_at)
                then complaint_cost_eur
            else 0
        end as sequel_cost_eur
    from judged
)

select * from final
