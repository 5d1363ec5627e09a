-- a view: read by the sums and by the quantiles of contacts
{{ config(materialized = "view") }}
-- Contacts in scope, with the seconds that count in the means: of the waits, only those of live
-- contacts which were answered, of the holds, only those of contacts that an agent handled.
with contacts as (
    select * from {{ ref("contacts") }}
),

final as (
    select
        *,
        case when is_answered and is_live_channel then wait_seconds end as live_wait_seconds,
        case when is_handled then hold_seconds end as handled_hold_seconds
    from contacts
    where is_in_scope
)

select * from final
