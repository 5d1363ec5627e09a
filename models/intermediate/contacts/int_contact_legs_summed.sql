-- a view: a step of int_contacts_folded alone
{{ config(materialized = "view") }}
-- One contact, several legs: what its agents did, from the first leg of the first member to the
-- last leg of the last.
with legs as (
    select * from {{ ref("int_contact_legs_gathered") }}
),

ordered as (
    select
        *,
        row_number() over (
            partition by contact_id
            order by started_at, leg_id
        ) as leg_of_contact,
        max(support_level) over (
            partition by root_contact_id
            order by started_at, leg_id
            rows between unbounded preceding and 1 preceding
        ) as highest_earlier_level,
        -- a colleague who was only asked does not take the contact over
        row_number() over (
            partition by root_contact_id
            order by
                case when entry_type = 'consult' then 1 else 0 end,
                started_at desc,
                leg_id desc
        ) = 1 as is_last_leg
    from legs
),

typed as (
    select
        *,
        coalesce(entry_type, case when leg_of_contact = 1 then 'queue' else 'transfer' end)
            as effective_entry_type
    from ordered
),

final as (
    select
        root_contact_id,
        count(*) as leg_count,
        count(distinct agent_id) as agent_count,
        max(case when is_last_leg then agent_id end) as last_agent_id,
        sum(talk_seconds) as talk_seconds,
        sum(hold_seconds) as hold_seconds,
        sum(wrap_seconds) as wrap_seconds,
        coalesce(bool_or(talk_seconds is null), false) as has_missing_talk,
        -- a hand-over to a higher level is a transfer too; a consult is none
        sum(case when effective_entry_type in ('transfer', 'escalation') then 1 else 0 end)
            as transfer_count,
        coalesce(
            bool_or(
                effective_entry_type = 'escalation'
                or support_level > highest_earlier_level
            ),
            false
        ) as is_escalated
    from typed
    group by 1
)

select * from final
