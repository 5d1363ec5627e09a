{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_snapshots()) }}",
    )
}}
-- Incremental by person and time: see int_persons_changed.
-- One look at each subscription at each snapshot: is its holder a customer, and a paying one?
with states as (
    select
        states.* exclude (customer_id),
        {{ surviving_customer("states") }} as customer_id
    from {{ ref("int_subscription_states") }} as states
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on states.customer_id = survivors.customer_id
),

instants as (
    select * from {{ ref("int_snapshot_instants") }}
),

customers as (
    select * from {{ ref("int_customers_resolved") }}
),

looked_at as (
    select
        instants.snapshot_at,
        instants.snapshot_date,
        instants.is_month_start,
        states.*,
        {{
            business_date("states.last_paused_at", parameter("business_time_zone", "varchar"))
        }} as paused_date
    from states
    inner join instants
        on
            states.valid_from <= instants.snapshot_at
            and (states.valid_before > instants.snapshot_at or states.valid_before is null)
    where {{ of_changed_snapshots() }}
),

judged as (
    select
        looked_at.*,
        case when {{ brings_revenue("looked_at") }} then monthly_amount else 0 end
            as monthly_recurring_amount,
        lifecycle = 'paused'
        and billing_status in ('active', 'past_due')
        and monthly_amount > 0
        and snapshot_date <= {{
            add_days("paused_date", parameter("pause_grace_days", "integer"))
        }} as is_paused_within_grace
    from looked_at
),

final as (
    select
        judged.snapshot_at,
        judged.snapshot_date,
        judged.is_month_start,
        judged.subscription_id,
        judged.customer_id,
        coalesce(customers.segment, 'unknown') as segment,
        coalesce(customers.brand, 'unknown') as brand,
        coalesce(customers.is_test or customers.is_staff, false) as is_excluded,
        case
            when judged.lifecycle = 'running' then judged.billing_status
            else judged.lifecycle
        end as subscription_status,
        judged.plan,
        judged.currency,
        judged.monthly_recurring_amount,
        {{ to_eur("judged.monthly_recurring_amount", "rates.units_per_eur") }} as mrr_eur,
        judged.monthly_recurring_amount > 0 as is_paying,
        judged.monthly_recurring_amount > 0 or judged.is_paused_within_grace as is_customer
    from judged
    left join {{ ref("int_exchange_rates_valid") }} as rates
        on
            judged.currency = rates.currency
            and judged.snapshot_date >= rates.valid_from
            and judged.snapshot_date < rates.valid_before
    left join customers
        on judged.customer_id = customers.customer_id
)

select * from final
