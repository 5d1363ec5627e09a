{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = "answer_id",
        on_schema_change = "fail",
        pre_hook = "{{ delete_where(of_changed_persons(\"'surveys.answers:' || answer_id\")) }}",
    )
}}
-- Incremental by person and exchange: see int_persons_changed. What is gone is deleted before.
-- Every answer is kept, with the reason why it counts or not. The last valid answer to a question
-- of an invitation is the one that counts.
with run as (
    select * from {{ ref("int_run_observed") }}
),

invitations as (
    select
        *,
        coalesce(
            {{ of_changed_persons("customer_id") }}
            or {{ of_changed_persons("exchange_id") }}
            or {{ of_changed_persons("'surveys.invitations:' || invitation_id") }}
            {%- if not everything_changed() %}
            -- the answers of a survey that became one of another kind now stand among others
            or exists (
                select 1
                from {{ this }} as before
                where (before.survey_code, before.survey_kind) not in (
                    select distinct
                        described.survey_code,
                        described.survey_kind
                    from {{ ref("int_survey_invitations_described") }} as described
                )
            )
            {%- endif %},
            false
        ) as is_changed
    from {{ ref("int_survey_invitations_described") }}
),

{%- if not everything_changed() %}

-- what an answer stands among: others of the same person, and about the same exchange
invitations_beside as (
    select invitation_id
    from invitations
    where
        is_changed
        or customer_id in (
            select changed.customer_id from invitations as changed
            where changed.is_changed
        )
        or exchange_id in (
            select changed.exchange_id from invitations as changed
            where changed.is_changed
        )
),
{%- endif %}

answers as (
    select
        answers.*,
        invitations.survey_code,
        invitations.survey_kind,
        invitations.customer_id,
        coalesce(invitations.identity_rule, 'none') as identity_rule,
        invitations.contact_id,
        invitations.ticket_id,
        invitations.exchange_id,
        invitations.channel,
        invitations.reason_group,
        invitations.team,
        invitations.segment,
        invitations.brand,
        invitations.site,
        invitations.sent_at,
        invitations.is_staff,
        coalesce(questions.instrument, 'unknown') as instrument,
        questions.dimension,
        questions.item,
        questions.scale_min,
        questions.scale_max,
        questions.polarity,
        {{ business_date("answers.answered_at", "run.business_time_zone") }} as answered_date,
        {{ add_hours("invitations.sent_at", "24 * " ~ parameter("survey_window_days")) }}
            as window_ends_at,
        coalesce(invitations.is_changed, false) as is_changed
    from {{ ref("stg_surveys__answers") }} as answers
    cross join run
    left join invitations
        on answers.invitation_id = invitations.invitation_id
    left join {{ ref("survey_questions") }} as questions
        on answers.question_code = questions.question_code
    where
        answers.answered_at <= run.as_of
        {%- if not everything_changed() %}
        and (
            answers.invitation_id in (select beside.invitation_id from invitations_beside as beside)
            or {{ of_changed_persons("'surveys.answers:' || answers.answer_id") }}
        )
        {%- endif %}
),

checked as (
    select
        *,
        case
            when sent_at is null then 'no_invitation'
            -- what is asked of agents is theirs to answer, and nothing else is
            when is_staff and instrument <> 'agent_enps' then 'staff'
            when instrument = 'unknown' then 'unknown_question'
            when instrument = 'verbatim' and text is not null then 'valid'
            when score is null then 'empty'
            when score < scale_min or score > scale_max then 'out_of_range'
            -- bands are of whole numbers: 6.5 is neither a detractor nor passive
            when score <> trunc(score) then 'not_on_scale'
            when not ({{ follows("answered_at", "sent_at") }}) then 'before_sending'
            when answered_at > window_ends_at then 'late'
            else 'valid'
        end as validity
    from answers
),

-- set aside what is not valid first, then keep the last
ranked as (
    select
        *,
        row_number() over (
            partition by invitation_id, question_code, validity
            order by answered_at desc, answer_id desc
        ) as recency
    from checked
),

superseded as (
    select
        *,
        case when validity = 'valid' and recency > 1 then 'superseded' else validity end
            as final_validity
    from ranked
),

counted as (
    select
        *,
        -- a customer speaks once a quarter of the relation as a whole, and once of each exchange
        final_validity = 'valid'
        and row_number() over (
            partition by
                survey_kind,
                instrument,
                scale_min,
                scale_max,
                final_validity,
                coalesce(customer_id, invitation_id),
                {{ period_start("quarter", "answered_date") }}
            order by answered_at desc, answer_id desc
        ) = 1 as is_last_of_customer_in_quarter,
        final_validity = 'valid'
        and row_number() over (
            partition by
                survey_kind,
                instrument,
                scale_min,
                scale_max,
                final_validity,
                coalesce(exchange_id, invitation_id)
            order by answered_at desc, answer_id desc
        ) = 1 as is_last_about_exchange
    from superseded
),

final as (
    select
        answer_id,
        invitation_id,
        survey_code,
        survey_kind,
        question_code,
        instrument,
        dimension,
        item,
        scale_min,
        scale_max,
        polarity,
        customer_id,
        identity_rule,
        contact_id,
        ticket_id,
        coalesce(channel, 'unknown') as channel,
        coalesce(reason_group, 'unknown') as reason_group,
        coalesce(team, 'unknown') as team,
        coalesce(segment, 'unknown') as segment,
        coalesce(brand, 'unknown') as brand,
        coalesce(site, 'unknown') as site,
        sent_at,
        answered_at,
        answered_date,
        score,
        accepts_contact,
        final_validity as validity,
        final_validity = 'valid' as is_counted,
        is_last_of_customer_in_quarter,
        is_last_about_exchange
    from counted
    where is_changed or {{ of_changed_persons("'surveys.answers:' || answer_id") }}
)

select * from final
order by answered_at, answer_id
