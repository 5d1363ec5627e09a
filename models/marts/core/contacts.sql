{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_changed_contacts() }}",
    )
}}
-- Incremental by batch: changed contacts are deleted, then made again, so that a corrected or
-- deleted contact leaves nothing behind.
-- depends_on: {{ ref("int_contacts_changed") }}
-- Ordered by time: later filters and merges read little.
with described as (
    select * from {{ ref("int_contacts_described") }}
),

scoped as (
    select
        *,
        coalesce({{ is_automated("described") }}, false) as is_automated,
        {{ is_customer_contact("described") }} as is_in_scope,
        coalesce(
            disposition = 'abandoned' and wait_seconds < short_abandon_seconds,
            false
        ) as is_short_abandon
    from described
),

final as (
    select
        contact_id,
        contact_source,
        customer_id,
        identity_rule,
        identity_rule not in ('anonymous', 'none') as is_identified,
        segment,
        channel,
        is_live_channel,
        direction,
        initiated_by,
        reason,
        reason_group,
        queue,
        coalesce(team, 'unknown') as team,
        coalesce(brand, 'unknown') as brand,
        coalesce(site, 'unknown') as site,
        ticket_id,
        queue_entered_at,
        agents_queue_entered_at,
        answered_at,
        ended_at,
        business_date,
        disposition,
        automated_disposition,
        is_internal,
        is_test,
        is_spam,
        is_in_scope,
        is_automated,
        is_short_abandon,
        is_in_scope and not is_automated and not is_short_abandon as is_offered,
        is_in_scope and is_handled as is_handled,
        called_back_at,
        -- the contact's own disposition rules the answer, whatever was folded into it later
        is_in_scope and coalesce(disposition = 'answered', false) as is_answered,
        is_in_scope
        and coalesce(disposition = 'abandoned', false)
        and not is_short_abandon as is_abandoned,
        is_in_scope
        and coalesce(disposition = 'answered' and wait_seconds <= service_level_seconds, false)
            as is_answered_in_time,
        cast(wait_seconds as decimal(18, 4)) as wait_seconds,
        cast(folded_contact_count as integer) as folded_contact_count,
        cast(leg_count as integer) as leg_count,
        cast(agent_count as integer) as agent_count,
        last_agent_id,
        cast(transfer_count as integer) as transfer_count,
        is_escalated,
        has_missing_talk,
        cast(talk_seconds as decimal(18, 4)) as talk_seconds,
        cast(hold_seconds as decimal(18, 4)) as hold_seconds,
        cast(wrap_seconds as decimal(18, 4)) as wrap_seconds,
        case
            when is_in_scope and is_handled and not has_missing_talk
                then cast(
                    talk_seconds + coalesce(hold_seconds, 0) + wrap_seconds as decimal(18, 4)
                )
        end as handle_seconds,
        batch
    from scoped
)

select * from final
order by queue_entered_at, contact_id
