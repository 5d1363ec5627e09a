-- The agents' days to sum again: those that any version of an interval touches which new batches
-- brought, or whose contact they changed, and what went on after the last build looked.
with versions as (
    select * from {{ ref("stg_interactions__agent_activity_versions") }}
),

run as (
    select
        observed.as_of,
        contexts.previous_as_of
    from {{ ref("int_run_observed") }} as observed
    cross join {{ ref("stg_pilotage__run_context") }} as contexts
),

intervals_changed as (
    select activity_id
    from versions
    where batch > {{ previous_batch() }}
    union
    select versions.activity_id
    from versions
    inner join {{ ref("int_contacts_changed") }} as contacts
        on versions.contact_id = contacts.contact_id
    union
    select versions.activity_id
    from versions
    cross join run
    where versions.ended_at > run.previous_as_of
),

days as (
    select distinct
        versions.agent_id,
        {{ half_hour("versions.started_at") }} as first_half_hour,
        {{ half_hour("versions.ended_at") }} as last_half_hour
    from versions
    inner join intervals_changed
        on versions.activity_id = intervals_changed.activity_id
    -- a deletion may come with its key alone
    where versions.ended_at is not null
),

final as (
    select distinct
        agent_id,
        {{
            each_number(
                utc_day_of_half_hour("first_half_hour"), utc_day_of_half_hour("last_half_hour")
            )
        }} as utc_day
    from days
)

select * from final
{%- if everything_changed() %}
-- nobody asks for them
where false
{%- endif %}
