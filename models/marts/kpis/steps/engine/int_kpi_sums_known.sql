-- What a reader of the KPIs about people can add up: the cells of each sum, in the order in which
-- they may be hidden so that no other of them follows. int_kpi_cells_hidden reads it.
{%- set of_cell = ["kpi_id", "period_grain", "period_start", "slice_type", "slice_value"] %}
{%- set of_sum = ["kind", "kpi_id", "grain", "starts_on", "slice_type", "line"] %}
with cells as (
    select
        {{ of_cell | join(", ") }},
        row_number() over (order by {{ of_cell | join(", ") }}) as cell,
        -- a departure counts twelvefold in the rate of a month, fourfold in that of a quarter
        coalesce(numerator, 0) / multiplier as figure,
        people,
        sample_size > 0 as can_be_hidden,
        sample_size > 0 and people < {{ parameter("suppress_below") }} as is_of_few_people,
        sum(people) over (
            partition by
                kpi_id,
                period_grain,
                {{ period_start("quarter", "period_start") }},
                slice_type,
                slice_value
        ) as people_in_quarter
    from {{ ref("int_kpi_estimates") }}
    where
        is_about_people
        and slice_type <> 'agent'
        and (
            sample_size > 0
            or slice_type = 'total'
        )
),

cut as (
    select distinct
        kpi_id,
        period_grain,
        period_start,
        slice_type
    from cells
),

-- a week is looked at from both months that it may have days in
weeks as (
    select
        cells.*,
        {{ period_start("month", "cells.period_start") }} as month_start
    from cells
    where period_grain = 'week'
    union
    select
        cells.*,
        {{ period_start("month", add_days("cells.period_start", 6)) }} as month_start
    from cells
    where period_grain = 'week'
),

-- slices make the total; the same slice is preferred over the periods of a quarter
members as (
    select
        1 as kind,
        kpi_id,
        period_grain as grain,
        period_start as starts_on,
        slice_type,
        '' as line,
        cell,
        false as is_whole,
        people_in_quarter as size,
        slice_value as name
    from cells
    where slice_type <> 'total'
    union all
    select
        1,
        cut.kpi_id,
        cut.period_grain,
        cut.period_start,
        cut.slice_type,
        '',
        totals.cell,
        true,
        0,
        ''
    from cut
    inner join cells as totals
        on
            cut.kpi_id = totals.kpi_id
            and cut.period_grain = totals.period_grain
            and cut.period_start = totals.period_start
            and totals.slice_type = 'total'
    {%- for kind, whole, part in [
        (2, "week", "day"),
        (3, "month", "day"),
        (4, "quarter", "month"),
    ] %}
    -- the {{ part }}s of a {{ whole }}
    union all
    select
        {{ kind }},
        kpi_id,
        '{{ whole }}',
        {{ period_start(whole, "period_start") }},
        slice_type,
        slice_value,
        cell,
        period_grain = '{{ whole }}',
        people,
        cast(period_start as varchar)
    from cells
    where period_grain in ('{{ part }}', '{{ whole }}')
    {%- endfor %}
    -- a state at the end of a quarter is that of its last month
    union all
    select
        5,
        kpi_id,
        'quarter',
        {{ period_start("quarter", "period_start") }},
        slice_type,
        slice_value,
        cell,
        period_grain = 'quarter',
        people,
        cast(period_start as varchar)
    from cells
    where
        period_grain = 'quarter'
        or (
            period_grain = 'month'
            and period_start
            = cast({{ dbt.dateadd("month", 2, period_start("quarter", "period_start")) }} as date)
        )
    -- what a week has in a month: follows where weeks overlap months from end to end
    union all
    select
        6,
        kpi_id,
        cast({{ period_start("week", "period_start") }} as varchar),
        {{ period_start("month", "period_start") }},
        slice_type,
        slice_value,
        cell,
        false,
        people,
        cast(period_start as varchar)
    from cells
    where period_grain = 'day'
    union all
    select
        6,
        kpi_id,
        cast(period_start as varchar),
        month_start,
        slice_type,
        slice_value,
        cell,
        true,
        people,
        ''
    from weeks
    -- a month is nearly the sum of its weeks
    union all
    select
        7,
        kpi_id,
        'month',
        month_start,
        slice_type,
        slice_value,
        cell,
        false,
        people,
        cast(period_start as varchar)
    from weeks
    union all
    select
        7,
        kpi_id,
        'month',
        period_start,
        slice_type,
        slice_value,
        cell,
        true,
        people,
        ''
    from cells
    where period_grain = 'month'
),

summed as (
    select
        {%- for key in of_sum %}
        members.{{ key }},
        {%- endfor %}
        sum(case when members.is_whole then cells.figure else 0 end) as whole,
        sum(case when members.is_whole then 0 else cells.figure end) as parts
    from members
    inner join cells
        on members.cell = cells.cell
    group by {{ range(1, (of_sum | length) + 1) | join(", ") }}
    having
        bool_or(members.is_whole)
        and not bool_and(members.is_whole)
),

-- A sum that does not come out says nothing: the people of servqual's slices do not add up. What
-- misses by a twentieth still gives nearly away what is hidden.
judged as (
    select
        *,
        row_number() over (order by {{ of_sum | join(", ") }}) as sum_number,
        sum(abs(whole - parts)) over (
            partition by kind, kpi_id, case when kind = 1 then slice_type end
        )
        <= 0.05 * sum(abs(whole)) over (
            partition by kind, kpi_id, case when kind = 1 then slice_type end
        ) as comes_out
    from summed
),

final as (
    select
        judged.sum_number,
        judged.kind,
        judged.kind <= 5 as is_equation,
        row_number() over (
            partition by judged.sum_number
            order by members.is_whole, members.size, cells.people, members.name, cells.cell
        ) as turn,
        members.is_whole,
        cells.cell,
        {%- for key in of_cell %}
        cells.{{ key }},
        {%- endfor %}
        cells.can_be_hidden,
        cells.is_of_few_people
    from judged
    inner join members
        on
            {%- for key in of_sum %}
            {{ "and " if not loop.first }}judged.{{ key }} = members.{{ key }}
            {%- endfor %}
    inner join cells
        on members.cell = cells.cell
    where
        judged.comes_out
        or judged.kind > 5
)

select * from final
