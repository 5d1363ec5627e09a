-- One row a tag of a call, in their order.
select
    call_id,
    unnest(tags) as tag,
    generate_subscripts(tags, 1) as tag_number,
from shape.known_calls
