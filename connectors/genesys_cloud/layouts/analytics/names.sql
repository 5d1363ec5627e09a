-- What ids of queues and wrap-up codes are called.
select id, arg_max(name, file_number) as name
from (
    select id, name, file_number from analytics.queues
    union all
    select id, name, file_number from analytics.wrapupcodes
)
group by id
