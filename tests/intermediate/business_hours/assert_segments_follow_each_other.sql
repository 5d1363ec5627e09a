-- Segments of business hours cover time without a gap or an overlap, and the open time before each
-- is that of all before it.
-- A failure means that open seconds are wrong wherever they are counted. Look first at openings
-- that close before they open in int_business_openings_dated.
with segments as (
    select
        *,
        lead(starts_at) over (partition by hours_key order by starts_at) as next_starts_at,
        lead(business_seconds_before) over (partition by hours_key order by starts_at)
            as next_business_seconds_before
    from {{ ref("int_business_hours_cumulated") }}
)

select *
from segments
where
    starts_at >= ends_at
    or next_starts_at <> ends_at
    or next_business_seconds_before <> business_seconds_before
    + case when is_open then {{ seconds_between("starts_at", "ends_at") }} else 0 end
