-- On every date on which a weight begins or ends, the perspectives of a set and the KPIs of a
-- perspective weigh 1 together, and all four perspectives weigh something. Look first at
-- seeds/kpi_weights.csv.
with weights as (
    select
        *,
        case when kpi_id is null then 'perspectives' else perspective end as level
    from {{ ref("kpi_weights") }}
),

dates as (
    select distinct valid_from as weighed_on from weights
    union
    select distinct valid_to from weights
    where valid_to is not null
),

levels as (
    select distinct
        weight_set,
        level
    from weights
),

summed as (
    select
        levels.weight_set,
        levels.level,
        dates.weighed_on,
        coalesce(sum(weights.weight), 0) as weight,
        count(distinct weights.perspective) as perspectives,
        count(case when weights.weight <= 0 then 1 end) as weightless
    from levels
    cross join dates
    left join weights
        on
            levels.weight_set = weights.weight_set
            and levels.level = weights.level
            and dates.weighed_on >= weights.valid_from
            and (dates.weighed_on < weights.valid_to or weights.valid_to is null)
    group by 1, 2, 3
)

select * from summed
where
    weight <> 1
    or weightless > 0
    or (level = 'perspectives' and perspectives <> 4)
