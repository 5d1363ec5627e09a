{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        pre_hook = "{{ forget_touched('int_kpi_periods_touched', ['period_grain', 'period_start']) }}",
    )
}}
-- Contacts are the largest fact: only the periods that new batches touched are read again.
-- depends_on: {{ ref("int_kpi_periods_touched") }}
{{
    kpi_quantiles(
        "contacts",
        "int_contacts_timed",
        ["live_wait_seconds", "handle_seconds"],
        periods_model="int_kpi_periods_touched" if is_incremental() else none,
    )
}}
