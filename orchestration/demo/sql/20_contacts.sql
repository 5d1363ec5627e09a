-- The contacts of one span of time, numbered in order of arrival, with the reference under which
-- the channel's platform knew the customer.

create or replace table contacts_chunk as
with numbered as (
    select
        *,
        getvariable('contact_base') + row_number() over (order by queue_at, id) as contact_no
    from contacts_all
    where queue_at >= getvariable('chunk_from') and queue_at < getvariable('chunk_to')
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
    left join first_aliases as f on n.customer_no = f.person_no and u(n.k, 'other_account') < 0.4
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
referred as (
    select
        * exclude (email, phone, handle, account, second_email, second_phone),
        case kind
            when 'phone' then phone_text(
                if(second_phone is not null and u(k, 'second') < 0.3, second_phone, phone), u(k, 'form')
            )
            when 'email' then email_text(
                if(second_email is not null and u(k, 'second') < 0.3, second_email, email), u(k, 'form')
            )
            when 'account' then account
            when 'handle' then handle
            when 'customer_id' then customer_id
            when 'unknown' then case
                when channel in ('phone', 'sms') then
                    phone_text('026191' || lpad((9000 + k % 1000)::varchar, 4, '0'), u(k, 'form'))
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
    from kinds
)
select
    * exclude (ref_type),
    -- One export in nine leaves the type out, where the reference speaks for itself.
    case
        when u(k, 'typed') < 0.11 and ref_type <> 'account' and customer_ref not like '0033%'
            then null
        else ref_type
    end as customer_ref_type,
    'K' || lpad(contact_no::varchar, 9, '0') as contact_id,
    case
        when ticket <> 'none' then 'T' || lpad(contact_no::varchar, 9, '0')
    end as ticket_id
from referred
order by contact_no;

-- Contacts that a later one may continue.
insert into parents
select id, contact_id from contacts_chunk where disposition in ('callback_requested', 'bot_failed');

create or replace table out_contacts as
select
    c.contact_id,
    c.customer_ref,
    c.customer_ref_type,
    c.channel,
    if(c.direction_is_inbound, 'inbound', 'outbound') as direction,
    if(c.direction_is_inbound, null, 'company') as initiated_by,
    case when u(c.k, 'no_reason') >= 0.015 then c.reason end as reason,
    case when c.direction_is_inbound then c.queue end as queue,
    c.team,
    c.brand,
    t.site,
    c.queue_at as queue_entered_at,
    c.answered_at,
    c.ended_at,
    case when u(c.k, 'no_wait') >= 0.2 then c.wait_seconds::decimal(18, 1) end as wait_seconds,
    c.disposition,
    c.is_internal,
    c.is_test,
    c.is_spam,
    p.contact_id as parent_contact_id,
    c.ticket_id,
    coalesce(c.ended_at, c.queue_at) + interval 5 minute as updated_at,
    c.k as _k
from contacts_chunk as c
inner join teams as t on c.team = t.team
left join parents as p
    on c.prev_id = p.id
    and (c.origin = 'callback' or c.origin = 'bot_exit' and c.channel = 'chat' and u(c.k, 'same') < 0.5)
where c.ticket <> 'ticket_only'
order by c.contact_no;

insert into cancel_contacts
select id, contact_id, ended_at from contacts_chunk where origin = 'cancel' and depth = 0;
