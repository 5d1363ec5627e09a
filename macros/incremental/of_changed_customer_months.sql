{#-
    Condition: a customer must be followed anew in a month (columns customer_id, month_start and
    index_date): the customer changed; all are compared in that month since the last build, or no
    more; or the window that begins on that day closed, or opened again, by the newest order.
-#}
{% macro of_changed_customer_months() -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        {%- set before = as_built("customer_months") -%}
        (
            {{ of_changed_persons("customer_id") }}
            or month_start in (
                select months.month_start
                from (
                    select contacted.month_start, 1 as is_now, 0 as was_before
                    from {{ ref("int_customer_months_contacted") }} as contacted
                    union all
                    select before.month_start, 0, 1
                    from {{ before }} as before
                ) as months
                cross join {{ ref("int_run_dated") }} as run
                cross join {{ ref("stg_pilotage__run_context") }} as contexts
                group by months.month_start, run.as_of_date, contexts.previous_as_of
                having
                    max(months.is_now) <> max(months.was_before)
                    or (
                        {{ control_index_date("months.month_start") }} <= run.as_of_date
                        and {{ control_index_date("months.month_start") }} > {{
                            business_date(
                                "contexts.previous_as_of",
                                parameter("business_time_zone", "varchar")
                            )
                        }}
                    )
            )
            or index_date in (
                select windows.index_date
                from (
                    -- an aggregate: of each day, not of each customer, an hour is looked up
                    select
                        before.index_date,
                        before.is_mature,
                        max(before.window_ends_on) as window_ends_on
                    from {{ before }} as before
                    group by before.index_date, before.is_mature
                ) as windows
                cross join {{ ref("int_run_dated") }} as run
                cross join {{ ref("int_source_horizons") }} as orders
                where
                    orders.source = 'billing'
                    and orders.table_name = 'orders'
                    and windows.is_mature <> (
                        {{
                            local_midnight(
                                add_days("windows.window_ends_on", 1), "run.business_time_zone"
                            )
                        }} <= orders.seen_until
                    )
            )
        )
    {%- endif -%}
{%- endmacro %}
