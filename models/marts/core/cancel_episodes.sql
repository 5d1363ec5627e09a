with asked as (
    select
        asked.*,
        {{ surviving_customer("asked") }} as surviving_customer_id
    from {{ ref("int_cancel_episodes_asked") }} as asked
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on asked.customer_id = survivors.customer_id
),

holdout as (
    select
        {{ surviving_customer("holdout") }} as customer_id,
        min(holdout.assigned_on) as assigned_on
    from {{ ref("stg_steering__cancel_holdout") }} as holdout
    left join {{ ref("int_customer_survivors_resolved") }} as survivors
        on holdout.customer_id = survivors.customer_id
    group by 1
),

-- before and after at the rate of the request, so that currencies moving is no offer
valued as (
    select
        followed.*,
        -- nothing is nothing in any currency
        case
            when followed.monthly_amount_before = 0 then cast(0 as decimal(18, 2))
            else {{ to_eur("followed.monthly_amount_before", "rates_before.units_per_eur") }}
        end as mrr_before_eur,
        case
            when followed.monthly_amount_at_window_end = 0 then cast(0 as decimal(18, 2))
            else {{
                to_eur("followed.monthly_amount_at_window_end", "rates_after.units_per_eur")
            }}
        end as mrr_at_window_end_eur
    from {{ ref("int_cancel_episodes_followed") }} as followed
    left join {{ ref("int_exchange_rates_valid") }} as rates_before
        on
            followed.currency_before = rates_before.currency
            and followed.requested_date >= rates_before.valid_from
            and followed.requested_date < rates_before.valid_before
    left join {{ ref("int_exchange_rates_valid") }} as rates_after
        on
            followed.currency_at_window_end = rates_after.currency
            and followed.requested_date >= rates_after.valid_from
            and followed.requested_date < rates_after.valid_before
),

final as (
    select
        valued.cancel_episode_id,
        valued.subscription_id,
        asked.surviving_customer_id as customer_id,
        coalesce(versions.segment, customers.segment, 'unknown') as segment,
        coalesce(versions.brand, customers.brand, 'unknown') as brand,
        valued.requested_at,
        valued.requested_date,
        asked.request_count,
        asked.reason,
        asked.contact_id,
        case
            when asked.contact_id is null then 'self_service'
            else coalesce(asked.channel, 'unknown')
        end as channel,
        coalesce(asked.team, 'unknown') as team,
        asked.is_handled_by_service,
        asked.offer,
        asked.is_offer_accepted,
        cast(asked.offer_cost_eur as decimal(18, 2)) as offer_cost_eur,
        asked.withdrawn_at,
        asked.is_withdrawn_at_contact,
        ended.ended_at,
        cast(ended.days_to_termination as integer) as days_to_termination,
        valued.window_ends_on,
        valued.is_mature,
        valued.state_before,
        case when valued.is_mature then valued.state_at_window_end end as state_at_window_end,
        case
            when valued.is_mature
                then
                    valued.state_at_window_end = 'running_paying'
                    and coalesce(ended.ended_at >= valued.window_ends_at, true)
        end as is_saved,
        valued.mrr_before_eur,
        case when valued.is_mature then valued.mrr_at_window_end_eur end as mrr_after_eur,
        coalesce(holdout.assigned_on <= valued.requested_date, false) as is_holdout,
        coalesce(customers.is_test or customers.is_staff, false) as is_excluded
    from valued
    inner join asked
        on valued.cancel_episode_id = asked.cancel_episode_id
    left join {{ ref("int_cancel_episodes_ended") }} as ended
        on valued.cancel_episode_id = ended.cancel_episode_id
    left join {{ ref("customers") }} as customers
        on asked.surviving_customer_id = customers.customer_id
    left join {{ ref("int_customer_versions_dated") }} as versions
        on {{ customer_as_of("asked.surviving_customer_id", "valued.requested_date") }}
    left join holdout
        on asked.surviving_customer_id = holdout.customer_id
)

select * from final
order by requested_at, cancel_episode_id
