-- Gaps by dimension and by the date of sending, which tells the wave that a respondent belongs to.
with gaps as (
    select * from {{ ref("int_servqual_gaps_paired") }}
),

final as (
    select
        wave_date as business_date,
        dimension,
        segment,
        brand,
        count(*) as respondents,
        sum(gap) as gap,
        sum(gap * gap) as gap_squared
    from gaps
    group by 1, 2, 3, 4
)

select * from final
