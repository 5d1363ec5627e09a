{{
    config(
        materialized = "incremental",
        incremental_strategy = "append",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_purchases('documents', 'document_id', 'customer_id', 'issued_on')) }}",
        post_hook = "{{ delete_vanished('stg_billing__documents', ['document_id']) }}",
    )
}}
-- Incremental by document: see of_changed_purchases.
-- A credit note counts at its own date: months already published are not restated.
with run as (
    select * from {{ ref("int_run_dated") }}
),

issued as (
    select
        documents.*,
        {{ surviving_customer("documents") }} as surviving_customer_id
    from {{ ref("stg_billing__documents") }} as documents
    cross join run
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on documents.customer_id = survivors.customer_id
    where documents.issued_on <= run.as_of_date
),

documents as (
    select
        *,
        case when document_type = 'credit_note' then -1 else 1 end * net_amount as signed_amount
    from issued as documents
    where
        {{
            of_changed_purchases(
                "documents", "document_id", "surviving_customer_id", "issued_on"
            )
        }}
),

final as (
    select
        documents.document_id,
        documents.surviving_customer_id as customer_id,
        coalesce(versions.segment, customers.segment, 'unknown') as segment,
        coalesce(versions.brand, customers.brand, 'unknown') as brand,
        documents.document_type,
        documents.issued_on,
        documents.currency,
        cast(documents.signed_amount as decimal(18, 4)) as signed_amount,
        {{ to_eur("documents.signed_amount", "rates.units_per_eur") }} as signed_amount_eur,
        documents.is_paid,
        coalesce(customers.is_test or customers.is_staff, false) as is_excluded
    from documents
    left join {{ ref("int_exchange_rates_valid") }} as rates
        on
            documents.currency = rates.currency
            and documents.issued_on >= rates.valid_from
            and documents.issued_on < rates.valid_before
    left join {{ ref("customers") }} as customers
        on documents.surviving_customer_id = customers.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("documents.surviving_customer_id", "documents.issued_on") }}
)

select * from final
order by issued_on, document_id
