select id as agent_id, created_at
from api.users
qualify row_number() over (partition by id order by file_number desc, row_number desc) = 1
