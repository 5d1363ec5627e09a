-- Decisions whose effect was to be looked at, on the day of their review.
with decisions as (
    select * from {{ ref("int_decisions_known") }}
    where is_review_due
),

final as (
    select
        review_due_on as business_date,
        coalesce(owner_role, 'unknown') as owner_role,
        count(*) as decisions_due,
        count(case when is_followed_up then 1 end) as decisions_followed_up
    from decisions
    group by 1, 2
)

select * from final
