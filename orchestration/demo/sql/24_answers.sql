-- Invitations after the contacts of one span, and their answers: one row a question.

create or replace temp table invited_chunk as
select
    r.*,
    c.contact_no,
    c.language,
    c.contact_id,
    c.ticket_id,
    d.customer_id,
    d.email,
    d.is_staff,
    'I' || lpad(c.contact_no::varchar, 9, '0') as invitation_id
from responses as r
inner join contacts_chunk as c on r.id = c.id
inner join customers as d on c.known_no = d.customer_no
order by c.contact_no;

create or replace temp view out_invitations as
select
    invitation_id,
    survey_code,
    case when email is not null and u(sk, 'by_email') < 0.3 then email else customer_id end as customer_ref,
    case when email is not null and u(sk, 'by_email') < 0.3 then 'email' else 'customer_id' end
        as customer_ref_type,
    if(survey_code = 'post_contact', contact_id, null) as contact_id,
    if(survey_code = 'post_ticket', ticket_id, null) as ticket_id,
    if(channel in ('phone', 'sms'), 'sms', 'email') as channel,
    sent_at,
    case when bounces then sent_at + interval 90 second end as bounced_at,
    is_staff,
    sk as _k
from invited_chunk;

create or replace temp table answers_chunk as
with answered as (
    select
        *,
        case when csat >= 4 then 'positive' when csat = 3 then 'neutral' else 'negative' end as kind
    from invited_chunk
    where has_answered
),
asked as (
    select *, 1 as seq, 'csat' as question_code, csat as score, null as text from answered
    union all
    select *, 2, 'ces', effort, null from answered where channel in ('phone', 'email', 'form')
    union all
    select *, 2, 'ces2', 8 - effort, null from answered where channel not in ('phone', 'email', 'form')
    union all
    select *, 3, 'fcr', fcr, null from answered
    union all
    select *, 4, 'nps', nps, null from answered where survey_code = 'post_contact'
    union all
    select a.*, 5, 'verbatim', null, v.text
    from answered as a
    inner join verbatim_counts as n
        on a.kind = n.kind and a.reason = n.reason and a.language = n.language
    inner join verbatims as v on n.first_text + floor(u(a.sk, 'text') * n.places)::int = v.text_no
    where u(a.sk, 'writes') < 0.45
    union all
    -- A question that no reference seed knows.
    select *, 6, 'delai_percu', 1 + csat, null from answered where u(sk, 'pilot') < 0.01
)
select
    invitation_id || '-' || seq as answer_id,
    invitation_id,
    question_code,
    case
        when question_code = 'verbatim' then null
        when u(branch(sk, seq), 'quality') < 0.008 then null
        when u(branch(sk, seq), 'quality') < 0.013 then 99
        else score
    end::decimal(18, 1) as score,
    text,
    answered_at,
    accepts_contact,
    contact_no,
    seq,
    branch(sk, seq) as _k
from asked;

-- One answer in a hundred is given again, with another score: the last one counts.
create or replace temp table out_answers as
with given as (
    select * from answers_chunk
    union all by name
    select * replace (
        answer_id || 'b' as answer_id,
        answered_at + interval 2 hour as answered_at,
        greatest(score - 1, 1) as score,
        seq + 10 as seq,
        branch(_k, 1) as _k
    )
    from answers_chunk
    where question_code = 'csat' and u(_k, 'again') < 0.01
)
select * exclude (contact_no, seq)
from given
where answered_at < getvariable('end_at')
order by contact_no, seq;
