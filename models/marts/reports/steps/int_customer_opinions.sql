-- What each customer answered last, by instrument.
with answers as (
    select
        *,
        row_number() over (
            partition by customer_id, instrument order by event_at desc, event_id desc
        ) as number_from_end
    from {{ ref("customer_events") }}
    where
        event_type = 'survey_answered'
        and customer_id is not null
        and not is_excluded
),

final as (
    select
        customer_id,
        max(event_at) as last_answered_at,
        {%- for instrument in ["nps", "csat", "ces_effort"] %}
        max(case when instrument = '{{ instrument }}' then score end) as last_{{ instrument }}_score
        {{- "," if not loop.last }}
        {%- endfor %}
    from answers
    where number_from_end = 1
    group by 1
)

select * from final
