-- a view: one row of the run's own
{{ config(materialized = "view") }}
-- Freshness is a question of today, asked of the clock of the run: never earlier than what it sees.
-- Every run brings another answer, so its readers are built by every run.
select
    greatest(run_context.checked_at, observed.as_of) as checked_at,
    -- whoever looks back asks how things were, not whether a source still delivers
    run_context.as_of is not null as is_look_back
from {{ ref("stg_pilotage__run_context") }} as run_context
cross join {{ ref("int_run_observed") }} as observed
