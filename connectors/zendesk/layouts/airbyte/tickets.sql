select
    id as ticket_id,
    created_at,
    updated_at,
    status,
    requester_id,
    submitter_id,
    assignee_id,
    group_id,
    brand_id,
    priority,
    lower(json_extract_string(via, '$.channel')) as via_channel,
    json_extract_string(via, '$.source.rel') as via_rel,
    coalesce(cast(tags as varchar) like '%"closed_by_merge"%', false) as is_closed_by_merge,
    cast(null as varchar[]) as merged_ticket_ids,
    case
        when getvariable('reason_field') <> '' then json_extract_string(
            list_filter(
                cast(custom_fields as json[]),
                field -> json_extract_string(field, '$.id') = getvariable('reason_field')
            )[1],
            '$.value'
        )
    end as reason,
    coalesce(status = 'deleted', false) as is_deleted,
    file_number,
    row_number
from airbyte.tickets
