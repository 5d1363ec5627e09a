{#-
    Condition: a day (a date in UTC or anywhere else) is one that this build or the last one could
    not see whole, whichever of the two looks back further.
-#}
{% macro of_days_not_over(day) -%}
    {{ day }} >= (
        select {{ add_days("least(run.as_of_date, " ~ utc_date("contexts.previous_as_of") ~ ")", -1) }}
        from {{ ref("int_run_dated") }} as run
        cross join {{ ref("stg_pilotage__run_context") }} as contexts
    )
{%- endmacro %}
