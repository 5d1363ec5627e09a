{#-
    Query: the free texts of customers that landed, up to the as-of instant: what they wrote in a
    survey, in a ticket, or in public. A text without any visible character is none.
-#}
{% macro verbatims_landed() -%}
    select
        landed.verbatim_id,
        landed.source,
        landed.source_key,
        landed.text,
        landed.written_at,
        landed.batch
    from (
        select
            'survey_answer:' || answer_id as verbatim_id,
            'survey_answer' as source,
            answer_id as source_key,
            text,
            answered_at as written_at,
            batch
        from {{ ref("stg_surveys__answers") }}
        union all
        select
            'ticket_message:' || event_id,
            'ticket_message',
            event_id,
            text,
            event_at,
            batch
        from {{ ref("stg_interactions__ticket_events") }}
        where event_type = 'customer_message'
        union all
        select
            'public_feedback:' || feedback_id,
            'public_feedback',
            feedback_id,
            text,
            posted_at,
            batch
        from {{ ref("stg_interactions__public_feedback") }}
    ) as landed
    cross join {{ ref("int_run_observed") }} as run
    where
        landed.written_at <= run.as_of
        and trim(landed.text, concat(chr(9), chr(10), chr(13), chr(32), chr(160), chr(8239))) <> ''
{%- endmacro %}
