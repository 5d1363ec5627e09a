-- The backlog at the end of each day, week, month and quarter, or as of the run while one still
-- goes on. A snapshot: the month is its last evening, never the sum of its days.
with moves as (
    select * from {{ ref("int_backlog_moved") }}
),

dates as (
    select * from {{ ref("dates") }}
),

observed as (
    select max(calendar_date) as last_date from dates
),

-- what was open from the evening of one move to the evening before the next
stretches as (
    select
        moves.channel,
        moves.reason_group,
        moves.team,
        moves.brand,
        moves.business_date as from_date,
        sum(moves.tickets_moved) over slices as tickets_open,
        sum(moves.tickets_aged) over slices as tickets_open_aged,
        coalesce(
            {{ add_days("lead(moves.business_date) over slices", -1) }},
            observed.last_date
        ) as to_date
    from moves
    cross join observed
    window slices as (
        partition by moves.channel, moves.reason_group, moves.team, moves.brand
        order by moves.business_date
    )
),

-- only evenings on which something was open: few beside every day of every slice that was ever open
days_open as (
    select
        *,
        {{ each_number("0", dbt.datediff("from_date", "to_date", "day")) }} as days_later
    from stretches
    where tickets_open > 0
),

evenings as (
    select
        *,
        {{ add_days("from_date", "days_later") }} as calendar_date
    from days_open
),

last_evenings as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "calendar_date") }} as period_start,
        max(calendar_date) as calendar_date
    from dates
    group by 1, 2
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        last_evenings.period_grain,
        last_evenings.period_start,
        evenings.channel,
        evenings.reason_group,
        evenings.team,
        evenings.brand,
        cast(evenings.tickets_open as bigint) as tickets_open,
        cast(evenings.tickets_open_aged as bigint) as tickets_open_aged
    from last_evenings
    inner join evenings
        on last_evenings.calendar_date = evenings.calendar_date
)

select * from final
