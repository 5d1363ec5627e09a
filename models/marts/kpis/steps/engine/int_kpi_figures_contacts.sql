{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        pre_hook = "{{ delete_changed('int_kpi_periods_changed', ['period_grain', 'period_start']) }}",
    )
}}
-- Contacts are the largest fact: only the periods that new batches touched are summed again.
-- depends_on: {{ ref("int_kpi_periods_changed") }}
{%- set touched_dates %}
    {{ period_start("quarter", "business_date") }} in (
        select touched.period_start
        from {{ ref("int_kpi_periods_changed") }} as touched
        where touched.period_grain = 'quarter'
    )
    or {{ period_start("week", "business_date") }} in (
        select touched.period_start
        from {{ ref("int_kpi_periods_changed") }} as touched
        where touched.period_grain = 'week'
    )
{%- endset %}
with figures as (
    {{
        kpi_figures(
            "contacts",
            "measures_contacts",
            restriction=touched_dates if is_incremental() else "true",
        ) | indent(4)
    }}
)

select figures.*
from figures
{%- if is_incremental() %}
inner join {{ ref("int_kpi_periods_changed") }} as touched
    on
        figures.period_grain = touched.period_grain
        and figures.period_start = touched.period_start
{%- endif %}
