-- Each value beside the threshold that was in force in its period. A relative threshold is a share
-- of the cell's own past, a difference is added to it.
with run as (
    select * from {{ ref("int_run_observed") }}
),

estimates as (
    select
        *,
        {{ period_end("period_grain", "period_start") }} as period_end
    from (
        select * from {{ ref("int_kpi_estimates") }}
        union all by name
        select * from {{ ref("int_composite_estimates") }}
    ) as all_estimates
    -- what a slice has nothing of is not said of it; a total says that there is nothing
    where
        sample_size > 0
        or slice_type in ('total', 'agent')
),

stopped as (
    {{ families_stopped() }}
),

-- the share of handled contacts that have a customer
identified as (
    select
        period_grain,
        period_start,
        slice_type,
        slice_value,
        numerator / nullif(denominator, 0) as identification_rate
    from {{ ref("int_kpi_figures") }}
    where
        kpi_id = 'identity_match_rate'
        and slice_type <> 'agent'
),

-- a threshold without a grain stands for each of them
thresholds as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        kpi_id,
        '{{ grain }}' as period_grain,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_before,
        basis,
        baseline,
        warn_threshold,
        alert_threshold,
        warn_floor,
        alert_floor
    from {{ ref("kpi_thresholds") }}
    where
        basis <> 'to_be_set'
        and coalesce(period_grain, '{{ grain }}') = '{{ grain }}'
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

with_thresholds as (
    select
        estimates.*,
        case
            when estimates.needs_identity
                -- where the slice is none of contacts, those of everybody
                then coalesce(in_cell.identification_rate, in_total.identification_rate)
        end as identification_rate,
        case when not estimates.is_tolerant_of_stale_sources then stopped.known_until end
            as known_until,
        case
            -- one person is not held to their own past, nor to a band of handle times
            when
                estimates.slice_type <> 'agent'
                or (thresholds.basis = 'absolute' and estimates.direction <> 'band')
                then thresholds.basis
        end as basis,
        cast(thresholds.warn_threshold as double) as warn_limit,
        cast(thresholds.alert_threshold as double) as alert_limit,
        cast(thresholds.warn_floor as double) as warn_floor_limit,
        cast(thresholds.alert_floor as double) as alert_floor_limit,
        case
            when thresholds.baseline = 'reference' then estimates.reference
            else baselines.baseline_value
        end as baseline_value,
        {{ local_midnight("estimates.period_end", "run.business_time_zone") }} as period_ends_at,
        -- so that no other hidden cell follows from it
        hidden.kpi_id is not null as is_hidden_with_another,
        run.as_of
    from estimates
    cross join run
    left join stopped
        on estimates.family = stopped.family
    left join identified as in_cell
        on
            estimates.period_grain = in_cell.period_grain
            and estimates.period_start = in_cell.period_start
            and estimates.slice_type = in_cell.slice_type
            and estimates.slice_value = in_cell.slice_value
    left join identified as in_total
        on
            estimates.period_grain = in_total.period_grain
            and estimates.period_start = in_total.period_start
            and in_total.slice_type = 'total'
    left join thresholds
        on
            estimates.kpi_id = thresholds.kpi_id
            and estimates.period_grain = thresholds.period_grain
            and estimates.period_start >= thresholds.valid_from
            and estimates.period_start < thresholds.valid_before
    left join {{ ref("int_kpi_baselines") }} as baselines
        on
            thresholds.baseline = baselines.baseline
            and estimates.kpi_id = baselines.kpi_id
            and estimates.period_grain = baselines.period_grain
            and estimates.period_start = baselines.period_start
            and estimates.slice_type = baselines.slice_type
            and estimates.slice_value = baselines.slice_value
    left join {{ ref("int_kpi_cells_hidden") }} as hidden
        on
            estimates.kpi_id = hidden.kpi_id
            and estimates.period_grain = hidden.period_grain
            and estimates.period_start = hidden.period_start
            and estimates.slice_type = hidden.slice_type
            and estimates.slice_value = hidden.slice_value
),

limited as (
    select
        *,
        {%- for limit in ["warn", "alert"] %}
        case basis
            when 'absolute' then {{ limit }}_limit
            -- a share of less than nothing would turn more into less
            when 'relative' then
                case when baseline_value > 0 then baseline_value * (1 + {{ limit }}_limit) end
            when 'difference' then baseline_value + {{ limit }}_limit
        end as {{ limit }}_threshold,
        -- a band around a baseline is as wide below it as above it
        case
            when direction <> 'band' then null
            when basis = 'absolute' then {{ limit }}_floor_limit
            when basis = 'relative'
                then case when baseline_value > 0 then baseline_value * (1 - {{ limit }}_limit) end
            when basis = 'difference' then baseline_value - {{ limit }}_limit
        end as {{ limit }}_floor,
        {%- endfor %}
        is_hidden_with_another
        or (
            is_about_people
            and sample_size > 0
            and people < {{ parameter("suppress_below") }}
        ) as is_suppressed,
        {{ may_still_change() | indent(8) }} as is_provisional,
        coalesce(period_ends_at > known_until, false) as is_withheld
    from with_thresholds
),

judged as (
    select
        *,
        case
            when value is null then 'no_data'
            when is_suppressed or sample_size < minimum_sample then 'insufficient_sample'
            when is_withheld then 'withheld'
            when is_provisional then 'provisional'
            when identification_rate < {{ parameter("identification_floor") }}
                then 'insufficient_identification'
            when warn_threshold is null or alert_threshold is null then null
            {%- for limit, keeps in [["warn", "ok"], ["alert", "warn"]] %}
            when
                direction = 'higher'
                and {{ as_shown("value") }} >= {{ as_shown(limit ~ "_threshold") }}
                then '{{ keeps }}'
            {%- endfor %}
            when direction = 'higher' then 'alert'
            {%- for limit, keeps in [["warn", "ok"], ["alert", "warn"]] %}
            when
                {{ as_shown("value") }}
                between {{ as_shown("coalesce(" ~ limit ~ "_floor, value)") }}
                and {{ as_shown(limit ~ "_threshold") }}
                then '{{ keeps }}'
            {%- endfor %}
            else 'alert'
        end as status
    from limited
),

-- where everything was counted, the interval is the value itself
final as (
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        slice_type,
        slice_value,
        case when not is_suppressed then numerator end as numerator,
        -- the size of the sample is said in any case
        case
            when not is_suppressed or denominator = round(sample_size) then denominator
        end as denominator,
        case when not is_suppressed then value end as value,
        cast(round(sample_size) as bigint) as sample_size,
        case
            when is_suppressed then 'suppressed'
            when
                has_sample
                and sample_size < least({{ parameter("minimum_sample") }}, minimum_sample)
                then 'low_sample'
            else 'publishable'
        end as sample_flag,
        case when not is_suppressed then ci_low end as ci_low,
        case when not is_suppressed then ci_high end as ci_high,
        status,
        case
            when status = 'warn' and direction = 'higher'
                then coalesce(ci_high, value) < warn_threshold
            when status = 'warn'
                then
                    coalesce(ci_low, value) > warn_threshold
                    or coalesce(coalesce(ci_high, value) < warn_floor, false)
            when status = 'alert' and direction = 'higher'
                then coalesce(ci_high, value) < alert_threshold
            when status = 'alert'
                then
                    coalesce(ci_low, value) > alert_threshold
                    or coalesce(coalesce(ci_high, value) < alert_floor, false)
            else false
        end as is_confirmed,
        -- a limit made from the cell's own past would give it away
        {%- for limit in ["warn_threshold", "alert_threshold", "warn_floor", "alert_floor"] %}
        case when not is_suppressed or basis = 'absolute' then {{ limit }} end as {{ limit }},
        {%- endfor %}
        case when not is_suppressed then cast(round(pending_count) as bigint) end
            as pending_count,
        identification_rate,
        is_provisional,
        is_withheld
    from judged
)

select * from final
