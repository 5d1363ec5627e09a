-- Written exchanges whose language errors were counted, by the day on which they were sent.
{%- set grains = ["month", "quarter"] %}
with checked as (
    select * from {{ ref("quality_evaluations") }}
    where
        is_written
        and error_count is not null
        and not is_calibration
),

periods as (
    {%- for grain in grains %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "sent_date") }} as period_start,
        *
    from checked
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start, agent_id
            order by sent_date desc, evaluation_id desc
        ) = 1 as is_last_of_person
    from periods
),

final as (
    select
        period_grain,
        period_start,
        team,
        site,
        count(case when is_last_of_person then 1 end) as people,
        count(*) as emails_checked,
        cast(sum(error_count) as bigint) as written_errors
    from ranked
    group by 1, 2, 3, 4
)

select * from final
