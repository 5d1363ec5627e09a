{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        pre_hook = "{{ delete_changed('int_kpi_periods_changed', ['period_grain', 'period_start']) }}",
    )
}}
-- Contacts are the largest fact: only the periods that new batches touched are read again.
-- depends_on: {{ ref("int_kpi_periods_changed") }}
{{
    kpi_quantiles(
        "contacts",
        "int_contacts_timed",
        ["live_wait_seconds", "handle_seconds"],
        periods_model="int_kpi_periods_changed" if is_incremental() else none,
    )
}}
