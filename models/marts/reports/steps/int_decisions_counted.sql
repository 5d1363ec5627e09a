-- The decisions that were landed on each KPI: how many are still to be judged, and the newest one.
with decisions as (
    select * from {{ ref("stg_steering__decisions") }}
),

counted as (
    select
        kpi_id,
        count(*) as decision_count,
        count(case when coalesce(status, 'observed') not in ('closed', 'cancelled') then 1 end)
            as open_decision_count
    from decisions
    group by 1
),

newest as (
    select *
    from {{
        first_row_per_key("decisions", ["kpi_id"], ["decided_on desc", "decision_id desc"])
    }} as ordered
),

final as (
    select
        counted.kpi_id,
        counted.decision_count,
        counted.open_decision_count,
        newest.decision_id,
        newest.action,
        newest.owner_role,
        newest.decided_on,
        newest.review_on,
        newest.status
    from counted
    inner join newest
        on counted.kpi_id = newest.kpi_id
)

select * from final
