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

-- what changes at the midnight that opens a month, as all that is dated without a time, is of that
-- month: the look at its opening, which closes the month before, is just before midnight
instants as (
    select
        *,
        case
            when is_month_start then {{ dbt.dateadd("microsecond", -1, "snapshot_at") }}
            else snapshot_at
        end as looked_at
    from {{ ref("int_snapshot_instants") }}
),

customers as (
    select * from {{ ref("int_customers_resolved") }}
),

looked_at as (
    select
        instants.snapshot_at,
        instants.snapshot_date,
        instants.is_month_start,
        case
            when instants.is_month_start then {{ add_days("instants.snapshot_date", -1) }}
            else instants.snapshot_date
        end as looked_on,
        states.*,
        {{
            business_date("states.last_paused_at", parameter("business_time_zone", "varchar"))
        }} as paused_date,
        {{
            business_date("states.last_resumed_at", parameter("business_time_zone", "varchar"))
        }} as resumed_date
    from states
    inner join instants
        on
            states.valid_from <= instants.looked_at
            and (states.valid_before > instants.looked_at or states.valid_before is null)
    where {{ of_changed_snapshots() }}
),

judged as (
    select
        looked_at.*,
        case when {{ brings_revenue("looked_at") }} then monthly_amount else 0 end
            as monthly_recurring_amount,
        {{ pause_keeps_customer("looked_at") }}
        and snapshot_date <= {{ pause_kept_until("paused_date") }} as is_paused_within_grace,
        -- the pause before outlasted its grace
        case
            when
                lifecycle = 'running'
                and resumed_date > {{ pause_kept_until("paused_date") }}
                then last_resumed_at
        end as came_back_at
    from looked_at
),

final as (
    select
        judged.snapshot_at,
        judged.snapshot_date,
        judged.is_month_start,
        judged.subscription_id,
        judged.customer_id,
        coalesce(versions.segment, customers.segment, 'unknown') as segment,
        coalesce(versions.brand, customers.brand, 'unknown') as brand,
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
        judged.monthly_recurring_amount > 0 or judged.is_paused_within_grace as is_customer,
        judged.came_back_at
    from judged
    left join {{ ref("int_exchange_rates_valid") }} as rates
        on
            judged.currency = rates.currency
            and judged.snapshot_date >= rates.valid_from
            and judged.snapshot_date < rates.valid_before
    left join customers
        on judged.customer_id = customers.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("judged.customer_id", "judged.looked_on") }}
)

select * from final
