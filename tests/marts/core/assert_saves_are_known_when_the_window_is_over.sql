-- The window of an episode is over when the newest subscription event says so. What is known then
-- (see the rules of cancel_episodes) says of a save the same as of the state: whoever is saved pays
-- on the last day and has not ended by then, and whoever pays on it without having ended is saved.
-- A failure means that a save is claimed early, or that state, end and save contradict each other.
-- Look first at is_mature in int_cancel_episodes_followed, then at is_saved in cancel_episodes.
with episodes as (
    select
        episodes.*,
        {{ local_midnight(add_days("episodes.window_ends_on", 1), "run.business_time_zone") }}
            as window_ends_at,
        horizons.seen_until
    from {{ ref("cancel_episodes") }} as episodes
    cross join {{ ref("int_run_observed") }} as run
    cross join {{ ref("int_source_horizons") }} as horizons
    where
        horizons.source = 'billing'
        and horizons.table_name = 'subscription_events'
)

select * from episodes
where
    is_mature <> (window_ends_at <= seen_until)
    or is_saved <> (
        state_at_window_end = 'running_paying'
        and (ended_at is null or ended_at >= window_ends_at)
    )
    -- what was over before it was cancelled has no end since
    or (
        state_at_window_end = 'ended'
        and state_before <> 'ended'
        and coalesce(ended_at >= window_ends_at, true)
    )
