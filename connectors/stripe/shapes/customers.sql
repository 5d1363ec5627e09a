-- One row per version of a customer of Stripe's, under the number that counts here: each time an
-- export or an event said something new.
with observed as (
    select *
    from shape.customer_observations
    where is_live or getvariable('include_test_mode') = 'yes'
    window life as (partition by stripe_id order by observed_at nulls last, file_number, row_number)
    -- an export is at least as old as said: it may show what a later event brought about
    qualify
        is_event
        or not coalesce(lead(is_event) over life, false)
        or row(email, phone, country, is_deleted)
        is distinct from lead(row(email, phone, country, is_deleted)) over life
),

-- of a deleted customer only the number is left in an export
numbered as (
    select
        *,
        row_number() over (
            partition by stripe_id order by observed_at nulls last, file_number, row_number
        ) as observation_number,
        last_value(metadata ignore nulls) over so_far as last_metadata
    from observed
    window so_far as (
        partition by stripe_id order by observed_at nulls last, file_number, row_number
    )
),

identified as (
    select
        *,
        -- a number that was given later holds for all before it
        coalesce(
            last_value(
                nullif(last_metadata ->> nullif(getvariable('customer_metadata_key'), ''), '')
                ignore nulls
            )
                over (
                    partition by stripe_id
                    order by observation_number
                    rows between unbounded preceding and unbounded following
                ),
            stripe_id
        ) as customer_id,
        min(created_at) over (partition by stripe_id) as first_created_at
    from numbered
),

final as (
    select
        customer_id,
        stripe_id,
        observation_number,
        first_created_at as created_at,
        coalesce(observed_at, first_created_at) as observed_at,
        case when not is_deleted then email end as email,
        case when not is_deleted then phone end as phone,
        country,
        nullif(last_metadata ->> nullif(getvariable('segment_metadata_key'), ''), '') as segment,
        nullif(last_metadata ->> nullif(getvariable('brand_metadata_key'), ''), '') as brand,
        is_deleted,
        case when is_deleted then observed_at end as deleted_at
    from identified
)

select * from final
