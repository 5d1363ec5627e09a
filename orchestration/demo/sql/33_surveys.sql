-- Surveys that follow no contact: the quarterly barometer, the quality panel, the staff survey.
-- They land in files of their own beside those of the contacts.

create or replace table panel_items as
select row_number() over (order by d.dimension, n, side) as seq,
    'sq_' || d.dimension || '_' || n || '_' || side as question_code,
    if(side = 'exp', 6.1, 6.1 + d.gap) as level
from (values
        ('tangibles', -0.1), ('reliability', -0.75), ('responsiveness', -0.6), ('assurance', -0.2),
        ('empathy', -0.35)
    ) as d (dimension, gap),
    unnest([1, 2]) as i (n), unnest(['exp', 'per']) as s (side);

create or replace table waves as
select first_day, last_day, month_no from months where month(first_day) in (3, 9)
union
-- A short world has a wave too: in its middle.
select first_day, last_day, month_no from months where month_no = getvariable('months') // 2;

create or replace table other_invitations as
with panel as (
    select
        c.customer_no as number,
        c.customer_id,
        branch(c.k, 12000 + w.month_no) as sk,
        'servqual_panel' as survey_code,
        w.first_day,
        w.month_no
    from customers as c
    inner join waves as w on c.created_at < w.first_day - interval 30 day
    where not c.is_alias and not c.is_staff and not c.is_test
        and u(branch(c.k, 12000 + w.month_no), 'panel') < getvariable('panel_rate')
),
staffed as (
    select
        100000000 + row_number() over (partition by w.month_no order by s.agent_id) as number,
        null as customer_id,
        branch(s.k, 12000 + w.month_no) as sk,
        'agent_survey' as survey_code,
        w.first_day,
        w.month_no
    from staff as s
    inner join waves as w on s.hired_on < w.first_day and (s.left_on is null or s.left_on > w.last_day)
    where s.role = 'agent'
),
both_ as (
    select * from panel union all select * from staffed
),
dated as (
    select
        *,
        from_paris(first_day + to_days(6 + floor(u(sk, 'sent_day') * 5)::int) + interval 9 hour)
            + seconds(u(sk, 'sent') * 25000) as sent_at,
        u(sk, 'responds') < if(survey_code = 'agent_survey', 0.72, 0.6) as has_answered
    from both_
)
select *, sent_at + seconds(3000 + least(exponential(u(sk, 'delay'), 150000), 1100000)) as answered_at
from dated;

create or replace table out_invitations_other as
select
    'B' || strftime(b.quarter, '%y%m') || lpad(b.customer_no::varchar, 8, '0') as invitation_id,
    'relational_nps' as survey_code,
    c.customer_id as customer_ref,
    'customer_id' as customer_ref_type,
    null::varchar as contact_id,
    null::varchar as ticket_id,
    'email' as channel,
    b.sent_at,
    case when b.bounces then b.sent_at + interval 2 minute end as bounced_at,
    b.is_staff,
    b.sk as _k
from barometer as b
inner join customers as c on b.customer_no = c.customer_no
union all
select
    if(survey_code = 'agent_survey', 'G', 'P') || month_no || '-' || lpad(number::varchar, 9, '0'),
    survey_code, customer_id, if(customer_id is null, null, 'customer_id'), null, null, 'email', sent_at,
    null, survey_code = 'agent_survey', sk
from other_invitations
order by sent_at, invitation_id;

create or replace table out_answers_other as
with barometer_answers as (
    select
        'B' || strftime(b.quarter, '%y%m') || lpad(b.customer_no::varchar, 8, '0') as invitation_id,
        b.*,
        c.language,
        case when b.nps >= 9 then 'positive' when b.nps >= 7 then 'neutral' else 'negative' end as kind
    from barometer as b
    inner join customers as c on b.customer_no = c.customer_no
    where b.has_answered
),
rows_ as (
    select invitation_id, 1 as seq, 'nps' as question_code, nps as score, null as text, answered_at,
        accepts_contact, sk
    from barometer_answers
    union all
    select b.invitation_id, 2, 'verbatim', null, v.text, b.answered_at,
        b.accepts_contact, b.sk
    from barometer_answers as b
    inner join verbatim_counts as n
        on b.kind = n.kind and b.language = n.language and n.reason = 'data_privacy'
    inner join verbatims as v on n.first_text + floor(u(b.sk, 'text') * n.places)::int = v.text_no
    where u(b.sk, 'writes') < 0.35
    union all
    select
        'P' || o.month_no || '-' || lpad(o.number::varchar, 9, '0'), i.seq, i.question_code,
        clamp(round(
            i.level + 0.5 * normal(u(o.sk, 'severity'))
            + 0.8 * normal(u(branch(o.sk, i.seq), 'item'))
        ), 1, 7)::int,
        null, o.answered_at, false, o.sk
    from other_invitations as o
    cross join panel_items as i
    where o.survey_code = 'servqual_panel' and o.has_answered and u(branch(o.sk, i.seq), 'skips') >= 0.03
    union all
    select
        'G' || month_no || '-' || lpad(number::varchar, 9, '0'), 1, 'agent_enps',
        clamp(round(8.1 + 1.6 * normal(u(sk, 'enps'))), 0, 10)::int, null, answered_at, false, sk
    from other_invitations
    where survey_code = 'agent_survey' and has_answered
)
select
    invitation_id || '-' || seq as answer_id,
    invitation_id,
    question_code,
    case
        when question_code = 'nps' and u(sk, 'quality') < 0.006 then null
        when question_code = 'nps' and u(sk, 'quality') < 0.010 then 11
        else score
    end::decimal(18, 1) as score,
    text,
    answered_at,
    accepts_contact,
    branch(sk, 50 + seq) as _k
from rows_
where answered_at < getvariable('end_at')
order by answered_at, answer_id;

create or replace table out_public_feedback as
with posts as (
    select
        c.customer_no,
        c.k as customer_key,
        c.handle,
        c.brand,
        c.opinion,
        c.language,
        branch(branch(c.k, 14000 + m.month_no), i) as k,
        i,
        m.month_no
    from customers as c
    inner join months as m on c.created_at < m.first_day,
        unnest(range(poisson(u(branch(c.k, 14000 + m.month_no), 'posts'), 0.012))) as t (i)
    where not c.is_alias
),
rated as (
    select
        *,
        from_paris(
            getvariable('day_slots')[1 + month_no * 400 + floor(u(k, 'day') * 400)::int]
            + to_minutes(pick('any_minutes', u(k, 'minute')))
        ) + seconds(u(k, 'second') * 900) as posted_at,
        -- Two crowds: the displeased and the delighted.
        case
            when u(k, 'stars') + 0.08 * opinion < 0.27 then 1
            when u(k, 'stars') + 0.08 * opinion < 0.38 then 2
            when u(k, 'stars') + 0.08 * opinion < 0.51 then 3
            when u(k, 'stars') + 0.08 * opinion < 0.74 then 4
            else 5
        end as rating,
        pick('reason_slots', u(k, 'about')) as reason,
        ['avis_en_ligne', 'app_store', 'play_store', 'reseau_social'][1 + k % 4] as platform
    from posts
)
select
    'F' || lpad(customer_no::varchar, 7, '0') || '-' || month_no || '-' || i as feedback_id,
    platform,
    coalesce(handle, '@lecteur_' || (r.k % 99991)) as author_ref,
    case when platform <> 'reseau_social' then rating end::decimal(18, 1) as rating,
    case when platform <> 'reseau_social' then 5 end::decimal(18, 1) as rating_max,
    v.text,
    posted_at,
    case when u(r.k, 'replied') < 0.66 and posted_at + seconds(lognormal(u(r.k, 'reply'), 7.2, 1.9)) < getvariable('end_at')
        then posted_at + seconds(lognormal(u(r.k, 'reply'), 7.2, 1.9)) end as replied_at,
    brand,
    r.k as _k
from rated as r
inner join verbatim_counts as n
    on n.kind = case when rating <= 2 then 'negative' when rating = 3 then 'neutral' else 'positive' end
    and r.reason = n.reason and r.language = n.language
inner join verbatims as v on n.first_text + floor(u(r.k, 'text') * n.places)::int = v.text_no
order by posted_at, customer_no, r.k;
