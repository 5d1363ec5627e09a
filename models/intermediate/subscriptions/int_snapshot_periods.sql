-- Months and quarters with the snapshot that opens and the one that closes each: the first
-- instant of the next, or the as-of instant while the period still runs. Somebody may be looked at
-- twice at one instant, just before midnight and as of it: each period closes with one of the two.
with starts as (
    select
        'month' as period_grain,
        snapshot_date as period_start,
        snapshot_at as opens_at
    from {{ ref("int_snapshot_instants") }}
    where is_month_start
    union all
    select
        'quarter',
        snapshot_date,
        snapshot_at
    from {{ ref("int_snapshot_instants") }}
    where
        is_month_start
        and snapshot_date = {{ period_start("quarter", "snapshot_date") }}
),

final as (
    select
        starts.period_grain,
        starts.period_start,
        starts.opens_at,
        coalesce(
            lead(starts.opens_at) over (
                partition by starts.period_grain order by starts.period_start
            ),
            run.as_of
        ) as closes_at,
        lead(starts.opens_at) over (
            partition by starts.period_grain order by starts.period_start
        ) is not null as closes_with_month
    from starts
    cross join {{ ref("int_run_observed") }} as run
)

select * from final
