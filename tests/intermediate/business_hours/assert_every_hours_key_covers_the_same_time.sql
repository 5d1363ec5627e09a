-- Every team's calendar covers all that was observed, up to the as-of instant at least.
-- A failure means that open seconds are unknown for some instants. Look first at the first instants
-- of contacts, tickets and invitations in int_business_dates_ruled.
with covered as (
    select
        hours_key,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from {{ ref("int_business_hours_cumulated") }}
    group by 1
)

select
    covered.hours_key,
    covered.starts_at,
    covered.ends_at
from covered
cross join {{ ref("int_run_observed") }} as run
where
    covered.ends_at <= run.as_of
    or covered.starts_at > (
        select min(contacts.queue_entered_at)
        from {{ ref("stg_interactions__contact_versions") }} as contacts
    )
    or covered.starts_at > (
        select min(tickets.created_at)
        from {{ ref("stg_interactions__ticket_versions") }} as tickets
    )
    or covered.starts_at > (
        select min(invitations.sent_at)
        from {{ ref("stg_surveys__invitations") }} as invitations
    )
