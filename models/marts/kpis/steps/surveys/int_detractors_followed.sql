-- a view: a step of measures_detractors alone
{{ config(materialized = "view") }}
-- Detractors who accept to be contacted, with the first time that the company reached them after
-- their answer, on the clock of their team's open hours; observed as far as contacts are.
with contacts_seen as (
    {{ exchanges_seen("contacts") }}
),

answers as (
    select * from {{ ref("survey_answers") }}
),

-- What the answer does not say itself may be said by another of the same invitation: by the last
-- one, and never by one that was replaced. At one instant a refusal counts.
said as (
    select *
    from answers
    where
        accepts_contact is not null
        and validity is distinct from 'superseded'
),

said_last as (
    select
        invitation_id,
        accepts_contact
    from {{
        first_row_per_key("said", ["invitation_id"], ["answered_at desc", "accepts_contact"])
    }} as newest
),

detractors as (
    select
        answers.*,
        contacts_seen.seen_until
    from answers
    cross join contacts_seen
    inner join said_last
        on answers.invitation_id = said_last.invitation_id
    where
        answers.is_counted
        and coalesce(answers.accepts_contact, said_last.accepts_contact)
        and answers.instrument = 'nps'
        and answers.scale_min = 0
        and answers.scale_max = 10
        and answers.score <= 6
),

first_reached as (
    select
        detractors.answer_id,
        min(reached.reached_at) as reached_at
    from detractors
    inner join {{ ref("int_customers_reached") }} as reached
        on
            detractors.customer_id = reached.customer_id
            and detractors.answered_at < reached.reached_at
    group by 1
),

followed as (
    select
        detractors.*,
        first_reached.reached_at
    from detractors
    left join first_reached
        on detractors.answer_id = first_reached.answer_id
),

timed as (
    select
        *,
        cast(reached_at_business_clock - answered_at_business_clock as decimal(18, 4))
            as reached_business_seconds,
        cast(seen_until_business_clock - answered_at_business_clock as decimal(18, 4))
            as observed_business_seconds,
        3600 * {{ parameter("detractor_callback_open_hours") }} as promised_business_seconds
    from {{
        with_business_clocks("followed", "team", ["answered_at", "reached_at", "seen_until"])
    }} as clocked
),

final as (
    select
        answer_id,
        answered_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        reached_business_seconds,
        coalesce(reached_business_seconds <= promised_business_seconds, false)
            as is_reached_in_time,
        coalesce(observed_business_seconds >= promised_business_seconds, false) as is_observed
    from timed
)

select * from final
