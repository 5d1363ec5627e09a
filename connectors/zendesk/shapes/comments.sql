-- One row per comment, from audits and from lists of comments. A comment made private later was
-- public when it was sent.
with said as (
    select
        event_id as comment_id,
        ticket_id,
        event_at as created_at,
        coalesce(author_id, updater_id) as author_id,
        is_public,
        event_type like '%Voice%' or event_type like 'Tpe%' as is_call,
        body,
        via,
        audit_via,
        1 as preference
    from shape.audit_events
    where event_type in ('Comment', 'VoiceComment', 'TpeVoiceComment', 'FacebookComment', 'Tweet')
    union all
    select
        comment_id,
        ticket_id,
        created_at,
        author_id,
        is_public,
        is_call,
        body,
        via,
        null,
        2
    from shape.listed_comments
),

once as (
    select
        comment_id,
        min(preference) as preference,
        count(*) as times
    from said
    group by comment_id
),

hidden as (
    select
        comment_id,
        not arg_min(is_public, event_at) as was_public
    from shape.audit_events
    where event_type = 'CommentPrivacyChange'
    group by comment_id
),

chosen as (
    select said.* exclude (preference)
    from said
    inner join once
        on
            said.comment_id = once.comment_id
            and said.preference = once.preference
    where once.times = 1
    union all by name
    select said.* exclude (preference)
    from said
    inner join once
        on said.comment_id = once.comment_id
    where once.times > 1
    qualify row_number() over (partition by said.comment_id order by said.preference) = 1
)

select
    chosen.* exclude (is_public, via, audit_via),
    coalesce(hidden.was_public, chosen.is_public, true) as is_public,
    regexp_matches(concat(chosen.via, chosen.audit_via), '"rel": ?"merge"') as is_merge,
    coalesce(chosen.via like '{%', false) as is_origin_told,
    coalesce(lower(chosen.via) = 'rule' or chosen.via like '%"channel":"rule"%', false)
    or chosen.author_id = '-1' as is_automatic
from chosen
left join hidden
    on chosen.comment_id = hidden.comment_id
