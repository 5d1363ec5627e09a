-- A line of a dashboard: the figure beside its target, its past, its owner and what is to be done.
with run as (
    select * from {{ ref("int_run_dated") }}
),

traced as (
    select
        dashboards.dashboard,
        dashboards.max_kpis,
        dashboard_kpis.position,
        trends.*
    from {{ ref("dashboard_kpis") }} as dashboard_kpis
    inner join {{ ref("dashboards") }} as dashboards
        on dashboard_kpis.dashboard = dashboards.dashboard
    inner join {{ ref("int_kpi_trends") }} as trends
        on
            dashboard_kpis.kpi_id = trends.kpi_id
            and dashboards.period_grain = trends.period_grain
            and (
                trends.slice_type = dashboards.slice_type
                or (trends.slice_type = 'total' and dashboards.is_shared)
            )
),

-- as many as the dashboard may show, by preference, of those that ever had a sample
chosen as (
    select
        dashboard,
        kpi_id,
        row_number() over (partition by dashboard order by position) as place
    from traced
    where sample_size > 0
    group by dashboard, kpi_id, position
),

lines as (
    select traced.*
    from traced
    inner join chosen
        on
            traced.dashboard = chosen.dashboard
            and traced.kpi_id = chosen.kpi_id
            and traced.max_kpis >= chosen.place
),

-- the objective that is due first
targets as (
    select *
    from {{
        first_row_per_key(
            ref("objective_progress"),
            ["kpi_id", "period_start"],
            ["coalesce(due_on, cast('9999-12-31' as date))", "objective_id"]
        )
    }} as objectives
),

-- what stands out of each KPI: how much, and the first of it
open_signals as (
    select
        *,
        count(*) over (partition by kpi_id) as signal_count,
        row_number() over (partition by kpi_id order by priority) as place
    from {{ ref("signals") }}
    where state in ('open', 'qualified')
),

described as (
    select
        lines.dashboard,
        lines.position,
        catalogue.perspective,
        lines.kpi_id,
        catalogue.name_fr as label_fr,
        catalogue.name_en as label_en,
        lines.slice_type,
        lines.slice_value,
        lines.period_grain,
        lines.period_start,
        case when not lines.is_hidden then lines.value end as value,
        catalogue.unit,
        catalogue.direction,
        targets.target,
        lines.trend,
        lines.is_trend_broken,
        case when not lines.is_hidden then lines.ci_low end as ci_low,
        case when not lines.is_hidden then lines.ci_high end as ci_high,
        case when not lines.is_hidden then coalesce(lines.sample_size, 0) end as sample_size,
        case when lines.is_hidden then 'suppressed' else lines.sample_flag end as sample_flag,
        case
            when lines.is_hidden then 'insufficient_sample'
            when lines.value is null then coalesce(lines.status, 'no_data')
            else lines.status
        end as status,
        {%- for limit in ["warn_threshold", "alert_threshold", "warn_floor", "alert_floor"] %}
        case when not lines.is_hidden then lines.{{ limit }} end as {{ limit }},
        {%- endfor %}
        not lines.is_hidden and coalesce(lines.is_confirmed, false) as is_confirmed,
        not lines.is_hidden and coalesce(lines.is_action_due, false) as is_action_due,
        coalesce(lines.is_provisional, false) as is_provisional,
        lines.is_newest_final,
        {{ period_end("lines.period_grain", "lines.period_start") }} <= run.as_of_date as is_over,
        catalogue.owner_role,
        catalogue.on_warning_fr,
        catalogue.on_warning_en,
        catalogue.on_alert_fr,
        catalogue.on_alert_en,
        case when lines.slice_type = 'total' then coalesce(open_signals.signal_count, 0) end
            as open_signal_count,
        open_signals.statement_fr as signal_fr,
        open_signals.statement_en as signal_en
    from lines
    cross join run
    inner join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            lines.kpi_id = catalogue.kpi_id
            and lines.period_start >= catalogue.valid_from
            and (lines.period_start < catalogue.valid_to or catalogue.valid_to is null)
    left join open_signals
        on
            lines.kpi_id = open_signals.kpi_id
            -- they are about the service as a whole
            and case when lines.slice_type = 'total' then 1 end = open_signals.place
    left join targets
        on
            lines.kpi_id = targets.kpi_id
            -- a team or a day has no part of a sum to reach, but the same rate as all
            and case
                when
                    catalogue.denominator_measure is not null
                    or (lines.slice_type = 'total' and lines.period_grain = 'month')
                    then {{ period_start("month", "lines.period_start") }}
            end = targets.period_start
),

compared as (
    select
        *,
        case direction
            when 'higher' then value - target
            when 'lower' then target - value
        end as gap,
        coalesce(status, 'not_judged') as status_code
    from described
),

-- what a reader sees in the place of codes and doubles
final as (
    select
        compared.*,
        -- what time alone can still change has not met or missed anything
        case when not compared.is_provisional then {{ as_shown("compared.gap") }} >= 0 end
            as is_target_met,
        {%- for figure in ["value", "target"] %}
        {%- for language in ["fr", "en"] %}
        {{ value_text("compared." ~ figure, "units", language) | indent(8) }}
            as {{ figure }}_text_{{ language }},
        {%- endfor %}
        {%- endfor %}
        {%- for language in ["fr", "en"] %}
        {{ interval_text("compared.ci_low", "compared.ci_high", "units", language) | indent(8) }}
            as interval_text_{{ language }},
        {%- endfor %}
        units.label_fr as unit_fr,
        perspectives.label_fr as perspective_fr,
        statuses.label_fr as status_fr,
        coalesce(roles.label_fr, compared.owner_role) as owner_fr,
        {{ status_symbol("compared.status") }} as status_symbol,
        {{ status_colour("compared.status") | indent(8) }} as status_colour,
        {%- for language in ["fr", "en"] %}
        case compared.status
            when 'warn' then compared.on_warning_{{ language }}
            when 'alert' then compared.on_alert_{{ language }}
        end as next_action_{{ language }}{{ "," if not loop.last }}
        {%- endfor %}
    from compared
    left join {{ ref("units") }} as units
        on compared.unit = units.unit
    {%- for table, kind, code in [
        ("perspectives", "perspective", "perspective"),
        ("statuses", "status", "status_code"),
        ("roles", "role", "owner_role"),
    ] %}
    left join {{ ref("labels") }} as {{ table }}
        on
            compared.{{ code }} = {{ table }}.code
            and {{ table }}.kind = '{{ kind }}'
    {%- endfor %}
)

select * from final
