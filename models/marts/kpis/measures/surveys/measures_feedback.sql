-- Public reviews with a rating, on the day they were posted. Platforms have scales of their own:
-- each rating is read as a share of the best one, and brought to five stars.
with feedback as (
    select
        *,
        cast(5 * rating / rating_max as decimal(18, 4)) as stars
    from {{ ref("int_feedback_described") }}
    where
        not is_test
        -- neither a mention without a rating, nor one on a scale that nobody says
        and rating <= rating_max
),

final as (
    select
        posted_date as business_date,
        coalesce(platform, 'unknown') as channel,
        segment,
        brand,
        count(*) as ratings,
        sum(stars) as rating_stars,
        sum({{ squared("stars") }}) as rating_stars_squared
    from feedback
    group by 1, 2, 3, 4
)

select * from final
