with source as (
    select * from {{ source("surveys", "answers") }}
),

current_rows as (
    {{ current_version("source", ["answer_id"], "first_wins") }}
),

renamed as (
    select
        answer_id,
        invitation_id,
        question_code,
        score,
        text,
        answered_at,
        accepts_contact,
        batch
    from current_rows
)

select * from renamed
