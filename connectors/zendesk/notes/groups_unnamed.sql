select
    tickets.group_id as detail,
    count(*) as rows
from shape.newest_tickets as tickets
anti join (select id from shape.name_versions where kind = 'group') as groups
    on tickets.group_id = groups.id
where tickets.group_id is not null
group by tickets.group_id
order by rows desc, detail
limit 20
