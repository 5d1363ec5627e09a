-- Exchanges evaluated, each once however often somebody looked and however many errors it holds: an
-- exchange with a critical error stands where the person who made it stands.
{%- set grains = ["month", "quarter"] %}
with evaluations as (
    select * from {{ ref("quality_evaluations") }}
    where not is_calibration
),

exchanges as (
    select *
    from {{
        first_row_per_key(
            "evaluations",
            ["exchange_id"],
            ["has_critical_error desc", "evaluated_on", "evaluation_id"]
        )
    }} as gravest
),

periods as (
    {%- for grain in grains %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "contact_date") }} as period_start,
        *
    from exchanges
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start, agent_id
            order by contact_date desc, evaluation_id desc
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
        count(*) as exchanges_evaluated,
        count(case when not has_critical_error then 1 end) as exchanges_without_critical_error
    from ranked
    group by 1, 2, 3, 4
)

select * from final
