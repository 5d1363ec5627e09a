-- A look at the registry as of now: it stands on the as-of date.
with entries as (
    select * from {{ ref("int_kpi_entries_checked") }}
),

final as (
    select
        run.as_of_date as business_date,
        count(*) as active_kpis,
        count(case when entries.is_complete then 1 end) as complete_kpis,
        count(case when entries.is_review_due then 1 end) as kpis_due_for_review,
        count(distinct case when entries.perspective <> 'governance' then entries.perspective end)
            as perspectives_with_a_kpi
    from entries
    cross join {{ ref("int_run_dated") }} as run
    group by 1
)

select * from final
