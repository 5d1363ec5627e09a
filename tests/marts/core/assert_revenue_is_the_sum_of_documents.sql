-- Revenue is what was invoiced less what was credited: per currency, core.documents holds exactly
-- the documents of staging up to the as-of day, and the measures exactly what counts of them.
-- A failure means that a document was dropped or multiplied by a join, or that a credit note lost
-- its sign. Look first at the exchange rates joined in documents: two that hold on one day would
-- double it.
with staged as (
    select
        staged.currency,
        count(*) as document_count,
        sum(
            case when staged.document_type = 'credit_note' then -staged.net_amount
                else staged.net_amount
            end
        ) as amount
    from {{ ref("stg_billing__documents") }} as staged
    cross join {{ ref("int_run_observed") }} as run
    where staged.issued_on <= run.as_of_date
    group by 1
),

kept as (
    select
        currency,
        count(*) as document_count,
        sum(signed_amount) as amount
    from {{ ref("documents") }}
    group by 1
),

measured as (
    select sum(net_revenue_eur) as amount
    from {{ ref("measures_revenue") }}
),

counted as (
    select sum(signed_amount_eur) as amount
    from {{ ref("documents") }}
    where not is_excluded
)

select
    coalesce(staged.currency, kept.currency) as currency,
    staged.amount as expected_amount,
    kept.amount
from staged
full join kept
    on staged.currency = kept.currency
where
    staged.document_count is distinct from kept.document_count
    or staged.amount is distinct from kept.amount
union all
select
    'all, in euros',
    counted.amount,
    measured.amount
from counted
cross join measured
where coalesce(counted.amount, 0) <> coalesce(measured.amount, 0)
