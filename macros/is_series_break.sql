{#-
    The first period of a line that another definition made than the one before it: what is on its
    two sides is not comparable.
-#}
{% macro is_series_break() -%}
    coalesce(
        kpi_version <> lag(kpi_version) over (
            partition by kpi_id, period_grain, slice_type, slice_value
            order by period_start
        ),
        false
    )
{%- endmacro %}
