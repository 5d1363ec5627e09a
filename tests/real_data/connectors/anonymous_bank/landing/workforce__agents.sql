-- workforce.agents: one row per server named in the file.
--
-- The file has no staff register: the first day of the month stands for the hiring date.
with calls as (

    select * from shape.calls

),

final as (

    select
        agent_id,
        'haifa' as site,
        'agent' as role,
        '1999-02-01' as hired_on,

    from calls
    where agent_id is not null
    group by agent_id

)

select * from final
