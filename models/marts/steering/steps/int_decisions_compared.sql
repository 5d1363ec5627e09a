-- What became of the KPI of each decision: before and after it, where it acts and in the slice to
-- compare with. Whole periods of the finest grain in which nothing of it is hidden, as many on one
-- side as on the other, those nearest to the decision; ratios are made of sums over them. The same
-- between the two halves of the time before says whether the slices ran side by side then.
{%- set of_slice = ["decision_id", "period_grain", "arm", "part"] %}
{%- set arms = ["treated", "control"] %}
{%- set comparisons = {"effect": ["before", "after"], "placebo": ["first_half", "second_half"]} %}
with decisions as (
    select
        decision_id,
        decided_on,
        review_due_on - decided_on as window_days,
        lower(trim(kpi_id)) as kpi_id,
        coalesce(lower(trim(slice_type)), 'total') as slice_type,
        case
            when coalesce(lower(trim(slice_type)), 'total') = 'total' then 'all'
            else lower(trim(slice_value))
        end as treated_value,
        case when lower(trim(slice_type)) <> 'total' then lower(trim(control_slice_value)) end
            as control_value
    from {{ ref("int_decisions_known") }}
),

definitions as (
    select
        definitions.*,
        catalogue.name_en as kpi_name_en,
        catalogue.name_fr as kpi_name_fr,
        catalogue.additivity
    from {{ ref("int_kpi_definitions") }} as definitions
    inner join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            definitions.kpi_id = catalogue.kpi_id
            and definitions.kpi_version = catalogue.kpi_version
    where definitions.status in ('active', 'under_review')
),

-- by the definition in force on the day of the decision
described as (
    select
        decisions.*,
        -- a slice is no comparison with itself
        nullif(decisions.control_value, decisions.treated_value) is not null as has_control,
        definitions.kpi_name_en,
        definitions.kpi_name_fr,
        definitions.unit,
        definitions.direction,
        definitions.multiplier,
        definitions.interval_method,
        definitions.additivity
    from decisions
    inner join definitions
        on
            decisions.kpi_id = definitions.kpi_id
            and decisions.decided_on >= definitions.valid_from
            and decisions.decided_on < definitions.valid_before
),

arms as (
    select
        decision_id,
        'treated' as arm,
        treated_value as slice_value
    from described
    union all
    select
        decision_id,
        'control' as arm,
        control_value as slice_value
    from described
    where has_control
),

-- every period of a KPI has a total, with figures or without
totals as (
    select
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        {{ period_end("period_grain", "period_start") }} as period_end
    from {{ ref("int_kpi_figures") }}
    where slice_type = 'total'
),

-- the day of the decision itself is on neither side
periods as (
    select
        described.decision_id,
        described.kpi_id,
        described.slice_type,
        totals.kpi_version,
        totals.period_grain,
        totals.period_start,
        totals.period_end,
        case when totals.period_start < described.decided_on then 'before' else 'after' end as part
    from described
    inner join totals
        on
            described.kpi_id = totals.kpi_id
            and (
                (
                    totals.period_start >= {{
                        add_days("described.decided_on", "-1 * described.window_days")
                    }}
                    and totals.period_end <= described.decided_on
                )
                or (
                    totals.period_start > described.decided_on
                    and totals.period_end
                    <= {{ add_days("described.decided_on", "described.window_days + 1") }}
                )
            )
),

ordered as (
    select
        *,
        row_number() over (
            partition by decision_id, period_grain, part
            order by
                case when part = 'before' then period_start end desc,
                period_start
        ) as distance,
        count(case when part = 'before' then 1 end) over grain as periods_before,
        count(case when part = 'after' then 1 end) over grain as periods_after,
        max(kpi_version) over grain <> min(kpi_version) over grain as has_other_definition
    from periods
    window grain as (partition by decision_id, period_grain)
),

paired as (
    select
        *,
        least(periods_before, periods_after) as period_count,
        case
            when part = 'after' then null
            when distance <= floor(least(periods_before, periods_after) / 2) then 'second_half'
            -- of an odd number the one in the middle is in neither half
            when distance > ceil(least(periods_before, periods_after) / 2) then 'first_half'
        end as half
    from ordered
    where distance <= least(periods_before, periods_after)
),

figures as (
    select
        paired.decision_id,
        paired.period_grain,
        arms.arm,
        paired.part,
        paired.half,
        figures.has_denominator,
        figures.numerator,
        figures.denominator,
        figures.squares,
        statuses.identification_rate,
        -- a person's own figures are nobody else's
        figures.slice_type = 'agent'
        or coalesce(statuses.sample_flag = 'suppressed', false) as is_hidden,
        paired.part = 'after'
        -- also where all that there is of a cell is still waited for
        and (coalesce(statuses.is_provisional, false) or coalesce(figures.pending, 0) > 0)
            as is_provisional,
        coalesce(statuses.is_withheld, false) as is_withheld
    from paired
    inner join arms
        on paired.decision_id = arms.decision_id
    inner join {{ ref("int_kpi_figures") }} as figures
        on
            paired.kpi_id = figures.kpi_id
            and paired.period_grain = figures.period_grain
            and paired.period_start = figures.period_start
            and paired.slice_type = figures.slice_type
            and arms.slice_value = lower(figures.slice_value)
    left join {{ ref("int_kpi_statuses") }} as statuses
        on
            figures.kpi_id = statuses.kpi_id
            and figures.period_grain = statuses.period_grain
            and figures.period_start = statuses.period_start
            and figures.slice_type = statuses.slice_type
            and figures.slice_value = statuses.slice_value
),

in_parts as (
    select * from figures
    union all by name
    select * replace (half as part) from figures
    where half is not null
),

summed as (
    select
        {{ of_slice | join(", ") }},
        bool_or(has_denominator) as has_denominator,
        -- sums of decimals are the same in any order
        cast(sum(cast(numerator as decimal(38, 6))) as double) as numerator,
        case
            when bool_or(has_denominator)
                then cast(sum(cast(denominator as decimal(38, 6))) as double)
        end as divisor,
        cast(sum(cast(squares as decimal(38, 6))) as double) as squares,
        cast(sum(cast(identification_rate * denominator as decimal(38, 6))) as double)
        / sum(case when identification_rate is not null then denominator end)
            as identification_rate,
        bool_or(is_hidden) as is_hidden,
        bool_or(is_provisional) as is_provisional,
        bool_or(is_withheld) as is_withheld
    from in_parts
    group by {{ of_slice | join(", ") }}
),

estimated as (
    select
        summed.decision_id,
        summed.period_grain,
        summed.arm,
        summed.part,
        summed.is_hidden,
        summed.is_provisional,
        summed.is_withheld,
        summed.identification_rate,
        coalesce(summed.divisor, summed.numerator) as sample_size,
        multiplier * case
            when not summed.has_denominator then summed.numerator
            when summed.divisor > 0 then summed.numerator / summed.divisor
        end as value,
        multiplier * coalesce(
            {{ kpi_standard_error() | indent(12) }},
            -- Wald's, which adds up over the cells; more departures than heads are no proportion
            case
                when interval_method = 'wilson' and divisor > 0 and numerator <= divisor
                    then sqrt(numerator * (divisor - numerator) / divisor) / divisor
            end
        ) as standard_error
    from (
        select
            summed.*,
            described.interval_method,
            {{ kpi_multiplier("described", "summed.period_grain") | indent(12) }} as multiplier
        from summed
        inner join described
            on summed.decision_id = described.decision_id
    ) as summed
),

-- one row per decision and grain, so that it is added up in one order
side_by_side as (
    select
        decision_id,
        period_grain,
        {%- for comparison, parts in comparisons.items() %}
        {%- for arm in arms %}
        {%- for part in parts %}
        {%- for figure in ["value", "sample_size", "standard_error"] %}
        max(case when arm = '{{ arm }}' and part = '{{ part }}' then {{ figure }} end)
            as {{ arm }}_{{ part }}_{{ figure }},
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        {%- set in_it = "part in ('" ~ parts | join("', '") ~ "')" %}
        count(case when {{ in_it }} then value end) as {{ comparison }}_cells,
        min(case when {{ in_it }} then sample_size end) as {{ comparison }}_smallest_sample,
        {%- endfor %}
        bool_or(arm = 'control') as has_figures_of_control,
        bool_or(is_hidden) as is_hidden,
        bool_or(is_provisional) as is_provisional,
        bool_or(is_withheld) as is_withheld,
        min(identification_rate) as identification_rate
    from estimated
    group by 1, 2
),

effects as (
    select
        *,
        {%- for comparison, (before, after) in comparisons.items() %}
        treated_{{ after }}_value - treated_{{ before }}_value
        - case
            when has_figures_of_control
                then control_{{ after }}_value - control_{{ before }}_value
            else 0
        end as {{ comparison }},
        sqrt(
            power(treated_{{ after }}_standard_error, 2)
            + power(treated_{{ before }}_standard_error, 2)
            + case
                when has_figures_of_control
                    then
                        power(control_{{ after }}_standard_error, 2)
                        + power(control_{{ before }}_standard_error, 2)
                else 0
            end
        ) as {{ comparison }}_standard_error{{ "," if not loop.last }}
        {%- endfor %}
    from side_by_side
),

spans as (
    select
        decision_id,
        period_grain,
        max(period_count) as period_count,
        bool_or(has_other_definition) as has_other_definition,
        min(case when part = 'before' then period_start end) as before_starts_on,
        {{ add_days("max(case when part = 'before' then period_end end)", -1) }} as before_ends_on,
        min(case when part = 'after' then period_start end) as after_starts_on,
        {{ add_days("max(case when part = 'after' then period_end end)", -1) }} as after_ends_on
    from paired
    group by 1, 2
),

compared as (
    select
        spans.*,
        effects.* exclude (decision_id, period_grain)
    from spans
    left join effects
        on
            spans.decision_id = effects.decision_id
            and spans.period_grain = effects.period_grain
),

of_finest_grain as (
    select *
    from {{
        first_row_per_key(
            "compared",
            ["decision_id"],
            [
                "coalesce(is_hidden, false)",
                "case period_grain when 'day' then 1 when 'week' then 2 when 'month' then 3 else 4 end",
            ]
        )
    }} as ordered
),

final as (
    select
        described.decision_id,
        described.kpi_name_en,
        described.kpi_name_fr,
        described.unit,
        described.direction,
        described.additivity,
        described.window_days,
        described.has_control,
        of_finest_grain.* exclude (decision_id)
    from described
    left join of_finest_grain
        on described.decision_id = of_finest_grain.decision_id
)

select * from final
