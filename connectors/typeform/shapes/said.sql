-- One row per answer, under the name of the form and of its field.
with of_the_api as (
    select
        response_id,
        form || '.' || coalesce(answer ->> '$.field.ref', answer ->> '$.field.id') as question_key,
        coalesce(
            answer ->> 'number',
            case answer ->> 'boolean' when 'true' then '1' when 'false' then '0' end,
            answer ->> 'text',
            answer ->> '$.choice.label'
        ) as value
    from shape.responses_kept
    cross join unnest(cast(answers as json[])) as parts (answer)
    -- addresses, files and dates are no answers to anything that is measured
    where answer ->> 'type' in ('number', 'boolean', 'text', 'choice')
),

cells as (
    select
        response_id,
        form,
        unnest(map_entries(cast(fields as map(varchar, varchar))), recursive := true)
    from shape.responses_kept
    where answers is null
),

of_the_portal as (
    select
        response_id,
        form || '.' || key as question_key,
        value
    from cells
    where
        value is not null
        and key not in (
            getvariable('customer_field'), getvariable('ticket_field'), getvariable('contact_field')
        )
),

final as (
    select * from of_the_api where value is not null
    union all
    select * from of_the_portal
)

select * from final
