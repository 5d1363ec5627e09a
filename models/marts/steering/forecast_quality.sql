-- How each method did on past fortnights, each learned from what came before; and, for the coming
-- fortnight, on the newest of them together, which is what puts a method in force.
with trials as (
    select * from {{ ref("int_volume_forecasts") }}
    where period_grain = 'fortnight'
),

-- of the fortnights before which there were enough others to make an interval from
covered as (
    select
        slice_type,
        slice_value,
        method,
        'coming' as state,
        {%- for grain in ["half_hour", "day"] %}
        sum(cast({{ grain }}_coverage as decimal(18, 6))) / count({{ grain }}_coverage)
            as {{ grain }}_coverage,
        sum(cast({{ grain }}_calibration as decimal(18, 6))) / count({{ grain }}_calibration)
            as {{ grain }}_calibration{{ "," if not loop.last }}
        {%- endfor %}
    from trials
    where
        state = 'over'
        and half_hour_coverage is not null
    group by 1, 2, 3, 4
),

naive as (
    select
        slice_type,
        slice_value,
        state,
        starts_on,
        min(half_hour_rmse) as half_hour_rmse
    from trials
    where method in ('last_week', 'mean_of_weeks')
    group by 1, 2, 3, 4
),

judged as (
    select
        trials.* exclude (
            half_hour_coverage, half_hour_calibration, day_coverage, day_calibration
        ),
        naive.half_hour_rmse as naive_rmse,
        coalesce(trials.half_hour_coverage, covered.half_hour_coverage) as half_hour_coverage,
        coalesce(trials.half_hour_calibration, covered.half_hour_calibration)
            as half_hour_calibration,
        coalesce(trials.day_coverage, covered.day_coverage) as day_coverage,
        coalesce(trials.day_calibration, covered.day_calibration) as day_calibration,
        case
            when trials.state not in ('over', 'coming') then trials.state
            when trials.method in ('last_week', 'mean_of_weeks') and trials.is_in_force
                then 'naive_in_force'
            when trials.is_in_force then 'in_force'
            when trials.method in ('last_week', 'mean_of_weeks') then 'reference'
            when trials.is_in_force is null then 'not_judged'
            else 'not_in_force'
        end as verdict
    from trials
    left join naive
        on
            trials.slice_type = naive.slice_type
            and trials.slice_value = naive.slice_value
            and trials.state = naive.state
            and trials.starts_on = naive.starts_on
    left join covered
        on
            trials.slice_type = covered.slice_type
            and trials.slice_value = covered.slice_value
            and trials.method = covered.method
            and trials.state = covered.state
),

final as (
    select
        slice_type,
        slice_value,
        starts_on as fortnight_start,
        coalesce(method, 'none') as method,
        state,
        is_in_force,
        fortnights,
        fortnights_won,
        half_hours,
        contacts,
        half_hour_rmse,
        round(1 - power(half_hour_rmse, 2) / nullif(power(naive_rmse, 2), 0), 6)
            as squared_error_avoided,
        half_hour_wape,
        day_wape,
        bias,
        {{ parameter("forecast_interval") }} as interval_level,
        round(half_hour_coverage, 6) as half_hour_coverage,
        round(half_hour_calibration, 6) as half_hour_calibration,
        round(day_coverage, 6) as day_coverage,
        round(day_calibration, 6) as day_calibration,
        trained_from,
        trained_until,
        fingerprint,
        verdict,
        case verdict
            when 'in_force'
                then 'En vigueur : meilleure que les semaines passées, sur les quinzaines d’avant'
            when 'naive_in_force'
                then 'En vigueur faute de mieux : les semaines passées, telles quelles'
            when 'reference' then 'Référence : les semaines passées, telles quelles'
            when 'not_in_force' then 'Pas en vigueur : une autre méthode a fait mieux'
            when 'not_judged' then 'Trop peu de quinzaines avant elle pour choisir'
            when 'not_enough_data' then 'Trop peu de semaines pour prévoir'
            when 'out_of_date' then 'Aucune prévision : les contacts ne sont plus à jour'
            when 'no_data' then 'Aucun contact en direct depuis quatre semaines'
        end as verdict_fr,
        case verdict
            when 'in_force'
                then 'In force: better than past weeks as they were, over the fortnights before'
            when 'naive_in_force' then 'In force, as nothing is better: past weeks as they were'
            when 'reference' then 'Reference: past weeks as they were'
            when 'not_in_force' then 'Not in force: another method did better'
            when 'not_judged' then 'Too few fortnights before it to choose by'
            when 'not_enough_data' then 'Too few weeks to forecast'
            when 'out_of_date' then 'No forecast: contacts are out of date'
            when 'no_data' then 'No live contact in four weeks'
        end as verdict_en
    from judged
)

select * from final
order by slice_type, slice_value, fortnight_start, method
