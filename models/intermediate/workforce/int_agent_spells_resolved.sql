-- When each person was in the service. A new date of hiring after a departure begins another spell;
-- without a departure before it, it corrects the date that stood there.
with versions as (
    select * from {{ ref("stg_workforce__agent_versions") }}
),

-- the newest version that names a date of hiring knows best how that spell ended
newest_of_spell as (
    select *
    from {{
        first_row_per_key(
            "versions",
            ["agent_id", "hired_on"],
            ["valid_from desc nulls last"]
        )
    }} as newest
),

followed as (
    select
        *,
        lead(hired_on) over (
            partition by agent_id order by valid_from nulls first
        ) as next_hired_on
    from newest_of_spell
),

final as (
    select
        agent_id,
        hired_on,
        left_on
    from followed
    where
        next_hired_on is null
        or left_on <= next_hired_on
)

select * from final
