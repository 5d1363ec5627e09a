-- a view: read by the sums and by the quantiles of contacts
{{ config(materialized = "view") }}
-- Contacts in scope, with the seconds that count in the means: of the waits, only those of live
-- contacts which were answered.
with contacts as (
    select * from {{ ref("contacts") }}
),

final as (
    select
        *,
        case when is_answered and is_live_channel then wait_seconds end as live_wait_seconds
    from contacts
    where is_in_scope
)

select * from final
