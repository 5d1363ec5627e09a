-- Days of Paris, months of the world, and the lists from which days are drawn.

create or replace table holidays as
with easter_sundays as (
    select unnest([
        '2018-04-01', '2019-04-21', '2020-04-12', '2021-04-04', '2022-04-17', '2023-04-09',
        '2024-03-31', '2025-04-20', '2026-04-05', '2027-03-28'
    ])::date as easter
),
fixed_days as (
    select unnest(['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25']) as day
)
select (year(easter) || '-' || day)::date as holiday from easter_sundays, fixed_days
union
select easter + offset_days from easter_sundays, unnest([1, 39, 50]) as t (offset_days);

create or replace table days as
with all_days as (
    select unnest(generate_series(
        getvariable('start_date') - interval 60 day,
        getvariable('end_date') + interval 60 day,
        interval 1 day
    ))::date as day
),
described as (
    select
        day,
        isodow(day) as weekday,
        datediff('month', getvariable('start_date'), day) as month_no,
        day in (select holiday from holidays) as is_holiday
    from all_days
),
opened as (
    select
        d.*,
        d.weekday <= 6 and not d.is_holiday as is_open,
        d.weekday <= 5 and not d.is_holiday as is_office,
        w.share * case when d.is_holiday then 0.2 else 1 end as volume,
        m.share as season
    from described as d
    inner join weekday_shares as w on d.weekday = w.weekday
    inner join month_shares as m on month(d.day) = m.month
)
select
    *,
    -- Volume against capacity: staffing follows the weekday only in part.
    pow(case when weekday = 6 then 0.85 else volume end, 0.8) * pow(season, 1.5) as pressure,
    -- Rank of the first office (open) day on or after this day.
    1 + count(*) filter (where is_office) over (
        order by day rows between unbounded preceding and 1 preceding
    ) as office_rank,
    1 + count(*) filter (where is_open) over (
        order by day rows between unbounded preceding and 1 preceding
    ) as open_rank
from opened
order by day;

set variable office_days = (select list(day order by day) from days where is_office);
set variable open_days = (select list(day order by day) from days where is_open);

create or replace table months as
select
    month_no,
    min(day) as first_day,
    max(day) as last_day,
    any_value(season) as season
from days
where day >= getvariable('start_date') and day < getvariable('end_date')
group by month_no
order by month_no;

-- 400 entries a month, in month order: a day as often as it has volume.
set variable day_slots = (
    with cumulated as (
        select
            month_no,
            day,
            sum(volume) over (partition by month_no order by day)
                / sum(volume) over (partition by month_no) as upto
        from days
        where day >= getvariable('start_date') and day < getvariable('end_date')
    ),
    slots as (
        select month_no, i, (i + 0.5) / 400 as p from months, range(400) as r (i)
    ),
    chosen as (
        select s.month_no, s.i, min(c.day) as day
        from slots as s
        inner join cumulated as c on s.month_no = c.month_no and s.p <= c.upto
        group by all
    )
    select list(day order by month_no, i) from chosen
);
