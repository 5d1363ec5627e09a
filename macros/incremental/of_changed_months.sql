{#-
    Condition: what a customer brought in a month (columns customer_id and month_start) must be
    compared again: the customer changed, or the month was not over when the last build looked.
-#}
{% macro of_changed_months() -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        (
            {{ of_changed_persons("customer_id") }}
            or month_start in (
                select reopened.period_start
                from {{ ref("int_snapshot_periods") }} as reopened
                where
                    reopened.period_grain = 'month'
                    and reopened.closes_at >= {{ snapshots_reopened_from() }}
            )
        )
    {%- endif -%}
{%- endmacro %}
