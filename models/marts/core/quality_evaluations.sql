-- An evaluation belongs to the day of the exchange that it looks at, not to the day on which
-- somebody looked: coaching and cause stand side by side.
with run as (
    select * from {{ ref("int_run_dated") }}
),

evaluations as (
    select
        evaluations.*,
        -- what was folded into another contact is evaluated as that one
        coalesce(
            roots.root_contact_id,
            evaluations.contact_id,
            {{ ticket_contact_id("evaluations.ticket_id") }}
        ) as evaluated_contact_id
    from {{ ref("stg_workforce__quality_evaluations") }} as evaluations
    cross join run
    left join {{ ref("int_contact_roots") }} as roots
        on evaluations.contact_id = roots.contact_id
    where evaluations.evaluated_on <= run.as_of_date
),

exchanged as (
    select
        evaluations.*,
        coalesce(contacts.channel, tickets.channel, 'unknown') as channel,
        coalesce(contacts.business_date, tickets.created_date, evaluations.evaluated_on)
            as contact_date,
        {{
            business_date(
                "coalesce(contacts.answered_at, tickets.first_public_reply_at)",
                "coalesce(sites.time_zone, run.business_time_zone)"
            )
        }} as answered_date
    from evaluations
    cross join run
    left join {{ ref("contacts") }} as contacts
        on evaluations.evaluated_contact_id = contacts.contact_id
    left join {{ ref("tickets") }} as tickets
        on evaluations.ticket_id = tickets.ticket_id
    left join {{ ref("sites") }} as sites
        on contacts.site = sites.site
),

final as (
    select
        exchanged.evaluation_id,
        coalesce(exchanged.evaluated_contact_id, 'evaluation:' || exchanged.evaluation_id)
            as exchange_id,
        exchanged.agent_id,
        coalesce(versions.team, 'unknown') as team,
        coalesce(versions.site, 'unknown') as site,
        exchanged.channel,
        exchanged.contact_date,
        coalesce(exchanged.answered_date, exchanged.contact_date) as sent_date,
        exchanged.evaluated_on,
        exchanged.score,
        exchanged.has_critical_error,
        exchanged.is_written,
        exchanged.error_count,
        exchanged.is_calibration
    from exchanged
    left join {{ ref("int_agent_versions_dated") }} as versions
        on
            exchanged.agent_id = versions.agent_id
            and exchanged.contact_date >= versions.from_date
            and exchanged.contact_date < versions.until_date
)

select * from final
order by contact_date, evaluation_id
