{#-
    Value, sample and 95 % interval of each figure of a model with the columns of int_kpi_figures:
    Wilson for proportions, normal for means, for promoter scores their own standard error, adjusted
    where fewer than 30 answered, exact limits for counts of events; and where the family's measures
    know the bounds, those. Where the plain interval of a promoter score or of a mean of stars would
    leave the scale, those values are in it that the answers do not speak against (as Wilson's for
    proportions, whose it is when nobody is in between); where that of a duration or an amount would
    go below 0, it is one of its logarithm.
-#}
{% macro kpi_estimates(figures_model) -%}
{%- set z = normal_95() -%}
with figures as (
    select
        figures.*,
        definitions.unit,
        definitions.direction,
        {{ kpi_multiplier("definitions", "figures.period_grain") | indent(8) }} as multiplier,
        definitions.interval_method,
        -- where the measures say what is waited for, no number of hours has to
        case when definitions.pending_measure is null then definitions.maturity_hours else 0 end
            as maturity_hours,
        coalesce(figures.pending, 0) as pending_count,
        definitions.is_final_at_once,
        definitions.is_tolerant_of_stale_sources,
        definitions.needs_identity,
        -- agents look at their own: what is to be hidden from them is what few customers said
        case
            when figures.slice_type = 'agent' then definitions.is_about_respondents
            else definitions.is_about_people
        end as is_about_people,
        case
            when figures.slice_type = 'agent' then definitions.minimum_sample_of_agent
            else definitions.minimum_sample
        end as minimum_sample,
        coalesce(case when figures.has_denominator then figures.denominator end, 0) as divisor,
        -- what is divided by is the sample, unless the KPI names another: customers, not euros
        case
            when definitions.sample_measure is not null then coalesce(figures.sample, 0)
            when figures.has_denominator then coalesce(figures.denominator, 0)
            else coalesce(figures.numerator, 0)
        end as sample_size,
        figures.has_denominator or definitions.sample_measure is not null as has_sample,
        coalesce(figures.low, limits.fewest_events) as numerator_low,
        coalesce(figures.high, limits.most_events) as numerator_high
    from {{ ref(figures_model) }} as figures
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            figures.kpi_id = definitions.kpi_id
            and figures.kpi_version = definitions.kpi_version
    left join {{ ref("int_kpi_poisson_limits") }} as limits
        on
            case
                when definitions.interval_method = 'poisson'
                    then cast(round(figures.numerator) as bigint)
            end = limits.event_count
),

centred as (
    select
        *,
        case
            when not has_denominator then numerator
            when divisor > 0 then numerator / divisor
        end as estimate,
        -- the scale that an interval may not leave: its middle, and how far its ends lie from it
        case when interval_method = 'nps' then 0.0 when unit = 'stars_0_5' then 2.5 end
            as scale_middle,
        case when interval_method = 'nps' then 1.0 when unit = 'stars_0_5' then 2.5 end
            as scale_reach,
        -- three quarters of an answer on either side, and as many in the middle
        case when interval_method = 'nps' and divisor < 30 then 3.0 else 0.0 end as added_answers
    from figures
),

spread as (
    select
        *,
        case when divisor > 0 then numerator / (divisor + added_answers) end as adjusted_estimate,
        {{ kpi_standard_error("added_answers") | indent(8) }} as standard_error,
        case when interval_method = 'wilson' then {{ wilson_centre("numerator", "divisor") }} end
            as wilson_centre,
        case
            when interval_method = 'wilson'
                then {{ wilson_half_width("numerator", "divisor") | indent(16) }}
        end as wilson_half_width
    from centred
),

limited as (
    select
        *,
        case
            when
                interval_method = 'nps'
                and abs(adjusted_estimate) + {{ z }} * standard_error > 1
                then 'score'
            -- also where all say the same end of the scale: they leave doubt, too
            when
                unit = 'stars_0_5'
                and abs(estimate - scale_middle) + {{ z }} * standard_error >= scale_reach
                then 'score'
            when
                interval_method = 'mean'
                and (unit like 'seconds%' or unit like 'EUR%')
                and adjusted_estimate > 0
                and adjusted_estimate < {{ z }} * standard_error
                then 'positive'
        end as scale_left,
        -- in distances from the middle of the scale
        estimate - scale_middle as score_distance,
        case
            when divisor > 0
                then {{ z }} * sqrt(
                    greatest(
                        (squares / divisor - scale_middle * (2 * estimate - scale_middle))
                        * (1 + {{ z }} * {{ z }} / divisor)
                        - (estimate - scale_middle) * (estimate - scale_middle),
                        0
                    ) / divisor
                )
        end as score_half_width
    from spread
),

final as (
    select
        kpi_id,
        kpi_version,
        family,
        unit,
        direction,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        has_denominator,
        multiplier,
        multiplier * numerator as numerator,
        denominator,
        multiplier * estimate as value,
        has_sample,
        sample_size,
        least(sample_size, coalesce(people, sample_size)) as people,
        reference,
        case
            when interval_method in ('bounds', 'poisson')
                then multiplier * numerator_low
                / case when has_denominator then nullif(divisor, 0) else 1 end
            when divisor = 0 then null
            -- more departures than heads are no proportion any more
            when interval_method = 'wilson' and numerator > divisor then null
            when interval_method = 'wilson'
                then multiplier * greatest(wilson_centre - wilson_half_width, 0)
            when scale_left = 'score'
                then multiplier * (score_distance - score_half_width)
                / (1 + {{ z }} * {{ z }} / divisor) + multiplier * scale_middle
            when scale_left = 'positive'
                then multiplier * adjusted_estimate
                * exp(-{{ z }} * standard_error / adjusted_estimate)
            else multiplier * (adjusted_estimate - {{ z }} * standard_error)
        end as ci_low,
        case
            when interval_method in ('bounds', 'poisson')
                then multiplier * numerator_high
                / case when has_denominator then nullif(divisor, 0) else 1 end
            when divisor = 0 then null
            -- more departures than heads are no proportion any more
            when interval_method = 'wilson' and numerator > divisor then null
            when interval_method = 'wilson'
                then multiplier * least(wilson_centre + wilson_half_width, 1)
            when scale_left = 'score'
                then multiplier * (score_distance + score_half_width)
                / (1 + {{ z }} * {{ z }} / divisor) + multiplier * scale_middle
            when scale_left = 'positive'
                then multiplier * adjusted_estimate
                * exp({{ z }} * standard_error / adjusted_estimate)
            else multiplier * (adjusted_estimate + {{ z }} * standard_error)
        end as ci_high,
        interval_method,
        maturity_hours,
        pending_count,
        is_final_at_once,
        is_tolerant_of_stale_sources,
        needs_identity,
        is_about_people,
        minimum_sample
    from limited
)

select * from final
{%- endmacro %}
