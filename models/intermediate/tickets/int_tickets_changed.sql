-- The tickets to build again: those that new batches changed, with all that is tied to them (see
-- int_contacts_changed), and those that time alone changes: what is open grows older, a promise is
-- missed, a reopening comes too late.
with run as (
    select
        observed.as_of,
        contexts.previous_as_of,
        {{ parameter("reopen_window_hours") }} as reopen_window_hours
    from {{ ref("int_run_observed") }} as observed
    cross join {{ ref("stg_pilotage__run_context") }} as contexts
),

events_seen as (
    {{ exchanges_seen("ticket_events") }}
),

final as (
    select versions.ticket_id
    from {{ ref("stg_interactions__ticket_versions") }} as versions
    inner join {{ ref("int_contacts_changed") }} as news
        on {{ ticket_contact_id("versions.ticket_id") }} = news.contact_id
    {%- if execute and as_built("tickets") is not none %}
    union
    select before.ticket_id
    from {{ as_built("tickets") }} as before
    cross join run
    cross join events_seen
    where
        before.is_open
        or before.reply_sla_status = 'pending'
        -- ticket events began to come, and show less than their absence did
        or (
            before.reply_sla_status = 'missed'
            and before.first_public_reply_at is null
            and events_seen.seen_until < run.previous_as_of
        )
        or before.is_reopen_mature <> coalesce(
            {{ add_hours("before.first_solved_at", "run.reopen_window_hours") }}
            <= events_seen.seen_until,
            false
        )
        or run.previous_as_of is null
        or run.as_of < run.previous_as_of
    {%- endif %}
    group by 1
)

select * from final
