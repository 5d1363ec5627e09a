-- Whoever finds a single agent waits as often as that agent is busy: with one agent, the predicted
-- probability of waiting is the load itself, and with any number it lies between 0 and the load
-- per agent.
-- A failure means that a half-hour was predicted from another one's load. Look first at the macro
-- erlang_blocking.
select
    half_hour_at,
    team,
    offered_load_erlangs,
    agents_available,
    predicted_wait_probability
from {{ ref("staffing_half_hours") }}
where
    predicted_wait_probability is not null
    and (
        predicted_wait_probability < 0
        or predicted_wait_probability > offered_load_erlangs / round(agents_available) + 0.000002
        or (
            round(agents_available) = 1
            and abs(predicted_wait_probability - offered_load_erlangs) > 0.000002
        )
    )
