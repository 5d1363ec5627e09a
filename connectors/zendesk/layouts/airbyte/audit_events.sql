with audits as (
    select
        id as audit_id,
        ticket_id,
        created_at as event_at,
        author_id,
        cast(via as varchar) as via,
        events
    from airbyte.ticket_audits
),

unnested as (
    select
        audit_id,
        ticket_id,
        event_at,
        author_id as updater_id,
        via as audit_via,
        unnest(
            from_json(
                events,
                '[{"id": "VARCHAR", "type": "VARCHAR", "event_type": "VARCHAR",
                "field_name": "VARCHAR", "value": "VARCHAR", "previous_value": "VARCHAR",
                "status": "VARCHAR", "assignee_id": "VARCHAR", "group_id": "VARCHAR",
                "satisfaction_score": "VARCHAR", "satisfaction_comment": "VARCHAR",
                "body": "VARCHAR", "public": "BOOLEAN", "author_id": "VARCHAR",
                "comment_id": "VARCHAR", "recipients": "VARCHAR", "via": "VARCHAR"}]'
            ),
            recursive := true
        )
    from audits
)

select
    audit_id,
    ticket_id,
    event_at,
    updater_id,
    audit_via,
    id as event_id,
    coalesce(type, event_type) as event_type,
    coalesce(
        field_name,
        case
            when status is not null then 'status'
            when assignee_id is not null then 'assignee_id'
            when group_id is not null then 'group_id'
            when satisfaction_score is not null then 'satisfaction_score'
            when satisfaction_comment is not null then 'satisfaction_comment'
        end
    ) as field_name,
    coalesce(value, status, assignee_id, group_id, satisfaction_score, satisfaction_comment)
        as value,
    previous_value,
    body,
    public as is_public,
    author_id,
    comment_id,
    recipients,
    coalesce(via, audit_via) as via
from unnested
