-- The decisions on each KPI: all of them beside its total; beside a brand those that are about it,
-- or about everything; beside any other slice its own.
with decisions as (
    select * from {{ ref("decisions") }}
),

brands as (
    select distinct brand from {{ ref("customers") }}
),

concerned as (
    select
        'total' as concerned_type,
        'all' as concerned_value,
        *
    from decisions
    union all
    select
        'brand' as concerned_type,
        brands.brand as concerned_value,
        decisions.*
    from decisions
    inner join brands
        on
            coalesce(decisions.slice_type, 'total') = 'total'
            or (decisions.slice_type = 'brand' and decisions.slice_value = brands.brand)
    union all
    select
        slice_type as concerned_type,
        slice_value as concerned_value,
        *
    from decisions
    where
        slice_type not in ('total', 'brand')
        and slice_value is not null
),

counted as (
    select
        kpi_id,
        concerned_type,
        concerned_value,
        count(case when coalesce(status, 'observed') not in ('closed', 'cancelled') then 1 end)
            as open_decision_count
    from concerned
    group by 1, 2, 3
),

newest as (
    select *
    from {{
        first_row_per_key(
            "concerned",
            ["kpi_id", "concerned_type", "concerned_value"],
            ["decided_on desc", "decision_id desc"]
        )
    }} as ordered
),

final as (
    select
        counted.kpi_id,
        counted.concerned_type as slice_type,
        counted.concerned_value as slice_value,
        counted.open_decision_count,
        newest.action,
        newest.owner_role,
        newest.decided_on,
        newest.review_due_on,
        newest.status,
        newest.method,
        newest.effect,
        newest.effect_low,
        newest.effect_high,
        newest.verdict,
        newest.verdict_reason,
        newest.statement_en,
        newest.statement_fr
    from counted
    inner join newest
        on
            counted.kpi_id = newest.kpi_id
            and counted.concerned_type = newest.concerned_type
            and counted.concerned_value = newest.concerned_value
)

select * from final
