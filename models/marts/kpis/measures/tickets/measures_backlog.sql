-- The backlog at the end of each day, week, month and quarter, or as of the run while one still
-- goes on. A snapshot: the month is its last evening, never the sum of its days.
with moves as (
    select * from {{ ref("int_backlog_moved") }}
),

dates as (
    select * from {{ ref("dates") }}
),

desks as (
    select distinct
        channel,
        reason_group,
        team,
        brand
    from moves
),

evenings as (
    select
        dates.calendar_date,
        desks.*,
        sum(coalesce(moves.tickets_moved, 0)) over desk as tickets_open,
        sum(coalesce(moves.tickets_aged, 0)) over desk as tickets_open_aged
    from dates
    cross join desks
    left join moves
        on
            dates.calendar_date = moves.business_date
            and desks.channel = moves.channel
            and desks.reason_group = moves.reason_group
            and desks.team = moves.team
            and desks.brand = moves.brand
    window desk as (
        partition by desks.channel, desks.reason_group, desks.team, desks.brand
        order by dates.calendar_date
    )
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
    where evenings.tickets_open > 0
)

select * from final
