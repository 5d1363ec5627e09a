{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons('coalesce(customer_id, journey_id)') ~ ' or ' ~ of_changed_journeys('journey_id')) }}",
    )
}}
-- Incremental by journey: see int_journeys_changed.
-- What one person went through: its bounds, its touches, its contacts and its path, each summed in
-- a step of its own. What came of it within the following days is found in int_journey_outcomes;
-- which of these counts as the outcome is decided here, by the first that holds.
with exchanges as (
    {{ exchanges_seen() }}
),

described as (
    select
        bounded.journey_id,
        bounded.customer_id,
        bounded.brand,
        bounded.is_excluded,
        bounded.started_at,
        bounded.ended_at,
        bounded.open_seconds,
        bounded.entry_channel,
        bounded.entry_reason_group,
        summed.is_customer_initiated,
        summed.touch_count,
        summed.contact_count,
        summed.ticket_count,
        summed.abandoned_count,
        summed.contained_count,
        summed.reopened_count,
        summed.last_csat_score,
        summed.last_nps_score,
        summed.last_ces_effort_score,
        contacts_summed.issue_count,
        contacts_summed.repeat_count,
        contacts_summed.transfer_count,
        contacts_summed.handled_contact_count,
        contacts_summed.handle_seconds,
        contacts_summed.cost_eur,
        contacts_summed.open_ticket_count,
        contacts_summed.solved_ticket_count,
        paths.channel_path,
        greatest(coalesce(paths.channel_stop_count, 0) - 1, 0) as channel_switch_count,
        outcomes.repurchased_at,
        outcomes.repurchased_eur,
        outcomes.cancel_requested_at,
        outcomes.is_saved,
        outcomes.subscription_ended_at,
        coalesce(customers.segment, 'unknown') as segment,
        -- by the exchanges: a feed that died has not shown a quiet week
        {{ add_hours("bounded.ended_at", parameter("journey_quiet_hours")) }}
        > exchanges.seen_until as is_open
    from {{ ref("int_journeys_bounded") }} as bounded
    cross join exchanges
    inner join {{ ref("int_journeys_summed") }} as summed
        on bounded.journey_id = summed.journey_id
    left join {{ ref("int_journey_contacts_summed") }} as contacts_summed
        on bounded.journey_id = contacts_summed.journey_id
    left join {{ ref("int_journey_paths") }} as paths
        on bounded.journey_id = paths.journey_id
    left join {{ ref("int_journey_outcomes") }} as outcomes
        on bounded.journey_id = outcomes.journey_id
    left join {{ ref("customers") }} as customers
        on bounded.customer_id = customers.customer_id
),

final as (
    select
        journey_id,
        customer_id,
        segment,
        brand,
        is_excluded,
        is_customer_initiated,
        started_at,
        ended_at,
        is_open,
        {{ seconds_between("started_at", "ended_at") }} as elapsed_seconds,
        cast(open_seconds as decimal(18, 4)) as open_seconds,
        entry_channel,
        entry_reason_group,
        channel_path,
        cast(touch_count as integer) as touch_count,
        cast(contact_count as integer) as contact_count,
        cast(ticket_count as integer) as ticket_count,
        cast(issue_count as integer) as issue_count,
        cast(channel_switch_count as integer) as channel_switch_count,
        cast(repeat_count as integer) as repeat_count,
        cast(transfer_count as integer) as transfer_count,
        cast(handled_contact_count as integer) as handled_contact_count,
        cast(abandoned_count as integer) as abandoned_count,
        cast(reopened_count as integer) as reopened_count,
        -- each time that the person had to try again, or was sent on
        cast(
            channel_switch_count
            + repeat_count + transfer_count + abandoned_count + reopened_count
            as integer
        ) as effort_count,
        cast(handle_seconds as decimal(18, 4)) as handle_seconds,
        cast(cost_eur as decimal(18, 2)) as cost_eur,
        last_csat_score,
        last_nps_score,
        last_ces_effort_score,
        cast(open_ticket_count as integer) as open_ticket_count,
        repurchased_at,
        cast(repurchased_eur as decimal(18, 2)) as repurchased_eur,
        cancel_requested_at,
        subscription_ended_at,
        case
            when is_excluded then 'excluded'
            when not is_customer_initiated then 'not_asked'
            when is_open then 'still_open'
            when subscription_ended_at is not null then 'churned'
            when is_saved then 'saved'
            when cancel_requested_at is not null then 'cancel_asked'
            when repurchased_at is not null then 'repurchased'
            when open_ticket_count > 0 then 'unresolved'
            when handled_contact_count + solved_ticket_count > 0 then 'resolved'
            when contained_count > 0 then 'self_served'
            else 'unanswered'
        end as outcome
    from described
)

select * from final
order by started_at, journey_id
