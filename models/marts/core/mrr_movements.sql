{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_months()) }}",
    )
}}
-- Incremental by person and time: see int_persons_changed.
-- Movements are net per customer between the two ends of the month, both at the opening rate: up
-- and down again is nothing. What pausing laid aside and what resuming brought back stand
-- apart, and so is what exchange rates did.
with customers as (
    select
        *,
        closing_mrr_eur - opening_mrr_eur as net_change_eur
    from {{ ref("int_customer_mrr_compared") }}
),

-- no more was paused or resumed than the customer moved in all
classified as (
    select
        *,
        -least(mrr_in_paused_eur, greatest(-net_change_eur, 0)) as paused_change_eur,
        least(mrr_in_resumed_eur, greatest(net_change_eur, 0)) as resumed_change_eur,
        closing_mrr_at_closing_rate_eur - closing_mrr_eur as exchange_rate_change_eur
    from customers
),

movements as (
    select
        month_start,
        customer_id,
        segment,
        brand,
        case
            when not is_customer_at_close then 'churned'
            when net_change_eur < 0 then 'contraction'
            when is_lost_meanwhile and has_paid_before_opening then 'reactivation'
            when is_customer_at_opening then 'expansion'
            when has_paid_before_opening then 'reactivation'
            else 'new'
        end as movement_type,
        net_change_eur - paused_change_eur - resumed_change_eur as mrr_change_eur
    from classified
    {%- for movement_type in ["paused", "resumed", "exchange_rate"] %}
    union all
    select
        month_start,
        customer_id,
        segment,
        brand,
        '{{ movement_type }}',
        {{ movement_type }}_change_eur
    from classified
    {%- endfor %}
),

final as (
    select
        month_start,
        customer_id,
        segment,
        brand,
        movement_type,
        cast(mrr_change_eur as decimal(18, 2)) as mrr_change_eur
    from movements
    where mrr_change_eur <> 0
)

select * from final
order by month_start, customer_id, movement_type
