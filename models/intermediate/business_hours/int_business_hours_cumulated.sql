-- Time cut into segments that are wholly open or wholly closed, with the open time before each: how
-- long a team was open between two instants is then two look-ups and a difference, however far they
-- lie apart (see the macro with_business_clocks). On a date whose calendar is not known the open
-- time is not known either, rather than none.
with dates as (
    select * from {{ ref("int_business_dates_ruled") }}
),

openings as (
    select * from {{ ref("int_business_openings_dated") }}
),

-- the dates of UTC that all their local dates are known of
covered as (
    select
        {{ local_midnight(add_days("min(calendar_date)", 2), "'UTC'") }} as first_midnight,
        {{ local_midnight(add_days("max(calendar_date)", -1), "'UTC'") }} as last_midnight
    from dates
),

edges as (
    select
        hours_key,
        opened_at as edge_at,
        1 as openings_more
    from openings
    union all
    select
        hours_key,
        closed_at,
        -1
    from openings
    union all
    -- no segment reaches over midnight in UTC, so that a look-up is an equality of dates
    select
        hours_key,
        {{ local_midnight("calendar_date", "'UTC'") }},
        0
    from dates
),

distinct_edges as (
    select
        hours_key,
        edge_at,
        sum(openings_more) as openings_more
    from edges
    group by 1, 2
),

-- openings that overlap are one: it is open while any of them is
segments as (
    select
        hours_key,
        edge_at as starts_at,
        lead(edge_at) over (partition by hours_key order by edge_at) as ends_at,
        sum(openings_more) over (
            partition by hours_key order by edge_at
            rows between unbounded preceding and current row
        ) > 0 as is_open
    from distinct_edges
),

final as (
    select
        segments.hours_key,
        {{ utc_date("segments.starts_at") }} as utc_date,
        segments.starts_at,
        segments.ends_at,
        segments.is_open,
        case
            when dates.is_known
                then cast(
                    coalesce(
                        sum(
                            case
                                when segments.is_open
                                    then {{
                                        seconds_between("segments.starts_at", "segments.ends_at")
                                    }}
                            end
                        ) over (
                            partition by segments.hours_key order by segments.starts_at
                            rows between unbounded preceding and 1 preceding
                        ),
                        0
                    ) as decimal(18, 4)
                )
        end as business_seconds_before
    from segments
    cross join covered
    inner join dates
        on
            segments.hours_key = dates.hours_key
            and {{ utc_date("segments.starts_at") }} = dates.calendar_date
    where
        segments.starts_at >= covered.first_midnight
        and segments.ends_at <= covered.last_midnight
)

select * from final
