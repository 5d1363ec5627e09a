select
    id as rating_id,
    ticket_id,
    lower(score) as score,
    created_at,
    updated_at,
    comment
from native.satisfaction_ratings
