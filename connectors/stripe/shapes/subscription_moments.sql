-- Every instant at which a subscription's terms may have changed, and what it was then: as observed
-- last, before the first observation as it was observed first.
with versions as (
    select * from shape.subscription_versions
),

lives as (
    select subscription_id, started_at, over_at, min(observed_at) as first_observed_at
    from versions
    group by all
),

instants as (
    select subscription_id, started_at as happened_at from lives
    union
    select subscription_id, observed_at from versions
    union
    -- a trial that is still on has not been kept
    select subscription_id, trial_end from versions where status <> 'trialing'
    union
    select subscription_id, unnest([created_at, valid_from]) from shape.subscription_items
    union
    select subscription_id, unnest([starts_at, ends_at]) from shape.lasting_discounts
    where subscription_id is not null
    union
    select versions.subscription_id, unnest([discounts.starts_at, discounts.ends_at])
    from versions
    inner join shape.lasting_discounts as discounts
        on versions.stripe_customer_id = discounts.stripe_customer_id
),

within_lives as (
    select
        instants.subscription_id,
        instants.happened_at,
        greatest(instants.happened_at, lives.first_observed_at) as looked_up_at,
        instants.happened_at < lives.first_observed_at as is_before_observation
    from instants
    inner join lives
        on instants.subscription_id = lives.subscription_id
    where
        instants.happened_at >= lives.started_at
        and (lives.over_at is null or instants.happened_at < lives.over_at)
),

-- of one instant, the last version holds after it; the first says what was before it
last_of_instant as (
    select *
    from versions
    qualify
        row_number() over (
            partition by subscription_id, observed_at order by version_number desc
        ) = 1
),

first_of_all as (
    select * from versions where version_number = 1
),

in_force as (
    select
        within_lives.subscription_id,
        within_lives.happened_at,
        within_lives.is_before_observation,
        case
            when within_lives.is_before_observation then first_of_all.version_number
            else last_of_instant.version_number
        end as version_number
    from within_lives
    asof inner join last_of_instant
        on
            within_lives.subscription_id = last_of_instant.subscription_id
            and within_lives.looked_up_at >= last_of_instant.observed_at
    inner join first_of_all
        on within_lives.subscription_id = first_of_all.subscription_id
),

final as (
    select
        in_force.subscription_id,
        in_force.happened_at,
        versions.version_id,
        versions.stripe_customer_id,
        lower(versions.currency) as currency,
        versions.inclusive_tax_percent,
        -- what an export shows without saying since when, holds from the export on
        case
            when in_force.happened_at < versions.trial_end then 'trialing'
            when versions.status in ('trialing', 'paused') then 'trialing'
            when in_force.is_before_observation or versions.status = 'canceled' then 'active'
            else versions.status
        end as status
    from in_force
    inner join versions
        on
            in_force.subscription_id = versions.subscription_id
            and in_force.version_number = versions.version_number
)

select * from final
