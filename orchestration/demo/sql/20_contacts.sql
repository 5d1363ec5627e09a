-- The contacts of one span of time, numbered in order of arrival, with the reference under which
-- the channel's platform knew the customer.

create or replace temp table arrivals as
select
    *,
    -- Keys of what may be joined: a condition on one side only would make the join quadratic.
    case when u(k, 'other_account') < 0.4 then customer_no end as shared_no,
    case
        when origin = 'callback' then prev_id
        when origin = 'bot_exit' and channel = 'chat' and u(k, 'same') < 0.5 then prev_id
    end as parent_id
from contacts_all
where queue_at >= getvariable('chunk_from') and queue_at < getvariable('chunk_to')
order by queue_at, id;

-- Numbered as they arrived: the table above is in that order.
insert into parents
select id, 'K' || lpad((getvariable('contact_base') + 1 + rowid)::varchar, 9, '0')
from arrivals
where disposition in ('callback_requested', 'bot_failed');

create or replace temp table contacts_chunk as
with numbered as (
    select *, getvariable('contact_base') + 1 + rowid as contact_no from arrivals
),
first_aliases as (
    select person_no, min_by(a.customer_no, a.customer_no) as alias_no from aliases as a group by person_no
),
persons as (
    -- Some contacts come under the person's other account, once it exists.
    select
        n.*,
        coalesce(alias.customer_no, n.customer_no) as known_no,
    from numbered as n
    left join first_aliases as f on n.shared_no = f.person_no
    left join customers as alias on f.alias_no = alias.customer_no and alias.created_at < n.queue_at
),
kinds as (
    select
        p.*,
        c.customer_id,
        c.language,
        c.email,
        c.phone,
        c.handle,
        c.account,
        c.second_email,
        c.second_phone,
        case
            when not p.is_known and u(p.k, 'reference') < 0.35 then 'none'
            when not p.is_known then 'unknown'
            when p.channel in ('phone', 'sms') and c.phone is not null and u(p.k, 'reference') < 0.8
                then 'phone'
            when p.channel = 'email' and c.email is not null then 'email'
            when p.channel = 'form' and u(p.k, 'reference') < 0.35 then 'account'
            when p.channel in ('form', 'chat') and c.email is not null and u(p.k, 'reference') < 0.7
                then 'email'
            when p.channel = 'social' and c.handle is not null then 'handle'
            else 'customer_id'
        end as kind
    from persons as p
    inner join customers as c on p.known_no = c.customer_no
),
addressed as (
    select
        * exclude (email, phone, second_email, second_phone),
        case
            when kind = 'unknown' then '053649' || (5000 + k % 5000)
            when second_phone is not null and u(k, 'second') < 0.3 then second_phone
            else phone
        end as digits,
        if(second_email is not null and u(k, 'second') < 0.3, second_email, email) as address
    from kinds
),
referred as (
    select
        * exclude (digits, address, handle, account),
        case kind
            when 'phone' then phone_text(digits, u(k, 'form'))
            when 'email' then email_text(address, u(k, 'form'))
            when 'account' then account
            when 'handle' then handle
            when 'customer_id' then customer_id
            when 'unknown' then case
                when channel in ('phone', 'sms') then phone_text(digits, u(k, 'form'))
                when channel = 'social' then '@passant_' || (k % 90000)
                else 'visiteur.' || (k % 900000) || '@example.com'
            end
        end as customer_ref,
        case
            when kind = 'none' then null
            when kind = 'unknown' and channel in ('phone', 'sms') then 'phone'
            when kind = 'unknown' and channel = 'social' then 'handle'
            when kind = 'unknown' then 'email'
            else kind
        end as ref_type
    from addressed
)
select
    r.* exclude (ref_type, shared_no, parent_id),
    t.site,
    p.contact_id as parent_contact_id,
    disposition in ('bot_contained', 'bot_failed', 'ivr_contained') as is_automatic,
    -- One export in nine leaves the type out, where the reference speaks for itself.
    case
        when u(k, 'typed') < 0.11 and ref_type <> 'account' and customer_ref not like '0033%'
            then null
        else ref_type
    end as customer_ref_type,
    'K' || lpad(r.contact_no::varchar, 9, '0') as contact_id,
    case
        when ticket <> 'none' then 'T' || lpad(contact_no::varchar, 9, '0')
    end as ticket_id
from referred as r
inner join teams as t on r.team = t.team
left join parents as p on r.parent_id = p.id
order by contact_no;

create or replace temp view out_contacts as
select
    contact_id,
    customer_ref,
    customer_ref_type,
    channel,
    if(direction_is_inbound, 'inbound', 'outbound') as direction,
    if(direction_is_inbound, null, 'company') as initiated_by,
    case when u(k, 'no_reason') >= 0.015 then reason end as reason,
    case when direction_is_inbound and not is_automatic then queue end as queue,
    case when not is_automatic then team end as team,
    brand,
    case when not is_automatic then site end as site,
    queue_at as queue_entered_at,
    answered_at,
    ended_at,
    case when u(k, 'no_wait') >= 0.2 then wait_seconds::decimal(18, 1) end as wait_seconds,
    disposition,
    is_internal,
    is_test,
    is_spam,
    parent_contact_id,
    ticket_id,
    least(coalesce(ended_at, queue_at) + interval 5 minute, getvariable('end_at')) as updated_at,
    k as _k
from contacts_chunk
where ticket <> 'ticket_only';

insert into cancel_contacts
select id, contact_id, ended_at from contacts_chunk where origin = 'cancel' and depth = 0;
