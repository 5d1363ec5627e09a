-- A rating that was changed later disappears, and so does what a CSAT survey says better.
with answered as (
    select *
    from shape.opinions
    where score in ('good', 'bad')
)

select
    'satisfaction:' || ticket_id || ':' || epoch_ms(rated_at) as answer_id,
    'satisfaction:' || ticket_id as invitation_id,
    'csat' as question_code,
    case score when 'good' then 5 else 1 end as score,
    cast(null as varchar) as text,
    rated_at as answered_at,
    not is_newest as is_deleted
from answered
union all
select
    'satisfaction:' || ticket_id || ':' || epoch_ms(rated_at) || ':comment',
    'satisfaction:' || ticket_id,
    'verbatim',
    null,
    comment,
    rated_at,
    not is_newest
from answered
where
    comment <> ''
    and getvariable('texts') <> 'none'
union all
select
    answer_id,
    invitation_id,
    case when is_rating then 'csat' else 'verbatim' end,
    case when is_rating then score end,
    words,
    answered_at,
    not is_newest
from shape.survey_opinions
where
    is_rating
    or (words is not null and getvariable('texts') <> 'none')
