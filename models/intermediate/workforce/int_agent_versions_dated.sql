-- Which team, site, role and employer somebody had on a date: what held when that day ended.
with run as (
    select * from {{ ref("int_run_observed") }}
),

versions as (
    select
        versions.*,
        case
            -- the best guess for all that came before it
            when versions.is_first_version then cast('0001-01-01' as date)
            else {{ business_date("versions.valid_from", "run.business_time_zone") }}
        end as from_date
    from {{ ref("stg_workforce__agent_versions") }} as versions
    cross join run
    where
        versions.is_first_version
        or versions.valid_from <= run.as_of
),

last_of_day as (
    select *
    from {{
        first_row_per_key("versions", ["agent_id", "from_date"], ["valid_from desc nulls last"])
    }} as newest
),

final as (
    select
        agent_id,
        coalesce(team, 'unknown') as team,
        coalesce(site, 'unknown') as site,
        role,
        provider,
        from_date,
        coalesce(
            lead(from_date) over (partition by agent_id order by from_date),
            cast('9999-12-31' as date)
        ) as until_date
    from last_of_day
)

select * from final
