-- Everybody who was in the service at some time of a month. Somebody who leaves is there until the
-- end of their last day, and a snapshot is taken when its day ends: what opens a month is what
-- closed the one before.
with snapshots as (
    select * from {{ ref("int_months_observed") }}
),

spells as (
    select * from {{ ref("int_agent_spells_resolved") }}
),

versions as (
    select * from {{ ref("int_agent_versions_dated") }}
),

present as (
    select
        snapshots.month_start,
        snapshots.snapshot_date,
        spells.agent_id,
        bool_or(spells.hired_on < snapshots.month_start) as is_present_at_opening,
        bool_or(spells.left_on is null or spells.left_on > snapshots.snapshot_date)
            as is_present_at_closing,
        bool_or(spells.hired_on >= snapshots.month_start) as is_hired,
        bool_or(coalesce(spells.left_on <= snapshots.snapshot_date, false)) as is_left,
        max(least(coalesce(spells.left_on, snapshots.snapshot_date), snapshots.snapshot_date))
            as last_date
    from snapshots
    inner join spells
        on
            spells.hired_on <= snapshots.snapshot_date
            and (spells.left_on is null or spells.left_on >= snapshots.month_start)
    group by 1, 2, 3
),

final as (
    select
        present.*,
        last_versions.team,
        last_versions.site,
        last_versions.role,
        last_versions.provider,
        case when present.is_present_at_opening then opening_versions.team end
            as team_at_opening,
        case when present.is_present_at_opening then opening_versions.site end
            as site_at_opening,
        case when present.is_present_at_opening then opening_versions.provider end
            as provider_at_opening
    from present
    inner join versions as last_versions
        on
            present.agent_id = last_versions.agent_id
            and present.last_date >= last_versions.from_date
            and present.last_date < last_versions.until_date
    inner join versions as opening_versions
        on
            present.agent_id = opening_versions.agent_id
            and present.month_start > opening_versions.from_date
            and present.month_start <= opening_versions.until_date
)

select * from final
