-- Arrivals as they bear on figures: the tables behind each family of KPIs, by the periods that the
-- rows are about, and once over all time.
{%- set grains = ["day", "week", "month", "quarter"] %}
with edition_before as (
    select * from {{ ref("int_edition_before") }}
),

arrivals as (
    select
        sources.family,
        arrived.business_date,
        arrived.table_name = 'customer_merges' as is_merge,
        arrived.table_name <> 'customer_merges' and arrived.is_correction as is_correction,
        arrived.table_name <> 'customer_merges' and not arrived.is_correction as is_new,
        arrived.business_date < edition_before.as_of_date as is_of_the_past
    from {{ ref("int_arrivals_dated") }} as arrived
    inner join {{ ref("int_kpi_family_sources") }} as sources
        on
            arrived.source_name = sources.source_name
            and arrived.table_name = sources.table_name
    cross join edition_before
),

spread as (
    {%- for grain in grains %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "business_date") }} as period_start,
        *
    from arrivals
    -- a merge is no event of the day on which it was made
    where business_date is not null and not is_merge
    union all
    {%- endfor %}
    select
        'ever',
        cast(null as date),
        *
    from arrivals
),

final as (
    select
        family,
        period_grain,
        period_start,
        {{ dbt.bool_or("is_new") }} as has_new_rows,
        {{ dbt.bool_or("is_new and is_of_the_past") }} as has_late_rows,
        {{ dbt.bool_or("is_correction") }} as has_corrections,
        {{ dbt.bool_or("is_merge") }} as has_merges
    from spread
    group by 1, 2, 3
)

select * from final
