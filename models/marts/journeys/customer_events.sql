{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons(person_of_event())) }}",
    )
}}
-- Incremental by person: see int_persons_changed.
with placed as (
    select * from {{ ref("int_touches_placed") }}
),

numbered as (
    select
        *,
        -- who has no name is followed through one contact or ticket only
        row_number() over (
            partition by coalesce(person_id, strand_id, source || ':' || reference_id)
            order by event_at, source, event_type, reference_id
        ) as event_number
    from placed
),

final as (
    select
        event_type || ':' || reference_id as event_id,
        person_id as customer_id,
        cast(event_number as integer) as event_number,
        event_at,
        event_type,
        channel,
        direction,
        outcome,
        reason_group,
        coalesce(brand, 'unknown') as brand,
        source,
        reference_id,
        contact_id,
        ticket_id,
        journey_id,
        journey_link,
        follows_journey_id,
        instrument,
        cast(score as decimal(18, 4)) as score,
        sentiment,
        cast(value_eur as decimal(18, 2)) as value_eur,
        is_excluded
    from numbered
)

select * from final
where {{ of_changed_persons(person_of_event()) }}
order by event_at, event_id
