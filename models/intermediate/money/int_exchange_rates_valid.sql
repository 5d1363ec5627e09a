-- A rate holds from its quotation until the next one, and no longer than the days that the
-- parameter allows: beyond that an amount has no value in euros rather than a wrong one.
with rates as (
    select
        currency,
        units_per_eur,
        rate_date,
        lead(rate_date) over (partition by currency order by rate_date) as next_rate_date
    from {{ ref("stg_billing__exchange_rates") }}
),

final as (
    select
        currency,
        units_per_eur,
        rate_date as valid_from,
        least(
            coalesce(next_rate_date, cast('9999-12-31' as date)),
            {{ add_days("rate_date", parameter("fx_max_age_days", "integer") ~ " + 1") }}
        ) as valid_before
    from rates
    where currency <> 'EUR'
    union all
    select
        'EUR',
        cast(1 as decimal(18, 6)),
        cast('0001-01-01' as date),
        cast('9999-12-31' as date)
)

select * from final
