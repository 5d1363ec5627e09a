{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_changed('int_contact_dates_changed', ['business_date']) }}",
    )
}}
-- depends_on: {{ ref("int_contact_dates_changed") }}
-- One pass over contacts. A date that new batches changed is summed again whole.
with contacts as (
    select
        contacts.*,
        {{ squared("handle_seconds") }} as handle_seconds_squared,
        (is_answered or is_abandoned) and is_live_channel as is_answered_or_abandoned_live
    from {{ ref("int_contacts_timed") }} as contacts
    {% if is_incremental() %}
        where
            business_date in (
                select changed.business_date
                from {{ ref("int_contact_dates_changed") }} as changed
            )
    {% endif %}
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(case when is_offered then 1 end) as contacts_offered,
        count(case when is_answered_or_abandoned_live then 1 end)
            as contacts_answered_or_abandoned_live,
        count(case when is_answered and is_live_channel then 1 end) as contacts_answered_live,
        count(case when is_answered_in_time and is_live_channel then 1 end)
            as contacts_answered_in_time_live,
        count(case when is_abandoned and is_live_channel then 1 end) as contacts_abandoned_live,
        count(live_wait_seconds) as contacts_with_wait_answered_live,
        coalesce(sum(live_wait_seconds), 0) as wait_seconds_answered_live,
        coalesce(sum({{ squared("live_wait_seconds") }}), 0)
            as wait_seconds_squared_answered_live,
        count(case when is_handled then 1 end) as contacts_handled,
        count(handle_seconds) as contacts_with_handle_time,
        coalesce(sum(handle_seconds), 0) as handle_seconds,
        coalesce(sum(handle_seconds_squared), 0) as handle_seconds_squared,
        count(handled_hold_seconds) as contacts_with_hold_time,
        coalesce(sum(handled_hold_seconds), 0) as hold_seconds,
        coalesce(sum({{ squared("handled_hold_seconds") }}), 0) as hold_seconds_squared,
        count(case when is_handled and is_transfer_recorded then 1 end)
            as contacts_with_transfers_recorded,
        count(case when is_handled and is_transfer_recorded and transfer_count > 0 then 1 end)
            as contacts_transferred,
        count(case when is_handled and is_escalation_recorded then 1 end)
            as contacts_with_escalations_recorded,
        count(case when is_handled and is_escalation_recorded and is_escalated then 1 end)
            as contacts_escalated,
        count(case when is_handled and is_identified then 1 end) as contacts_handled_identified
    from contacts
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
