-- workforce.agents: one row per agent named in the workbook.
--
-- There is no staff register: the day before the first ticket stands for the hiring date.
with logged_tickets as (

    select * from shape.logged_tickets

),

final as (

    select
        agent_id,
        any_value(team) as team,
        'agent' as role,
        cast(replace(any_value(support_level), 'Tier ', '') as integer) as support_level,
        '2023-01-01' as hired_on,

    from logged_tickets
    group by agent_id

)

select * from final
