{#-
    Query: the lines of a role's report, each KPI in its newest final month, with what was decided on
    it. `dashboard` is the role's, as int_scorecard_lines has it.
-#}
{% macro decided_lines(dashboard) -%}
    select
        reported.*,
        {{ last_decision("decisions") | indent(4) }}
    from (
        select {{ report_line() }}
        from {{ ref("int_scorecard_lines") }}
        where
            dashboard = '{{ dashboard }}'
            and is_newest_final
    ) as reported
    left join {{ ref("int_decisions_counted") }} as decisions
        on
            reported.kpi_id = decisions.kpi_id
            and reported.slice_type = decisions.slice_type
            and reported.slice_value = decisions.slice_value
{%- endmacro %}
