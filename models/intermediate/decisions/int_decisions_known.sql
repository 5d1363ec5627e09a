-- Decisions as whoever looks back knew them: what was written of them later was not known yet. Who
-- does not look back knows all that has landed; a decision is younger than the newest contact.
{%- set measured = "('measured', 'adjusted', 'closed')" %}
with run as (
    select * from {{ ref("int_run_observed") }}
),

known_versions as (
    select
        versions.*,
        run.as_of_date,
        -- once its effect was looked at, it was: also where the action began again since
        bool_or(coalesce(versions.status, 'observed') in {{ measured }}) over (
            partition by versions.decision_id
        ) as is_followed_up
    from {{ ref("stg_steering__decision_versions") }} as versions
    cross join run
    where coalesce(versions.updated_at <= run.looks_from, true)
),

newest as (
    select *
    from {{
        first_row_per_key(
            "known_versions",
            ["decision_id"],
            ["updated_at desc nulls last", "batch desc", "row_number desc"]
        )
    }} as ordered
),

dated as (
    select
        *,
        -- a decision without a date of review is not one that is never looked at
        coalesce(
            review_on,
            {{ add_days("decided_on", parameter("decision_review_days", "integer")) }}
        ) as review_due_on
    from newest
),

final as (
    select
        * exclude (row_number, as_of_date),
        review_due_on <= as_of_date as is_review_reached,
        review_due_on <= as_of_date
        and coalesce(status, 'observed') <> 'cancelled' as is_review_due,
        review_due_on < as_of_date
        and not is_followed_up
        and coalesce(status, 'observed') <> 'cancelled' as is_overdue
    from dated
)

select * from final
