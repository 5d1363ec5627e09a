-- The coming fortnight by half-hour and by day, with the agents that the half-hours need. Agents
-- scheduled are more: part of the time that is paid they are not there.
with final as (
    select
        forecasts.slice_type,
        forecasts.slice_value,
        forecasts.period_grain,
        coalesce(
            {{ half_hour_start("forecasts.half_hour") }},
            {{ local_midnight("forecasts.starts_on", "run.business_time_zone") }}
        ) as starts_at,
        forecasts.starts_on as business_date,
        run.as_of_date,
        forecasts.method,
        forecasts.contacts_expected,
        forecasts.contacts_low,
        forecasts.contacts_high,
        {{ parameter("forecast_interval") }} as interval_level,
        forecasts.agent_seconds_per_contact,
        forecasts.agent_seconds_low,
        forecasts.agent_seconds_high,
        staffing.offered_load_erlangs,
        {%- for end in ["expected", "low", "high"] %}
        {%- set suffix = "" if end == "expected" else "_" ~ end %}
        staffing.agents_{{ end }} as agents_needed{{ suffix }},
        cast(
            -- 21 / 0.7 is a hair more than 30
            ceil(round(staffing.agents_{{ end }} / (1 - {{ parameter("staffing_shrinkage") }}), 6))
            as bigint
        ) as agents_scheduled{{ suffix }},
        staffing.service_level_{{ end }} as predicted_service_level{{ suffix }},
        staffing.occupancy_{{ end }} as predicted_occupancy{{ suffix }},
        {%- endfor %}
        forecasts.weekly_contacts,
        forecasts.week_share,
        forecasts.day_factor,
        forecasts.dispersion,
        forecasts.trained_from,
        forecasts.trained_until,
        forecasts.fingerprint
    from {{ ref("int_volume_forecasts") }} as forecasts
    cross join {{ ref("int_run_dated") }} as run
    left join {{ ref("int_staffing_required") }} as staffing
        on
            forecasts.slice_type = staffing.slice_type
            and forecasts.slice_value = staffing.slice_value
            and forecasts.half_hour = staffing.half_hour
    where forecasts.period_grain in ('half_hour', 'day')
)

select * from final
order by slice_type, slice_value, period_grain, starts_at
