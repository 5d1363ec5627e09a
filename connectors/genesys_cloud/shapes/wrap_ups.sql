-- One row a wrap-up code that an agent gave.
select
    segments.conversation_id,
    segments.segment_start,
    coalesce(names.name, segments.wrap_up_id) as wrap_up,
    names.name is null as is_nameless,
from shape.segments as segments
left join shape.names as names
    on segments.wrap_up_id = names.id
where segments.wrap_up_id is not null
