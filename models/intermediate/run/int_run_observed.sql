-- Found once a build: many models look at it, and none has to search all that has landed. Read it
-- where the instant itself matters: its readers are built again whenever it moves.
select
    as_of,
    business_time_zone,
    as_of_date,
    looks_from
from {{ ref("int_as_of_found") }}
