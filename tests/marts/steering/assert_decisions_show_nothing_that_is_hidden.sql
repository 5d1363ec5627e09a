-- No figure that suppression hides went into what is shown of a decision.
-- A failure means that an effect was read from a hidden cell, which may follow from it. Look first
-- at is_hidden in int_decisions_compared.
select
    decisions.decision_id,
    cells.period_start,
    cells.slice_value
from {{ ref("decisions") }} as decisions
inner join {{ ref("kpi_values") }} as cells
    on
        lower(trim(decisions.kpi_id)) = cells.kpi_id
        and decisions.period_grain = cells.period_grain
        and coalesce(lower(trim(decisions.slice_type)), 'total') = cells.slice_type
        and cells.period_start >= decisions.before_starts_on
        and cells.period_start <= decisions.after_ends_on
where
    (decisions.treated_before_sample is not null or decisions.effect is not null)
    and cells.sample_flag = 'suppressed'
    and (
        cells.slice_type = 'total'
        or lower(cells.slice_value) = lower(trim(decisions.slice_value))
        or lower(cells.slice_value) = lower(trim(decisions.control_slice_value))
    )
    -- the period of the decision itself is on neither side
    and (
        {{ period_end("cells.period_grain", "cells.period_start") }} <= decisions.decided_on
        or cells.period_start > decisions.decided_on
    )
union all
-- one person's figures are that person's
select
    decision_id,
    decided_on,
    slice_value
from {{ ref("decisions") }}
where
    lower(trim(slice_type)) = 'agent'
    and method <> 'none'
