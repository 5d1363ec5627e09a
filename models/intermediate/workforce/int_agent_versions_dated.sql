-- Which team, site, role and employer somebody had on a date: what held when that day ended.
with run as (
    select * from {{ ref("int_run_observed") }}
),

versions as (
    select versions.*
    from {{ ref("stg_workforce__agent_versions") }} as versions
    cross join run
    where
        versions.is_first_version
        or versions.valid_from <= run.as_of
),

dated as (
    {{ versions_dated("versions", "agent_id") | indent(4) }}
),

final as (
    select
        agent_id,
        coalesce(team, 'unknown') as team,
        coalesce(site, 'unknown') as site,
        role,
        provider,
        from_date,
        until_date
    from dated
)

select * from final
