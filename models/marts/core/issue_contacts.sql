{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons('customer_id')) }}",
    )
}}
-- Incremental by person: see int_persons_changed.
with exchanges as (
    {{ exchanges_seen() }}
),

grouped as (
    select * from {{ ref("int_issue_contacts_grouped") }}
),

final as (
    select
        grouped.issue_id,
        grouped.contact_id,
        grouped.customer_id,
        contacts.is_identified,
        contacts.segment,
        contacts.reason_group,
        {{ serving_channel("contacts") }} as channel,
        contacts.team,
        contacts.brand,
        contacts.site,
        contacts.business_date,
        grouped.started_at,
        grouped.over_at,
        grouped.is_handled,
        grouped.is_anchor,
        grouped.is_handled and not grouped.is_anchor as is_repeat,
        case
            when grouped.is_handled and not grouped.is_anchor then grouped.seconds_since_handled
        end as seconds_since_previous,
        grouped.window_ends_at,
        -- by the exchanges: a feed that died has not shown that nobody came back
        grouped.window_ends_at <= exchanges.seen_until as is_mature
    from grouped
    cross join exchanges
    inner join {{ ref("contacts") }} as contacts
        on grouped.contact_id = contacts.contact_id
)

select * from final
order by started_at, contact_id
