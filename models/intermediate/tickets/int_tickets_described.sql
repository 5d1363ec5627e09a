-- Tickets with what the reference seeds, the identity of the requester and their merges say of
-- them. A code that no seed knows stands for itself; no ticket is dropped for what is missing.
with run as (
    select * from {{ ref("int_run_observed") }}
),

ticket_versions as (
    select * from {{ ref("stg_interactions__ticket_versions") }}
    where {{ of_changed_tickets("ticket_id") }}
),

current_tickets as (
    {{ current_version("ticket_versions", ["ticket_id"], "updated_at") }}
),

tickets as (
    select current_tickets.*
    from current_tickets
    cross join run
    where current_tickets.created_at <= run.as_of
),

described as (
    select
        tickets.*,
        {{ referenced_person("tickets") }} as customer_id,
        {{ identity_rule("tickets") }} as identity_rule,
        coalesce(refs.is_excluded, false) as is_test,
        {{ is_live_channel("tickets") }} as is_live_channel,
        channels.reply_sla_open_hours,
        coalesce(reasons.reason_group, tickets.reason, 'unknown') as reason_group,
        {{ business_date("tickets.created_at", "run.business_time_zone") }} as created_date,
        {{ seconds_between("tickets.created_at", "run.as_of") }} as seconds_until_as_of,
        coalesce(survivors.surviving_ticket_id, tickets.ticket_id) as surviving_ticket_id,
        tickets.merged_into_ticket_id is not null as is_merged
    from tickets
    cross join run
    left join {{ ref("channels") }} as channels
        on tickets.channel = channels.channel
    left join {{ ref("reasons") }} as reasons
        on tickets.reason = reasons.reason
    left join {{ ref("int_ticket_survivors_resolved") }} as survivors
        on tickets.ticket_id = survivors.ticket_id
    left join {{ ref("int_customer_references_matched") }} as refs
        on {{ reference_held_at("tickets", "created_at") }}
),

final as (
    select
        *,
        -- who waits for a reply: a customer who wrote; a source that does not say who opened its
        -- tickets records what customers sent
        is_reply_expected
        and not is_live_channel
        and not is_spam
        and not is_test
        and not is_merged
        and coalesce(created_by, 'customer') = 'customer' as has_reply_promise
    from described
)

select * from final
