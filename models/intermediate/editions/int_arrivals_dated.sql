-- What has come since the edition before, by the day that it is about. A row whose key had come by
-- then corrects: it bears on the days of all its versions, those that it left included.
with edition_before as (
    select * from {{ ref("int_edition_before") }}
),

landed as (
    select * from {{ ref("stg_pilotage__landed_rows") }}
),

-- nothing before the first edition, which has no batch
news as (
    select *
    from landed
    where batch > (select latest_batch from edition_before)
),

earlier_versions as (
    select landed.*
    from landed
    inner join (
        select distinct
            source_name,
            table_name,
            row_key
        from news
    ) as keys
        on
            landed.source_name = keys.source_name
            and landed.table_name = keys.table_name
            and landed.row_key = keys.row_key
    where landed.batch <= (select latest_batch from edition_before)
),

corrected_keys as (
    select distinct
        source_name,
        table_name,
        row_key
    from earlier_versions
),

arrived as (
    select
        news.*,
        corrected_keys.row_key is not null as is_correction
    from news
    left join corrected_keys
        on
            news.source_name = corrected_keys.source_name
            and news.table_name = corrected_keys.table_name
            and news.row_key = corrected_keys.row_key
    union all
    select
        *,
        true as is_correction
    from earlier_versions
),

final as (
    select
        arrived.source_name,
        arrived.table_name,
        arrived.is_correction,
        coalesce(
            arrived.event_on,
            {{ business_date("arrived.event_at", parameter("business_time_zone", "varchar")) }}
        ) as business_date,
        count(*) as row_count
    from arrived
    group by 1, 2, 3, 4
)

select * from final
