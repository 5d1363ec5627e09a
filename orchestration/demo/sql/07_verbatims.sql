-- The sentences of the world, from templates (kind, reason, language, place, text).

-- Fills the slots of a sentence.
create or replace macro fill_slots(text, k) as
    replace(replace(replace(replace(replace(replace(replace(replace(text,
        '{days}', (2 + floor(u(k, 'days') * 12)::int)::varchar),
        '{hours}', (2 + floor(u(k, 'hours') * 9)::int)::varchar),
        '{amount}', (5 + floor(u(k, 'amount') * 90)::int)::varchar),
        '{order}', 'CMD' || (100000 + k % 900000)::varchar),
        '{city}', ['Lille', 'Nantes', 'Lyon', 'Dijon', 'Brest', 'Pau', 'Metz', 'Tours'][1 + k % 8]),
        '{name}', ['C. Exemple', 'L. Fictif', 'M. Lambda', 'A. Quidam'][1 + k % 4]),
        '{email}', ['c.exemple', 'l.fictif', 'contact.demo'][1 + k % 3] || (k % 977)::varchar || '@example.org'),
        '{phone}', '06 39 98 ' || (10 + k % 90)::varchar || ' ' || (10 + (k // 100) % 90)::varchar);

create table verbatim_texts as
select
    kind,
    reason,
    language,
    fill_slots(text, entity(hash_text(text) % 1000000007 + variant, 'sentence')) as text,
    row_number() over (order by kind, reason, language, place, variant) as text_no
from templates, range(getvariable('text_variants')) as r (variant);

create table verbatims as select text_no, text from verbatim_texts order by text_no;
create table verbatim_counts as
select kind, reason, language, count(*)::int as places, min(text_no) as first_text
from verbatim_texts
group by all
order by all;
drop table verbatim_texts;
