-- What a row may say of the run that made it. No reason to make a row again: readers are built when
-- something else that they read has changed.
with run_context as (
    select * from {{ ref("stg_pilotage__run_context") }}
),

final as (
    select
        run_context.edition,
        run_context.latest_batch,
        run_context.started_at,
        run_context.project_fingerprint,
        observed.as_of
    from run_context
    cross join {{ ref("int_run_observed") }} as observed
)

select * from final
