-- One row per customer with a subscription dated from its tenure.
--
-- The workbooks observe one quarter (Q3) and give no date at all, only the months of
-- tenure. The quarter is placed in 2025:
--   * whoever churned left on the quarter's last day, 2025-09-30 at noon;
--   * everybody else was still there when the quarter closed, 2025-10-01 at noon;
--   * a subscription started `tenure` months before that instant.
-- Noon keeps every date clear of the midnight snapshots. So each "Joined" customer (tenure
-- 1 to 3) started inside the quarter, and nobody who "Stayed" (tenure 4 and more) did.
with services as (

    select * from file.services

),

outcomes as (

    select * from file.outcomes

),

joined as (

    select
        services."Customer ID" as customer_id,
        services."Contract" as contract,
        services."Tenure in Months" as tenure_months,
        services."Monthly Charge" as monthly_charge,
        services."Total Charges" as total_charges,
        services."Total Extra Data Charges" as extra_data_charges,
        services."Total Long Distance Charges" as long_distance_charges,
        services."Total Refunds" as total_refunds,
        outcomes."Customer Status" as outcome,
        outcomes."Churn Category" as churn_category,
        outcomes."Satisfaction Score" as satisfaction,
        case when outcomes."Customer Status" = 'Churned'
            then timestamp '2025-09-30 12:00:00'
        end as ended_local,

    from services
    inner join outcomes on services."Customer ID" = outcomes."Customer ID"

)

select
    *,
    coalesce(ended_local, timestamp '2025-10-01 12:00:00') - to_months(tenure_months)
        as started_local,

from joined
