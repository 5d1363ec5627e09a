-- Customers, the identifiers by which they are known, and their first subscription.

create or replace table first_names as
select list(name) as names from (values
    ('camille'), ('lea'), ('manon'), ('chloe'), ('ines'), ('jade'), ('louise'), ('alice'), ('sarah'),
    ('emma'), ('nora'), ('agathe'), ('lucas'), ('hugo'), ('nathan'), ('theo'), ('jules'), ('adam'),
    ('karim'), ('yanis'), ('paul'), ('martin'), ('simon'), ('bruno'), ('olivier'), ('sophie'),
    ('claire'), ('anne'), ('marc'), ('denis')
) as t (name);
set variable first_names = (select names from first_names);
set variable last_names = [
    'exemple', 'fictif', 'modele', 'dupont-test', 'durand-demo', 'lambda', 'quidam', 'specimen',
    'maquette', 'untel', 'machin', 'imaginaire', 'personne', 'pastiche', 'essai', 'prototype',
    'canevas', 'brouillon', 'ebauche', 'gabarit', 'patron', 'temoin', 'figurant'
];

create or replace table customers as
with numbered as (
    select
        n as customer_no,
        entity(n, 'customer') as k,
        n > getvariable('customers') as is_alias
    from range(1, getvariable('customers') + getvariable('aliases') + 1) as r (n)
),
drawn as (
    select
        *,
        -- Seven in ten were customers before the first day, at most thirty months earlier.
        case
            when is_alias then getvariable('start_at') + seconds(
                u(k, 'created') * (0.6 * getvariable('months') * 2629800)
            )
            when u(k, 'stock') < 0.72 then getvariable('start_at') - seconds(
                86400 + u(k, 'created') * 30 * 2629800
            )
            else getvariable('start_at') + seconds(
                u(k, 'created') * (getvariable('months') * 2629800 - 900000)
            )
        end as created_at,
        case
            when u(k, 'brand') < 0.5 then 'lumeo'
            when u(k, 'brand') < 0.8 then 'ventis'
            else 'casalto'
        end as brand,
        case
            when u(k, 'segment') < 0.72 then 'residential'
            when u(k, 'segment') < 0.9 then 'premium'
            else 'business'
        end as segment,
        case
            when u(k, 'country') < 0.86 then 'FR'
            when u(k, 'country') < 0.93 then 'BE'
            when u(k, 'country') < 0.965 then 'CH'
            when u(k, 'country') < 0.985 then 'GB'
            else 'US'
        end as country,
        -- Numbers of the ranges kept for fiction: 10,000 each, none beyond the first 50,000 customers.
        case when customer_no <= 50000 and u(k, 'has_phone') < 0.93 then
            ['063998', '019900', '026191', '035301', '046571'][1 + customer_no % 5]
            || lpad(((customer_no // 5) * 3571 % 10000)::varchar, 4, '0')
        end as phone,
        case when u(k, 'has_email') < 0.96 then
            pick('first_names', u(k, 'first')) || '.' || pick('last_names', u(k, 'last'))
            || customer_no || ['@example.org', '@example.com', '@example.net'][1 + customer_no % 3]
        end as email
    from numbered
)
select
    customer_no,
    'C' || lpad(customer_no::varchar, 7, '0') as customer_id,
    k,
    is_alias,
    created_at,
    brand,
    segment,
    country,
    case country when 'CH' then 'CHF' when 'GB' then 'GBP' when 'US' then 'USD' else 'EUR' end
        as currency,
    case when country in ('GB', 'US') then 'en' else 'fr' end as language,
    email,
    phone,
    'AC-' || lpad((customer_no * 7919 % 9999991)::varchar, 7, '0') as account,
    case when u(k, 'has_handle') < 0.14 then '@' || pick('first_names', u(k, 'first')) || '_' || customer_no
    end as handle,
    case when u(k, 'email_2') < 0.08 then
        pick('first_names', u(k, 'first')) || customer_no || '@mail.example.com'
    end as second_email,
    case when customer_no <= 50000 and customer_no % 11 = 3 then
        '053649' || lpad((customer_no // 11)::varchar, 4, '0')
    end as second_phone,
    -- Spontaneous contacts a month: uneven, as in life.
    clamp(lognormal(u(k, 'contact_rate'), -0.70, 0.75), 0.02, 3.0)
        * case segment when 'business' then 1.3 else 1 end as contact_rate,
    -- What the customer thinks of the brand, apart from any contact.
    normal(u(k, 'opinion')) as opinion,
    not is_alias and u(k, 'subscribes') < 0.86 as is_subscriber,
    u(k, 'is_test') < 0.002 as is_test,
    u(k, 'is_staff') < 0.006 as is_staff,
    u(k, 'opt_out') < 0.02 as is_scoring_opt_out,
    not is_alias and u(k, 'holdout') < 0.12 as is_holdout
from drawn
order by customer_no;

-- The same person known twice. One alias in eight was first merged into another alias (a chain).
create or replace table aliases as
with numbered as (
    select customer_no, k, created_at, customer_no - getvariable('customers') as i
    from customers
    where is_alias
),
owned as (
    select
        *,
        1 + floor(u(entity(i - (i % 8 = 0)::int, 'alias'), 'owner') * getvariable('customers'))::bigint
            as person_no
    from numbered
)
select
    o.customer_no,
    o.k,
    o.person_no,
    case when o.i % 8 = 0 then o.customer_no - 1 else o.person_no end as survivor_no,
    -- A link of a chain is merged before the alias that it points to.
    case
        when o.i % 8 = 0 then getvariable('end_at') - to_days(70 + (u(o.k, 'merged') * 20)::int)
        else getvariable('end_at') - to_days(5 + (u(o.k, 'merged') * 60)::int)
    end as merged_at
from owned as o
order by o.customer_no;

create or replace table subscriptions as
with drawn as (
    select
        customer_no,
        k,
        brand,
        segment,
        currency,
        created_at,
        created_at + seconds(u(k, 'subscribe_delay') * 400000) as started_at,
        case
            when segment = 'business' then 'pro'
            when segment = 'premium' then 'premium'
            when u(k, 'plan') < 0.55 then 'essentiel'
            else 'confort'
        end as plan,
        case
            when u(k, 'interval') < 0.82 then 'month'
            when u(k, 'interval') < 0.88 then 'quarter'
            when u(k, 'interval') < 0.98 then 'year'
            else 'week'
        end as billing_interval,
        created_at > getvariable('start_at') and u(k, 'trial') < 0.25 as has_trial
    from customers
    where is_subscriber
)
select
    *,
    has_trial and u(k, 'trial_fails') < 0.28 as trial_fails
from drawn
where started_at < getvariable('end_at') - interval 2 day
order by customer_no;
