-- Rows of the portal's CSV. Dates are local to the zone that the third line of the header names.
with dated as (
    select
        responses.ResponseId as response_id,
        case
            when regexp_matches(responses.file_name, 'SV_[A-Za-z0-9]+')
                then regexp_extract(responses.file_name, 'SV_[A-Za-z0-9]+')
            when contains(responses.file_name, '/')
                then regexp_extract(responses.file_name, '([^/]+)/[^/]+$', 1)
            -- the portal adds day and time to the survey's name
            else regexp_replace(
                regexp_replace(responses.file_name, '([.]csv|[.]gz|[.]zip).*$', ''),
                '_[A-Z][a-z]+[ +][0-9]+,[ +][0-9]{4}_[0-9.]+$',
                ''
            )
        end as survey_key,
        try_cast(responses.StartDate as timestamp) as started_local,
        try_cast(responses.EndDate as timestamp) as ended_local,
        case
            when files.time_zone in ('Z', 'GMT') then 'UTC'
            when files.time_zone in (select name from pg_timezone_names()) then files.time_zone
            else getvariable('time_zone')
        end as time_zone,
        files.time_zone is null as has_no_zone,
        trim(responses.Status) as status,
        lower(trim(responses.Finished)) in ('1', 'true', 'yes', 'vrai') as is_finished,
        try_cast(responses.Progress as double) as progress,
        responses.DistributionChannel as channel,
        responses.RecipientEmail as email,
        responses.other_columns as fields,
        responses.file_number,
        responses.row_number
    from portal.responses as responses
    left join shape.survey_files as files
        on responses.file_number = files.file_number
    -- the first lines are header, too
    where
        responses.row_number > coalesce(files.header_row, 0)
        and responses.StartDate not in ('Start Date', 'StartDate')
),

final as (
    select
        * exclude (started_local, ended_local, time_zone),
        timezone(time_zone, started_local) as started_at,
        timezone(time_zone, ended_local) as ended_at
    from dated
)

select * from final
