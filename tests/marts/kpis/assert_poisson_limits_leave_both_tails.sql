-- Were the upper limit of a Poisson count what is to be expected, so few events would come in 2.5 %
-- of cases; were the lower limit, so many.
-- A failure means that the interval of a rate of events is not the exact one. Look first at
-- int_kpi_poisson_limits.
with limits as (
    select * from {{ ref("int_kpi_poisson_limits") }}
    -- the sum of the tail is too long to take for more
    where event_count <= 1000
),

terms as (
    select
        limits.*,
        terms.events
    from limits
    inner join range(1001) as terms (events)
        on terms.events <= limits.event_count
),

tails as (
    select
        event_count,
        max(fewest_events) as fewest_events,
        sum(exp(events * ln(most_events) - most_events - lgamma(events + 1))) as so_few,
        1 - sum(
            case
                when event_count > 0 and events < event_count
                    then exp(events * ln(fewest_events) - fewest_events - lgamma(events + 1))
                else 0
            end
        ) as so_many
    from terms
    group by 1
)

select * from tails
where
    abs(so_few - 0.025) > 1e-9
    or (event_count > 0 and abs(so_many - 0.025) > 1e-9)
    or (event_count = 0 and fewest_events <> 0)
