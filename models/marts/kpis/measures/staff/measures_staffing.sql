-- Load and agents, summed over the half-hours in which the service had somebody for live contacts.
-- A team to which none came at that time, as to a back office, is no part of it: its agents were
-- not there for them. One without agents of its own leans on the others: its load stays in the
-- total.
with half_hours as (
    select
        *,
        bool_or(agents_available > 0) over (partition by half_hour_at) as has_agents
    from {{ ref("staffing_half_hours") }}
    where contacts_offered > 0
),

final as (
    select
        business_date,
        team,
        sum(offered_load_erlangs) as offered_load_erlangs,
        sum(agents_available) as agents_available
    from half_hours
    where
        has_agents
        -- agents beside a load that nobody knows would look idle
        and offered_load_erlangs is not null
    group by 1, 2
)

select
    business_date,
    team,
    cast(offered_load_erlangs as decimal(24, 6)) as offered_load_erlangs,
    cast(agents_available as decimal(24, 6)) as agents_available
from final
