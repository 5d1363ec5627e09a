{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_changed('int_contacts_changed', ['contact_id']) }}",
    )
}}
-- Incremental by batch, as contacts are: a changed contact is deleted, then made again whole.
-- depends_on: {{ ref("int_contacts_changed") }}
with legs as (
    select
        *,
        talk_seconds + coalesce(hold_seconds, 0) + wrap_seconds as handle_seconds
    from {{ ref("int_contact_legs_gathered") }}
),

final as (
    select
        root_contact_id as contact_id,
        agent_id,
        cast(count(*) as integer) as leg_count,
        -- nobody knows how long a leg without talk time was: it is left out, not taken as short
        cast(count(handle_seconds) as integer) as timed_leg_count,
        cast(coalesce(sum(handle_seconds), 0) as decimal(18, 4)) as handle_seconds,
        cast(coalesce(sum({{ squared("handle_seconds") }}), 0) as decimal(38, 8))
            as handle_seconds_squared
    from legs
    group by 1, 2
)

select * from final
