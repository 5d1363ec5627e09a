-- What stands out of the usual ups and downs, once for as long as it goes on: a KPI outside its
-- limits or on a new level, an operational KPI that improves while the one that guards it worsens,
-- a reason, a topic or a sign of leaving that surges, a team with more work than it can do. Only
-- what is final, and for certain.
{%- set half_of_run = 4 %}
with run as (
    select * from {{ ref("int_run_dated") }}
),

charts as (
    select * from {{ ref("int_kpi_charts") }}
),

guardrails as (
    select
        documentation.kpi_id,
        documentation.guardrail_kpi_id
    from {{ ref("kpi_documentation") }} as documentation
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            documentation.kpi_id = definitions.kpi_id
            and documentation.kpi_version = definitions.kpi_version
    where definitions.valid_before = cast('9999-12-31' as date)
),

standing_out as (
    select
        'outside_limits' as kind,
        kpi_id,
        unit,
        period_grain,
        period_start,
        period_start as began_on,
        outside as side,
        direction,
        value as observed,
        centre as expected,
        lower_limit as limit_low,
        upper_limit as limit_high,
        sample_size,
        is_outside_for_certain as is_certain
    from charts
    where outside is not null
    union all by name
    select
        'new_level' as kind,
        kpi_id,
        unit,
        period_grain,
        period_start,
        run_starts_on as began_on,
        run_side as side,
        direction,
        value as observed,
        centre_before_run as expected,
        sample_size,
        is_run_for_certain as is_certain
    from charts
    where run_side is not null
),

charted as (
    select
        * exclude (unit, sample_size),
        'total' as subject_type,
        'all' as subject,
        -- of a ratio the units beyond what was expected, of a mean all that it is the mean of
        case
            when unit = 'ratio' then abs(observed - expected) * sample_size
            when unit = 'count' then abs(observed - expected)
            else sample_size
        end as units_concerned
    from standing_out
),

-- the last four figures beside the eight before them, in standard errors, good news above 0
moved as (
    select
        *,
        case direction when 'higher' then 1 when 'lower' then -1 end
        * (avg(value) over lately - avg(value) over before)
        / nullif(
            spread * sqrt(1.0 / {{ half_of_run }} + 1.0 / {{ 2 * half_of_run }}),
            0
        ) as improvement,
        avg(value) over before as earlier_mean,
        avg(value) over lately as later_mean,
        sum(sample_size) over lately as later_sample,
        min(period_start) over lately as later_starts_on,
        count(*) over before as earlier_points
    from charts
    window
        lately as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ half_of_run - 1 }} preceding and current row
        ),
        before as (
            partition by kpi_id, kpi_version
            order by period_start
            rows between {{ 3 * half_of_run - 1 }} preceding and {{ half_of_run }} preceding
        )
),

divergences as (
    select
        'divergence' as kind,
        operational.kpi_id,
        'total' as subject_type,
        'all' as subject,
        guardrails.guardrail_kpi_id,
        operational.period_grain,
        operational.period_start,
        operational.later_starts_on as began_on,
        case
            when guarding.later_mean > guarding.earlier_mean then 'above' else 'below'
        end as side,
        guarding.direction,
        guarding.later_mean as observed,
        guarding.earlier_mean as expected,
        case
            when guarding.unit = 'ratio'
                then abs(guarding.later_mean - guarding.earlier_mean) * guarding.later_sample
            else guarding.later_sample
        end as units_concerned,
        true as is_certain,
        -- a guard-rail that worsens is one signal, of what improves most meanwhile
        row_number() over (
            partition by guardrails.guardrail_kpi_id, operational.period_grain,
            operational.period_start
            order by operational.improvement desc, operational.kpi_id
        ) as place
    from moved as operational
    inner join guardrails
        on operational.kpi_id = guardrails.kpi_id
    inner join moved as guarding
        on
            guardrails.guardrail_kpi_id = guarding.kpi_id
            and operational.period_grain = guarding.period_grain
            and operational.period_start = guarding.period_start
    where
        operational.improvement > 2
        and guarding.improvement < -2
        and operational.earlier_points = {{ 2 * half_of_run }}
        and guarding.earlier_points = {{ 2 * half_of_run }}
),

surges as (
    select
        subject_type || '_surge' as kind,
        case subject_type
            when 'reason' then 'contact_rate_per_100'
            when 'topic' then 'negative_verbatim_share'
            else 'revenue_at_risk_eur'
        end as kpi_id,
        subject_type,
        subject,
        'week' as period_grain,
        week_start as period_start,
        week_start as began_on,
        'above' as side,
        'lower' as direction,
        cast(customer_count as double) as observed,
        cast(baseline as double) as expected,
        p_value,
        cast(customer_count - baseline as double) as units_concerned,
        is_surge_for_certain as is_certain
    from {{ ref("int_subject_surges") }}
    where is_surge
),

saturated as (
    select
        'saturation' as kind,
        'saturation_index' as kpi_id,
        'team' as subject_type,
        half_hours.team as subject,
        'day' as period_grain,
        half_hours.business_date as period_start,
        half_hours.business_date as began_on,
        'above' as side,
        'lower' as direction,
        cast(count(*) as double) as observed,
        cast(0 as double) as expected,
        cast({{ parameter("saturated_half_hours") }} as double) as limit_high,
        cast(sum(half_hours.contacts_offered) as double) as units_concerned,
        true as is_certain
    from {{ ref("staffing_half_hours") }} as half_hours
    where
        half_hours.saturation_index > 1
        and half_hours.contacts_offered > 0
    group by half_hours.team, half_hours.business_date
    having count(*) >= {{ parameter("saturated_half_hours") }}
),

observations as (
    select *
        replace (is_certain and units_concerned >= {{ parameter("surge_minimum") }} as is_certain)
    from charted
    union all by name
    select * exclude (place) from divergences
    where place = 1
    union all by name
    select * from surges
    union all by name
    select * from saturated
),

-- what goes on from one period to the next is one signal; it is raised by the first period that is
-- beyond doubt, and goes on while it shows at all
followed as (
    select
        *,
        case
            when
                lag({{ period_end("period_grain", "period_start") }}) over line >= period_start
                then 0
            else 1
        end as is_first
    from observations
    window line as (
        partition by kind, kpi_id, subject_type, subject, side
        order by period_start
    )
),

numbered as (
    select
        *,
        sum(is_first) over (
            partition by kind, kpi_id, subject_type, subject, side
            order by period_start
        ) as episode
    from followed
),

episodes as (
    select
        *,
        min(began_on) over whole as first_began_on,
        min(
            case when is_certain then {{ period_end("period_grain", "period_start") }} end
        ) over whole as raised_on,
        max({{ period_end("period_grain", "period_start") }}) over whole as last_seen_on,
        row_number() over (
            partition by kind, kpi_id, subject_type, subject, side, episode
            order by period_start desc
        ) as recency
    from numbered
    window whole as (partition by kind, kpi_id, subject_type, subject, side, episode)
),

decisions as (
    select
        signal_id,
        min(decided_on) as decided_on,
        min(case when status in ('acted', 'measured', 'adjusted', 'closed') then decided_on end)
            as acted_on,
        min(case when status = 'cancelled' then decided_on end) as rejected_on
    from {{ ref("int_decisions_known") }}
    group by 1
),

named as (
    select
        *,
        kind || ':' || kpi_id
        || case when subject_type = 'total' then '' else ':' || subject end
        || ':' || cast(raised_on as varchar) as signal_id,
        cast(
            {{
                add_days("last_seen_on", "case when kind = 'saturation' then 1 else "
                ~ parameter("signal_days", "integer") ~ " end")
            }} as date
        ) as expires_on
    from episodes
    where
        recency = 1
        and raised_on is not null
),

final as (
    select
        named.signal_id,
        named.kind,
        named.kpi_id,
        named.guardrail_kpi_id,
        named.subject_type,
        named.subject,
        named.period_grain,
        named.period_start,
        named.first_began_on as began_on,
        named.raised_on,
        named.last_seen_on,
        named.expires_on,
        named.side,
        named.direction,
        case
            when named.direction = 'higher' then named.side = 'below'
            when named.direction = 'lower' then named.side = 'above'
        end as is_unfavourable,
        named.observed,
        named.expected,
        named.limit_low,
        named.limit_high,
        named.p_value,
        named.units_concerned,
        case
            when decisions.acted_on is not null then 'action'
            when decisions.rejected_on is not null then 'rejected'
            when named.expires_on <= run.as_of_date then 'expired'
            -- what is being looked into is still open
            when decisions.decided_on is not null then 'qualified'
            else 'open'
        end as state
    from named
    cross join run
    left join decisions
        on named.signal_id = decisions.signal_id
)

select * from final
