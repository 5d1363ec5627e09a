-- Friction is what a way of arriving somewhere costs beyond the other ways of arriving there: the
-- contact itself, and the repeats and complaints that follow it.
with run as (
    select * from {{ ref("int_run_observed") }}
),

costs as (
    select * from {{ ref("int_contact_costs") }}
),

steps as (
    select
        steps.journey_id,
        steps.reason_group,
        coalesce(steps.previous_step, 'start') as from_step,
        steps.step as to_step,
        {{ seconds_between("steps.previous_event_at", "steps.event_at") }} as seconds_between,
        sequels.is_repeated,
        sequels.is_complained,
        coalesce(own_costs.cost_eur, 0)
        + coalesce(repeat_costs.cost_eur, 0)
        + coalesce(complaint_costs.cost_eur, 0) as cost_eur
    from {{ ref("int_journey_steps") }} as steps
    cross join run
    left join {{ ref("int_contact_sequels") }} as sequels
        on steps.contact_id = sequels.contact_id
    left join costs as own_costs
        on sequels.contact_id = own_costs.contact_id
    left join costs as repeat_costs
        on sequels.repeat_contact_id = repeat_costs.contact_id
    left join costs as complaint_costs
        on sequels.complaint_contact_id = complaint_costs.contact_id
    where
        steps.event_at > {{ add_hours("run.as_of", "-24 * " ~ parameter("transition_days")) }}
),

counted as (
    select
        coalesce(reason_group, 'unknown') as reason_group,
        from_step,
        to_step,
        count(*) as transition_count,
        count(distinct journey_id) as journey_count,
        median(seconds_between) as median_seconds,
        sum(case when is_repeated then 1 else 0 end) as repeated_count,
        sum(case when is_complained then 1 else 0 end) as complained_count,
        sum(case when is_repeated or is_complained then 1 else 0 end) as followed_count,
        sum(cost_eur) as cost_eur
    from steps
    group by 1, 2, 3
),

compared as (
    select
        *,
        sum(transition_count) over arriving - transition_count as other_count,
        sum(cost_eur) over arriving - cost_eur as other_cost_eur
    from counted
    window arriving as (partition by reason_group, to_step)
),

final as (
    select
        reason_group,
        from_step,
        to_step,
        transition_count,
        journey_count,
        cast(median_seconds as decimal(18, 4)) as median_seconds,
        repeated_count / transition_count as repeated_share,
        complained_count / transition_count as complained_share,
        followed_count / transition_count as followed_share,
        cast(cost_eur as decimal(18, 2)) as cost_eur,
        cast(cost_eur / transition_count as decimal(18, 4)) as mean_cost_eur,
        cast(other_cost_eur / nullif(other_count, 0) as decimal(18, 4)) as other_mean_cost_eur,
        cast(
            coalesce(cost_eur - transition_count * other_cost_eur / nullif(other_count, 0), 0)
            as decimal(18, 2)
        ) as friction_cost_eur
    from compared
),

ranked as (
    select
        *,
        row_number() over (
            order by friction_cost_eur desc, cost_eur desc, reason_group, from_step, to_step
        ) as friction_rank
    from final
)

select * from ranked
order by friction_rank
