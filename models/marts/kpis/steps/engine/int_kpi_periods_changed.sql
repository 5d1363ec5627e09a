-- The periods whose figures of contacts must be summed again.
with dates as (
    select * from {{ ref("int_contact_dates_changed") }}
),

final as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select distinct
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "business_date") }} as period_start
    from dates
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select * from final
