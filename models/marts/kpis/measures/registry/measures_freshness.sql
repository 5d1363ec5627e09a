-- A look at the sources as of now: it stands on the as-of date.
with sources as (
    select * from {{ ref("source_freshness") }}
),

final as (
    select
        run.as_of_date as business_date,
        count(*) as sources_promised,
        count(case when sources.is_fresh then 1 end) as sources_fresh
    from sources
    cross join {{ ref("int_run_dated") }} as run
    group by 1
)

select * from final
