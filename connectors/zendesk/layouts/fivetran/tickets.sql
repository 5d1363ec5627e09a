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
    lower(via_channel) as via_channel,
    via_source_rel as via_rel,
    false as is_closed_by_merge,
    regexp_extract_all(merged_ticket_ids, '[0-9]+') as merged_ticket_ids,
    json_extract_string(
        other_columns, '$."' || coalesce(nullif(getvariable('reason_field'), ''), 'none') || '"'
    ) as reason,
    coalesce(status = 'deleted' or _fivetran_deleted, false) as is_deleted,
    file_number,
    row_number
from fivetran.ticket
