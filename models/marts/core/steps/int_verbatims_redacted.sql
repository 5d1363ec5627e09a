{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = "verbatim_id",
        on_schema_change = "fail",
        post_hook = "{{ delete_where('verbatim_id not in (select landed.verbatim_id from (' ~ verbatims_landed() ~ ') as landed)') }}",
    )
}}
{#- read by incremental builds alone, and known to dbt all the same -#}
{%- do ref("stg_pilotage__run_context") %}
{%- set described = [
    "written_at", "written_date", "customer_id", "contact_id", "ticket_id", "channel",
    "reason_group", "team", "brand", "segment", "is_in_scope", "score_instrument", "score_polarity",
    "scored_date",
] %}
-- Incremental by text: those that new batches brought, and those that anything said of them changed.
-- What is compared is cheap; redaction, words and topics are made for the texts that changed.
with landed as (
    {{ verbatims_landed() | indent(4) }}
),

run as (
    select * from {{ ref("int_run_observed") }}
),

words as (
    select
        kind,
        code,
        language,
        {{ each_item("words", "|") }} as word
    from {{ ref("verbatim_words") }}
),

words_version as (
    select
        md5({{ text_in_order("concat_ws(':', kind, code, language, words)", "|", "kind, code, language") }})
            as topics_version
    from {{ ref("verbatim_words") }}
),

contacts as (
    select
        contact_id,
        ticket_id,
        queue_entered_at
    from {{ ref("contacts") }}
),

ticket_contacts as (
    select
        ticket_id,
        min_by(contact_id, (queue_entered_at, contact_id)) as contact_id
    from contacts
    group by 1
),

-- The score that was given with a text is of the first day of its invitation: a later one, which
-- counts elsewhere, was given after other words, or none. Of that day satisfaction says most of what
-- happened, then the recommendation, then the effort.
scores as (
    select
        answers.invitation_id,
        answers.instrument,
        answers.answered_date,
        {{ score_polarity("answers") }} as score_polarity,
        row_number() over (
            partition by answers.invitation_id
            order by
                answers.answered_date,
                case answers.instrument
                    when 'csat' then 1 when 'nps' then 2 when 'ces_effort' then 3 else 4
                end,
                answers.answered_at,
                answers.answer_id
        ) as place
    from {{ ref("survey_answers") }} as answers
    where
        answers.validity in ('valid', 'superseded')
        and answers.instrument in ('csat', 'nps', 'ces_effort', 'ces_ease')
        and answers.scale_max > answers.scale_min
),

ratings as (
    select
        *,
        'rating' as instrument,
        rating as score,
        0 as scale_min,
        rating_max as scale_max,
        'high_is_good' as polarity
    from {{ ref("int_feedback_described") }}
),

said_in_surveys as (
    select
        'survey_answer' as source,
        answers.answer_id as source_key,
        answers.answered_date as written_date,
        answers.customer_id,
        coalesce(contacts.contact_id, ticket_contacts.contact_id) as contact_id,
        answers.ticket_id,
        answers.channel,
        answers.reason_group,
        answers.team,
        answers.brand,
        answers.segment,
        answers.validity = 'valid' as is_in_scope,
        scores.instrument as score_instrument,
        scores.score_polarity,
        scores.answered_date as scored_date
    from {{ ref("survey_answers") }} as answers
    left join {{ ref("int_survey_invitations_described") }} as invitations
        on answers.invitation_id = invitations.invitation_id
    left join contacts
        on invitations.exchange_id = contacts.contact_id
    left join ticket_contacts
        on answers.ticket_id = ticket_contacts.ticket_id
    left join scores
        on
            answers.invitation_id = scores.invitation_id
            and scores.place = 1
),

said_in_tickets as (
    select
        'ticket_message' as source,
        events.event_id as source_key,
        {{ business_date("events.event_at", "run.business_time_zone") }} as written_date,
        tickets.customer_id,
        ticket_contacts.contact_id,
        events.ticket_id,
        coalesce(tickets.channel, 'unknown') as channel,
        coalesce(tickets.reason_group, 'unknown') as reason_group,
        coalesce(tickets.team, 'unknown') as team,
        coalesce(tickets.brand, 'unknown') as brand,
        'unknown' as segment,
        coalesce(not tickets.is_spam and not tickets.is_test, false) as is_in_scope
    from {{ ref("stg_interactions__ticket_events") }} as events
    cross join run
    left join {{ ref("tickets") }} as tickets
        on events.ticket_id = tickets.ticket_id
    left join ticket_contacts
        on events.ticket_id = ticket_contacts.ticket_id
    where events.event_type = 'customer_message'
),

said_in_public as (
    select
        'public_feedback' as source,
        feedback_id as source_key,
        posted_date as written_date,
        customer_id,
        coalesce(platform, 'unknown') as channel,
        'unknown' as reason_group,
        'unknown' as team,
        brand,
        segment,
        not is_test as is_in_scope,
        case when rating between 0 and rating_max and rating_max > 0 then instrument end
            as score_instrument,
        case
            when rating between 0 and rating_max and rating_max > 0
                then {{ score_polarity("ratings") }}
        end as score_polarity,
        case when rating between 0 and rating_max and rating_max > 0 then posted_date end
            as scored_date
    from ratings
),

attributes as (
    select * from said_in_surveys
    union all by name
    select * from said_in_tickets
    union all by name
    select * from said_in_public
),

described as (
    select
        landed.verbatim_id,
        landed.source,
        landed.text,
        landed.batch,
        landed.written_at,
        attributes.* exclude (source, source_key)
    from landed
    inner join attributes
        on
            landed.source = attributes.source
            and landed.source_key = attributes.source_key
),

changed as (
    select described.*
    from described
    {%- if is_incremental() %}
    left join {{ this }} as before
        on described.verbatim_id = before.verbatim_id
    where
        before.verbatim_id is null
        or described.batch > {{ previous_batch() }}
        {%- for column in described %}
        or described.{{ column }} is distinct from before.{{ column }}
        {%- endfor %}
    {%- endif %}
),

-- a text that many wrote, or one person again and again, is read once
texts as (
    select
        text,
        {{ redacted("text") }} as redacted_text
    from (select distinct text from changed) as distinct_texts
),

termed as (
    select
        *,
        {{ text_terms(without_redactions("redacted_text")) }} as terms
    from texts
),

found as (
    select
        single.text,
        words.kind,
        words.code,
        count(*) as found_count
    from (
        select
            text,
            unnest(terms) as term
        from termed
    ) as single
    inner join words
        on single.term = words.word
    group by 1, 2, 3
),

tagged as (
    select
        text,
        list_sort(list(code) filter (where kind = 'topic')) as topics,
        coalesce(sum(case when kind = 'language' and code = 'fr' then found_count end), 0)
            as french_words,
        coalesce(sum(case when kind = 'language' and code = 'en' then found_count end), 0)
            as english_words,
        coalesce(sum(case when kind = 'polarity' and code = 'positive' then found_count end), 0)
        - coalesce(sum(case when kind = 'polarity' and code = 'negative' then found_count end), 0)
            as lexicon_balance
    from found
    group by 1
),

final as (
    select
        changed.verbatim_id,
        changed.source,
        {%- for column in described %}
        changed.{{ column }},
        {%- endfor %}
        termed.redacted_text,
        case
            when tagged.french_words > tagged.english_words then 'fr'
            when tagged.english_words > tagged.french_words then 'en'
            else 'unknown'
        end as language,
        coalesce(tagged.topics, ['other']) as topics,
        substring(words_version.topics_version, 1, 12) as topics_version,
        termed.terms,
        cast(coalesce(tagged.lexicon_balance, 0) as integer) as lexicon_balance
    from changed
    cross join words_version
    inner join termed
        on changed.text = termed.text
    left join tagged
        on changed.text = tagged.text
)

select * from final
