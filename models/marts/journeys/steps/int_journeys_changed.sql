-- The journeys to build again: those of changed persons, those whose quiet period ended since the
-- last build, and those with a contact in a month whose costs are shared out anew.
with run as (
    select previous_as_of
    from {{ ref("stg_pilotage__run_context") }}
),

exchanges as (
    {{ exchanges_seen() }}
),

strands as (
    select * from {{ ref("int_strands_in_journeys") }}
),

contact_months_changed as (
    select distinct {{ period_start("month", "business_date") }} as month_start
    from {{ ref("int_contact_dates_changed") }}
),

-- a channel without any time in a month shares costs by the time of the months before
untimed_months as (
    select distinct month_start
    from (
        select
            {{ period_start("month", "business_date") }} as month_start,
            channel
        from {{ ref("contacts") }}
        where is_handled
        group by 1, 2
        having count(handle_seconds) = 0
    ) as untimed
),

months_changed as (
    select month_start from contact_months_changed
    union
    select month_start from untimed_months
    where month_start > (select min(changed.month_start) from contact_months_changed as changed)
    union
    select {{ period_start("month", "event_on") }}
    from {{ ref("stg_pilotage__landed_touches") }}
    where
        table_name = 'service_costs'
        and batch > {{ previous_batch() }}
    union
    -- costs may be planned ahead
    select {{ period_start("month", "costs.cost_month") }}
    from {{ ref("stg_billing__service_costs") }} as costs
    cross join run
    where
        costs.cost_month >= {{ add_days(utc_date("run.previous_as_of"), -31) }}
),

final as (
    select journey_id from strands
    where {{ of_changed_persons("coalesce(customer_id, strand_id)") }}
    union
    select strands.journey_id
    from {{ ref("contacts") }} as contacts
    inner join strands
        on contacts.contact_id = strands.strand_id
    where
        contacts.is_handled
        and {{ period_start("month", "contacts.business_date") }} in (
            select months_changed.month_start from months_changed
        )
{%- if not everything_changed() %}
    union
    select before.journey_id
    from {{ as_built("customer_journeys") }} as before
    cross join exchanges
    where
        before.is_open <> (
            {{ add_hours("before.ended_at", parameter("journey_quiet_hours")) }}
            > exchanges.seen_until
        )
{%- endif %}
)

select * from final
{%- if everything_changed() %}
-- nobody asks for them
where false
{%- endif %}
