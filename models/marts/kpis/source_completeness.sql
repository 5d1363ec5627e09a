-- How much of what a source sent could not land, how much of what it usually sends is missing,
-- and whether what came is too strange to be used. The worst of them decides, by the limits of
-- the seeds.
with run as (
    select * from {{ ref("int_run_observed") }}
),

batches as (
    select * from {{ ref("stg_pilotage__batches") }}
),

settled as (
    select
        settled['batch'] as batch,
        sum(settled['rows']) as row_count
    from (select unnest(settled) as settled from batches) as came_again
    group by 1
),

-- a row that came again is judged where it came to
counted as (
    select
        batches.source,
        batches.table_name,
        batches.batch,
        batches.accepted_at,
        batches.accepted,
        batches.accepted + batches.quarantined as different_rows,
        batches.quarantined - coalesce(settled.row_count, 0) as open_rows
    from batches
    left join settled
        on batches.batch = settled.batch
),

in_force as (
    select
        source,
        table_name,
        sum(open_rows) as open_rows,
        min(case when open_rows > 0 then accepted_at end) as open_since,
        sum(open_rows) / nullif(sum(open_rows) + sum(accepted), 0) as open_share
    from counted
    group by 1, 2
),

newest_batches as (
    select
        source,
        table_name,
        batch,
        open_rows,
        open_rows / different_rows as open_share
    from counted
    where different_rows > 0
    qualify row_number() over (partition by source, table_name order by batch desc) = 1
),

landed as (
    select
        source_name as source,
        table_name,
        row_key,
        batch,
        coalesce(
            event_on,
            {{ business_date("event_at", parameter("business_time_zone", "varchar")) }}
        ) as event_date
    from {{ ref("stg_pilotage__landed_rows") }}
),

-- what a newest batch brought begins here; one of which nothing could land, where all else ends
began as (
    select
        newest_batches.source,
        newest_batches.table_name,
        coalesce(
            min(case when landed.batch = newest_batches.batch then landed.event_date end),
            max(landed.event_date)
        ) as first_date
    from newest_batches
    inner join landed
        on
            newest_batches.source = landed.source
            and newest_batches.table_name = landed.table_name
    where newest_batches.open_rows > 0
    group by 1, 2
),

-- until somebody takes it for true, or its rows come again
strange as (
    select
        source,
        table_name,
        sum(found['rows']) as row_count,
        min(found['since']) as since,
        count(*) as findings
    from (
        select
            source,
            table_name,
            batch,
            unnest(strange) as found
        from batches
    ) as told
    where
        found['severity'] = 'withhold'
        and not found['is_accepted']
        and batch not in (
            select accepted['batch']
            from (select unnest(accepts) as accepted from batches) as settling
            where accepted['batch'] is not null
        )
    group by 1, 2
),

-- a day is due once everything of it is promised to be there
feeds as (
    select
        sources.source,
        sources.table_name,
        {{
            business_date(
                add_hours("run.as_of", "-sources.freshness_hours"), "run.business_time_zone"
            )
        }} as due_before
    from {{ ref("sources") }} as sources
    cross join run
    where
        sources.freshness_hours is not null
        and sources.missing_warn is not null
),

days as (
    select
        feeds.source,
        feeds.table_name,
        feeds.due_before,
        landed.event_date,
        count(distinct landed.row_key) as row_count
    from feeds
    inner join landed
        on
            feeds.source = landed.source
            and feeds.table_name = landed.table_name
    where
        landed.event_date < feeds.due_before
        and landed.event_date >= {{ add_days("feeds.due_before", -63) }}
    group by 1, 2, 3, 4
),

spans as (
    select
        source,
        table_name,
        due_before,
        first_date,
        {{ each_number("1", dbt.datediff("first_date", "due_before", "day")) }} as days_ago
    from (
        select
            source,
            table_name,
            due_before,
            min(event_date) as first_date
        from days
        group by 1, 2, 3
    ) as feeds_begun
),

-- every day since the feed began, also those without a row; on a holiday nothing is usual
calendar as (
    select
        dated.source,
        dated.table_name,
        dated.due_before,
        {{ iso_weekday("dated.calendar_date") }} as iso_weekday,
        -- 0 in the last week, 1 in the one before
        cast(floor((dated.days_ago - 1) / 7) as integer) as weeks_ago,
        coalesce(days.row_count, 0) as row_count
    from (
        select
            *,
            {{ add_days("due_before", "-days_ago") }} as calendar_date
        from spans
    ) as dated
    left join days
        on
            dated.source = days.source
            and dated.table_name = days.table_name
            and dated.calendar_date = days.event_date
    where
        not exists (
            select 1
            from {{ ref("business_holidays") }} as holidays
            where holidays.holiday_date = dated.calendar_date
        )
),

weekdays as (
    select
        source,
        table_name,
        iso_weekday,
        min(due_before) as due_before,
        sum(case when weeks_ago = 0 then row_count end) as row_count,
        median(case when weeks_ago > 0 then row_count end) as usual_rows,
        count(case when weeks_ago > 0 then 1 end) as weeks_before
    from calendar
    group by 1, 2, 3
),

-- of the weeks before without a holiday
leanest_weeks as (
    select
        source,
        table_name,
        min(row_count) as leanest_rows
    from (
        select
            source,
            table_name,
            weeks_ago,
            sum(row_count) as row_count
        from calendar
        where weeks_ago > 0
        group by 1, 2, 3
        having count(*) = 7
    ) as weeks_before
    group by 1, 2
),

weeks as (
    select
        weekdays.source,
        weekdays.table_name,
        {{ add_days("min(weekdays.due_before)", -7) }} as first_date,
        sum(weekdays.row_count) as row_count,
        sum(weekdays.usual_rows) as usual_rows,
        min(leanest_weeks.leanest_rows) as leanest_rows
    from weekdays
    left join leanest_weeks
        on
            weekdays.source = leanest_weeks.source
            and weekdays.table_name = leanest_weeks.table_name
    where
        weekdays.row_count is not null
        and weekdays.weeks_before >= {{ parameter("usual_week_minimum_weeks") }}
    group by 1, 2
),

measured as (
    select
        sources.*,
        cast(coalesce(in_force.open_rows, 0) as bigint) as quarantined_rows,
        in_force.open_since as quarantined_since,
        round(in_force.open_share, 4) as quarantined_share,
        round(newest_batches.open_share, 4) as newest_quarantined_share,
        weeks.row_count as week_rows,
        weeks.usual_rows,
        case
            when coalesce(weeks.usual_rows, 0) < {{ parameter("fewest_rows_compared") }} then null
            -- there were leaner weeks
            when weeks.row_count >= weeks.leanest_rows then 0
            else round(greatest(0, 1 - weeks.row_count / weeks.usual_rows), 4)
        end as missing_share,
        case
            when in_force.open_rows >= {{ parameter("fewest_rows_quarantined") }}
                then in_force.open_share
        end as judged_share,
        case
            when newest_batches.open_rows >= {{ parameter("fewest_rows_compared") }}
                then newest_batches.open_share
        end as newest_judged_share,
        began.first_date as newest_first_date,
        weeks.first_date as week_first_date,
        strange.row_count as strange_rows,
        strange.since as strange_since,
        strange.findings is not null as is_strange
    from {{ ref("sources") }} as sources
    left join in_force
        on
            sources.source = in_force.source
            and sources.table_name = in_force.table_name
    left join newest_batches
        on
            sources.source = newest_batches.source
            and sources.table_name = newest_batches.table_name
    left join began
        on
            sources.source = began.source
            and sources.table_name = began.table_name
    left join weeks
        on
            sources.source = weeks.source
            and sources.table_name = weeks.table_name
    left join strange
        on
            sources.source = strange.source
            and sources.table_name = strange.table_name
),

-- 0 nothing to say, 1 a warning, 2 its KPIs are withheld, 3 no edition
judged as (
    select
        *,
        case when is_strange then 2 else 0 end as strange_level,
        {%- for what, limit, share in [
            ("stock", "quarantine", "judged_share"),
            ("newest", "quarantine", "newest_judged_share"),
            ("week", "missing", "missing_share"),
        ] %}
        case
            when {{ share }} >= {{ limit }}_refuse then 3
            when {{ share }} >= {{ limit }}_withhold then 2
            when {{ share }} >= {{ limit }}_warn then 1
            else 0
        end as {{ what }}_level{{ "," if not loop.last }}
        {%- endfor %}
    from measured
),

final as (
    select
        source,
        table_name,
        owner_role,
        quarantined_rows,
        quarantined_since,
        cast(quarantined_share as double) as quarantined_share,
        cast(newest_quarantined_share as double) as newest_quarantined_share,
        week_first_date as week_from,
        cast(week_rows as bigint) as week_rows,
        cast(usual_rows as double) as usual_week_rows,
        cast(missing_share as double) as missing_share,
        case greatest(stock_level, newest_level)
            {{ completeness_outcomes() }}
        end as quarantine_outcome,
        case week_level
            {{ completeness_outcomes() }}
        end as missing_outcome,
        cast(coalesce(strange_rows, 0) as bigint) as strange_rows,
        strange_since,
        case strange_level
            {{ completeness_outcomes() }}
        end as strange_outcome,
        case greatest(stock_level, newest_level, week_level, strange_level)
            {{ completeness_outcomes() }}
        end as outcome,
        -- what is set aside of the whole stock may belong anywhere
        {{
            local_midnight(
                "least("
                ~ "case when stock_level >= 2 then cast('1900-01-01' as date) end, "
                ~ "case when newest_level >= 2 "
                ~ "then coalesce(newest_first_date, cast('1900-01-01' as date)) end, "
                ~ "case when week_level >= 2 then week_first_date end, "
                ~ "case when strange_level >= 2 "
                ~ "then coalesce(strange_since, cast('1900-01-01' as date)) end)",
                parameter("business_time_zone", "varchar")
            )
        }} as whole_until
    from judged
)

select * from final
order by source, table_name
