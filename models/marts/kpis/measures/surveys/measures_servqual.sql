{%- set dimensions = ["tangibles", "reliability", "responsiveness", "assurance", "empathy"] -%}
{%- set cell = "period_grain, period_start, slice_type, slice_value" -%}
-- A weighted sum of five means cannot be summed from shorter periods or from slices: each is made
-- from the respondents of its own cell. What is squared is the weighted gap of each of them, where
-- a dimension left out stands at its mean.
with weights as (
    {%- for dimension in dimensions %}
    select
        '{{ dimension }}' as dimension,
        {{ parameter("servqual_weight_" ~ dimension) }} as weight
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

respondents as (
    {%- for grain in ["month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "gaps.wave_date") }} as period_start,
        gaps.invitation_id,
        gaps.segment,
        gaps.brand,
        gaps.dimension,
        weights.weight,
        gaps.gap
    from {{ ref("int_servqual_gaps_paired") }} as gaps
    inner join weights
        on gaps.dimension = weights.dimension
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- a dimension by itself has nothing to weigh
cells as (
    {%- for slice_type, slice_value, weight in [
        ("total", "'all'", "weight"),
        ("segment", "segment", "weight"),
        ("brand", "brand", "weight"),
        ("dimension", "dimension", "1"),
    ] %}
    select
        period_grain,
        period_start,
        '{{ slice_type }}' as slice_type,
        {{ slice_value }} as slice_value,
        invitation_id,
        dimension,
        {{ weight }} as weight,
        gap
    from respondents
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

means as (
    select
        {{ cell }},
        dimension,
        weight,
        count(*) as respondents,
        sum(gap) / count(*) as gap
    from cells
    group by {{ cell }}, dimension, weight
),

weighted as (
    select
        {{ cell }},
        case
            when slice_type = 'dimension' or count(*) = {{ dimensions | length }}
                then sum(cast(weight * gap as decimal(38, 18)))
        end as gap
    from means
    group by {{ cell }}
),

deviations as (
    select
        {{ cell }},
        cells.invitation_id,
        sum(
            cast(cells.weight * (cells.gap - means.gap) / means.respondents as decimal(38, 18))
        ) as deviation
    from cells
    inner join means using ({{ cell }}, dimension)
    group by {{ cell }}, cells.invitation_id
),

summed as (
    select
        {{ cell }},
        count(*) as respondents,
        sum(cast(power(cast(deviation as double), 2) as decimal(38, 28))) as deviation_squared
    from deviations
    group by {{ cell }}
),

final as (
    select
        {{ cell }},
        summed.respondents,
        cast(summed.respondents * weighted.gap as decimal(38, 18)) as weighted_gap,
        cast(
            summed.respondents * power(weighted.gap, 2)
            + power(summed.respondents, 2) * summed.deviation_squared
            as double
        ) as weighted_gap_squared
    from summed
    inner join weighted using ({{ cell }})
)

select * from final
