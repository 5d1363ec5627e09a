-- Who is scored on each Monday, just before its first local midnight, and on the first Monday of
-- each month whether they have left 90 days later. An event is known the day after its local date,
-- which is what "before the midnight" means.
-- Only what must be scored again: all Mondays of a customer who changed, and all customers of a
-- Monday that is new, whose departures became known, or whose exchange rates changed.
with run as (
    select * from {{ ref("int_run_dated") }}
),

scorings as (
    select
        {{ first_scored_from("calendar_date") }} as first_date,
        max(calendar_date) as last_date
    from {{ ref("dates") }}
),

labels as (
    select
        {{ parameter("risk_label_days", "integer") }} as label_days,
        {{ business_date(snapshots_reopened_from(), "run.business_time_zone") }} as reopened_from,
        -- the newest scoring of which it is known who left
        cast(
            {{
                dbt.dateadd(
                    "day",
                    "-" ~ parameter("risk_label_days", "integer"),
                    business_date("horizons.seen_until", "run.business_time_zone")
                )
            }} as date
        ) as known_until
    from {{ ref("int_source_horizons") }} as horizons
    cross join run
    where
        horizons.source = 'billing'
        and horizons.table_name = 'subscription_events'
),

states as (
    select
        states.*,
        {{ surviving_customer("states") }} as surviving_customer_id,
        {{ brings_revenue("states") }} as is_paying,
        {{ business_date("states.valid_from", "run.business_time_zone") }} as began_on,
        {{ business_date("states.valid_before", "run.business_time_zone") }} as ended_on,
        {{ business_date("states.last_paused_at", "run.business_time_zone") }} as paused_date
    from {{ ref("int_subscription_states") }} as states
    cross join run
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on states.customer_id = survivors.customer_id
    where
        {{ brings_revenue("states") }}
        or {{ pause_keeps_customer("states") }}
),

-- from the first Monday on which anybody could be scored
whole_span as (
    select
        greatest(
            {{ add_days("scorings.first_date", -1) }},
            (select min(states.began_on) from states)
        ) as from_date,
        scorings.last_date as until_date
    from scorings
    where exists (select 1 from states)
),

all_mondays as (
    {{ mondays_after("whole_span") | indent(4) }}
),

mondays_changed as (
    select all_mondays.scored_date
    from all_mondays
    cross join labels
    left join (
        select
            scored_date,
            count(has_churned) > 0 as is_known
        from (
            {{
                rows_as_built(
                    "int_churn_features", {"scored_date": "date", "has_churned": "boolean"}
                ) | indent(12)
            }}
        ) as before
        group by 1
    ) as mondays_before
        on all_mondays.scored_date = mondays_before.scored_date
    where
        mondays_before.scored_date is null
        or mondays_before.is_known <> (
            {{ is_first_monday("all_mondays.scored_date") }}
            and all_mondays.scored_date <= labels.known_until
        )
        or all_mondays.scored_date >= labels.reopened_from
),

first_changed as (
    select min(scored_date) as scored_date
    from mondays_changed
),

-- the stretches in which a subscription makes its holder a customer
held as (
    select
        states.surviving_customer_id as customer_id,
        {{ of_changed_persons("states.surviving_customer_id") }} as is_changed,
        states.is_paying,
        states.billing_interval = 'year' as is_yearly,
        states.currency,
        states.monthly_amount,
        states.began_on,
        case
            when states.is_paying then coalesce(states.ended_on, scorings.last_date)
            else least(states.ended_on, {{ pause_kept_until("states.paused_date") }})
        end as ends_on,
        scorings.first_date,
        scorings.last_date
    from states
    cross join scorings
),

spans as (
    select
        held.*,
        greatest(
            held.began_on,
            {{
                add_days(
                    "case when held.is_changed then held.first_date else changed.scored_date end", -1
                )
            }}
        ) as from_date,
        least(held.ends_on, held.last_date) as until_date
    from held
    cross join first_changed as changed
    where
        held.is_changed
        or held.ends_on >= changed.scored_date
),

looked_at as (
    select spread.*
    from (
        {{ mondays_after("spans") | indent(8) }}
    ) as spread
    where
        spread.is_changed
        or spread.scored_date in (select mondays_changed.scored_date from mondays_changed)
),

-- who holds one 90 days after a Monday
spans_later as (
    select
        held.customer_id,
        greatest(
            cast({{ dbt.dateadd("day", "-labels.label_days", "held.began_on") }} as date),
            {{
                add_days(
                    "case when held.is_changed then held.first_date else changed.scored_date end", -1
                )
            }}
        ) as from_date,
        cast(
            {{
                dbt.dateadd(
                    "day", "-labels.label_days", "least(held.ends_on, held.last_date)"
                )
            }} as date
        ) as until_date
    from held
    cross join labels
    cross join first_changed as changed
    where
        held.is_changed
        or changed.scored_date is not null
),

looked_at_later as (
    {{ mondays_after("spans_later") | indent(4) }}
),

customers_later as (
    select distinct
        customer_id,
        scored_date
    from looked_at_later
    where {{ is_first_monday("scored_date") }}
),

rate_spans as (
    select
        rates.currency,
        rates.units_per_eur,
        greatest({{ add_days("rates.valid_from", -1) }}, {{ add_days("scorings.first_date", -1) }})
            as from_date,
        least({{ add_days("rates.valid_before", -1) }}, scorings.last_date) as until_date
    from {{ ref("int_exchange_rates_valid") }} as rates
    cross join scorings
),

rates as (
    {{ mondays_after("rate_spans") | indent(4) }}
),

-- somebody who holds two subscriptions is one customer
customers as (
    select
        looked_at.customer_id,
        looked_at.scored_date,
        bool_or(looked_at.is_paying) as is_paying,
        bool_or(looked_at.is_yearly) as is_yearly,
        sum(
            case
                when looked_at.is_paying
                    then {{ to_eur("looked_at.monthly_amount", "rates.units_per_eur") }}
                else 0
            end
        ) as known_mrr_eur,
        -- of whom a part is in a currency that nobody can convert, the whole is unknown
        bool_or(looked_at.is_paying and rates.units_per_eur is null) as has_unknown_mrr
    from looked_at
    left join rates
        on
            looked_at.currency = rates.currency
            and looked_at.scored_date = rates.scored_date
    group by 1, 2
),

-- whoever objected is not scored, nor whose objection nobody could have landed
described as (
    select
        customers.customer_id,
        customers.segment,
        customers.brand,
        {{ business_date("customers.created_at", "run.business_time_zone") }} as created_date
    from {{ ref("customers") }} as customers
    cross join run
    where
        not customers.is_test
        and not customers.is_staff
        and not customers.is_scoring_opt_out
),

final as (
    select
        customers.customer_id,
        customers.scored_date,
        {{ is_first_monday("customers.scored_date") }} as is_monthly,
        coalesce(versions.segment, described.segment) as segment,
        coalesce(versions.brand, described.brand) as brand,
        case
            when not customers.has_unknown_mrr
                then cast(customers.known_mrr_eur as decimal(18, 2))
        end as mrr_eur,
        not customers.is_paying as is_paused,
        customers.is_yearly,
        cast(
            {{ dbt.datediff("described.created_date", "customers.scored_date", "day") }}
            as integer
        ) as tenure_days,
        cast(
            {{ dbt.dateadd("day", "labels.label_days", "customers.scored_date") }} as date
        ) as label_date,
        case
            when
                {{ is_first_monday("customers.scored_date") }}
                and customers.scored_date <= labels.known_until
                then customers_later.customer_id is null
        end as has_churned
    from customers
    cross join labels
    inner join described
        on customers.customer_id = described.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on
            {{
                customer_as_of("customers.customer_id", add_days("customers.scored_date", -1))
            }}
    left join customers_later
        on
            customers.customer_id = customers_later.customer_id
            and customers.scored_date = customers_later.scored_date
)

select * from final
