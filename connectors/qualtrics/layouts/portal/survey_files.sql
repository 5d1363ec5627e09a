-- What the second and third line of a file's header say: which column is which question, and in
-- which zone its dates are.
with headed as (
    select
        file_number,
        row_number as header_row,
        other_columns,
        try_cast(StartDate as json) as start_header
    from portal.responses
    where StartDate like '{%ImportId%'
),

final as (
    select
        file_number,
        header_row,
        start_header ->> 'timeZone' as time_zone,
        cast(other_columns as map(varchar, varchar)) as import_ids
    from headed
)

select * from final
