-- Also when nothing was published yet: then it is number 0, and nothing else is known of it.
with run as (
    select * from {{ ref("int_run_described") }}
),

published as (
    select * from {{ ref("stg_pilotage__kpi_editions") }}
),

edition_before as (
    select distinct
        edition,
        edition_number,
        computed_at,
        latest_batch,
        project_fingerprint
    from published
    where edition_number = (select max(edition_number) from published)
),

final as (
    select
        edition_before.edition,
        coalesce(edition_before.edition_number, 0) as edition_number,
        {{
            business_date(
                "edition_before.computed_at", parameter("business_time_zone", "varchar")
            )
        }} as as_of_date,
        edition_before.latest_batch,
        coalesce(edition_before.project_fingerprint <> run.project_fingerprint, false)
            as is_project_changed
    from run
    left join edition_before
        on true
)

select * from final
