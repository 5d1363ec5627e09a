-- Initial courses by the day they ended. Everybody who began counts, and only once the time to be
-- found fit for the job is over: a course of last week would lower the rate for no reason.
with trainings as (
    select
        *,
        {{ add_days("ended_on", parameter("training_validation_days", "integer")) }}
            as last_validation_date
    from {{ ref("stg_workforce__trainings") }}
    where training_type = 'initial'
),

described as (
    select
        trainings.*,
        trainings.last_validation_date < run.as_of_date as is_mature,
        coalesce(versions.team, 'unknown') as team,
        coalesce(versions.site, 'unknown') as site
    from trainings
    cross join {{ ref("int_run_dated") }} as run
    left join {{ ref("int_agent_versions_dated") }} as versions
        on
            trainings.agent_id = versions.agent_id
            and trainings.ended_on >= versions.from_date
            and trainings.ended_on < versions.until_date
),

final as (
    select
        ended_on as business_date,
        team,
        site,
        count(case when is_mature then 1 end) as trainees,
        count(case when is_mature and is_completed then 1 end) as trainees_completed,
        count(case when is_mature and validated_on <= last_validation_date then 1 end)
            as trainees_validated,
        count(case when not is_mature then 1 end) as trainees_pending
    from described
    group by 1, 2, 3
)

select * from final
