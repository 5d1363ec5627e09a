-- The newest event of each table, up to the as-of instant: what is planned or announced
-- ahead says nothing about the source. A row that names a date or a month is as new as its end.
{%- set instants = {
    "interactions.contact_legs": ("contact_leg_versions", ["started_at", "ended_at"]),
    "interactions.agent_activity": ("agent_activity", ["started_at", "ended_at"]),
    "interactions.public_feedback": ("public_feedback", ["posted_at", "replied_at"]),
    "surveys.invitations": ("invitations", ["sent_at", "bounced_at"]),
    "surveys.answers": ("answers", ["answered_at"]),
    "billing.customers": ("customers", ["created_at", "closed_at", "updated_at"]),
    "billing.subscription_events": ("subscription_events", ["effective_at"]),
    "billing.orders": ("orders", ["ordered_at", "refunded_at", "updated_at"]),
    "steering.dashboard_views": ("dashboard_views", ["viewed_at"]),
} %}
{%- set dates = {
    "billing.documents": ("documents", "issued_on", "day"),
    "billing.exchange_rates": ("exchange_rates", "rate_date", "day"),
    "billing.service_costs": ("service_costs", "cost_month", "month"),
    "workforce.quality_evaluations": ("quality_evaluations", "evaluated_on", "day"),
} %}
with run as (
    select * from {{ ref("int_run_observed") }}
),

newest_instants as (
    {{ newest_instants(instants) | indent(4) }}
    union all
    select
        source,
        table_name,
        newest_event_at
    from {{ ref("int_exchange_horizons") }}
),

newest_dates as (
    {%- for table, (model, column, grain) in dates.items() %}
    {%- set source, table_name = table.split(".") %}
    select
        '{{ source }}' as source,
        '{{ table_name }}' as table_name,
        cast(
            {{
                dbt.dateadd(
                    grain,
                    1,
                    "max(case when events." ~ column ~ " <= run.as_of_date then "
                    ~ period_start(grain, "events." ~ column) ~ " end)"
                )
            }} as date
        ) as ended_before
    from {{ ref("stg_" ~ source ~ "__" ~ model) }} as events
    cross join run
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select * from newest_instants
    union all
    select
        newest_dates.source,
        newest_dates.table_name,
        case
            when newest_dates.ended_before is not null
                then least(
                    {{ local_midnight("newest_dates.ended_before", "run.business_time_zone") }},
                    run.as_of
                )
        end
    from newest_dates
    cross join run
)

select * from final
