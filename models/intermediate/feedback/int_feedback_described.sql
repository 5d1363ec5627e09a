-- Public reviews and mentions with the person who wrote them: the author's public name is a handle
-- like any other. What nobody knows is one anonymous person a name.
with feedback as (
    select
        feedback.*,
        feedback.author_ref as customer_ref,
        case when feedback.author_ref is not null then 'handle' end as customer_ref_type,
        {{ business_date("feedback.posted_at", "run.business_time_zone") }} as posted_date
    from {{ ref("stg_interactions__public_feedback") }} as feedback
    cross join {{ ref("int_run_observed") }} as run
    where feedback.posted_at <= run.as_of
),

final as (
    select
        feedback.feedback_id,
        {{ referenced_person("feedback") }} as customer_id,
        {{ identity_rule("feedback") }} as identity_rule,
        coalesce(versions.segment, refs.segment, 'unknown') as segment,
        coalesce(refs.is_excluded, false) as is_test,
        feedback.platform,
        feedback.rating,
        feedback.rating_max,
        feedback.posted_at,
        feedback.posted_date,
        feedback.replied_at,
        coalesce(feedback.brand, refs.brand, 'unknown') as brand
    from feedback
    left join {{ ref("int_customer_references_matched") }} as refs
        on {{ reference_held_at("feedback", "posted_at") }}
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("refs.customer_id", "feedback.posted_date") }}
)

select * from final
