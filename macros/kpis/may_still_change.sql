{#-
    Condition: time alone can still change the figure, for its period runs, or the window of a unit
    in it. Reads the columns of int_kpi_estimates, `as_of` and `period_ends_at`.
-#}
{% macro may_still_change() -%}
not is_final_at_once
and (
    as_of < {{ add_hours("period_ends_at", "maturity_hours") }}
    or pending_count > 0
)
{%- endmacro %}
