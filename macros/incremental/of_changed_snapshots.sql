{#-
    Condition: a snapshot of a subscription must be taken again (columns customer_id, is_month_start
    and snapshot_at): its customer changed, or it is no older than what the last build looked at.
-#}
{% macro of_changed_snapshots() -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        (
            {{ of_changed_persons("customer_id") }}
            or not is_month_start
            or snapshot_at >= {{ snapshots_reopened_from() }}
        )
    {%- endif -%}
{%- endmacro %}
