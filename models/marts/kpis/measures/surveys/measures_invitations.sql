-- Response by the date of sending: an invitation counts once its answering window is over.
with answers_seen as (
    select seen_until
    from {{ ref("int_source_horizons") }}
    where
        source = 'surveys'
        and table_name = 'answers'
),

scored as (
    select distinct invitation_id
    from {{ ref("survey_answers") }}
    where
        is_counted
        and score is not null
),

invitations as (
    select
        invitations.*,
        scored.invitation_id is not null as is_answered,
        {{
            add_hours("invitations.sent_at", "24 * " ~ parameter("survey_window_days"))
        }} <= answers_seen.seen_until as is_mature
    from {{ ref("int_survey_invitations_described") }} as invitations
    cross join answers_seen
    left join scored
        on invitations.invitation_id = scored.invitation_id
    where
        invitations.bounced_at is null
        and not invitations.is_staff
),

final as (
    select
        sent_date as business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(case when is_mature then 1 end) as invitations_delivered,
        count(case when is_mature and is_answered then 1 end) as invitations_answered,
        count(case when is_mature and is_answered and survey_kind = 'transactional' then 1 end)
            as exchange_invitations_answered,
        count(case when not is_mature then 1 end) as invitations_pending
    from invitations
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
