-- Every rating that a ticket was given, and when it was asked for; from the list of ratings, and for
-- tickets that it does not have from their history. The newest of a ticket counts; none does where
-- a CSAT survey has what was answered, which Zendesk repeats as good or bad.
with listed as (
    select
        ticket_id,
        min(created_at) over (partition by ticket_id) as asked_at,
        updated_at as rated_at,
        split_part(score, '_', 1) as score,
        comment
    from shape.ratings
    where score <> 'unoffered'
),

changed as (
    select
        scores.ticket_id,
        min(scores.changed_at) over (partition by scores.ticket_id) as asked_at,
        scores.changed_at as rated_at,
        scores.value as score,
        comments.value as comment
    from shape.changes as scores
    left join shape.changes as comments
        on
            scores.ticket_id = comments.ticket_id
            and scores.changed_at = comments.changed_at
            and comments.field_name = 'satisfaction_comment'
    where
        scores.field_name = 'satisfaction_score'
        and scores.value in ('offered', 'good', 'bad')
),

opinions as (
    select * from listed
    union all by name
    select changed.*
    from changed
    anti join listed
        on changed.ticket_id = listed.ticket_id
),

surveyed as (
    select distinct ticket_id
    from shape.survey_opinions
    where is_rating
)

select
    opinions.*,
    row_number() over (
        partition by opinions.ticket_id order by opinions.score = 'offered', opinions.rated_at desc
    ) = 1
    and surveyed.ticket_id is null as is_newest
from opinions
left join surveyed
    on opinions.ticket_id = surveyed.ticket_id
qualify
    row_number() over (
        partition by opinions.ticket_id, opinions.rated_at order by opinions.score = 'offered'
    ) = 1
