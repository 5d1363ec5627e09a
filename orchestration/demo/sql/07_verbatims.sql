-- The sentences of the world, from templates (kind, reason, language, place, text).

-- Fills the slots of a sentence.
create or replace macro fill_slots(text, k) as
    replace(replace(replace(replace(replace(replace(replace(replace(replace(text,
        '{days}', (2 + floor(u(k, 'days') * 12)::int)::varchar),
        '{hours}', (2 + floor(u(k, 'hours') * 9)::int)::varchar),
        '{amount}', (5 + floor(u(k, 'amount') * 90)::int)::varchar),
        '{order}', 'CMD' || (100000 + k % 900000)::varchar),
        '{city}', ['Lille', 'Nantes', 'Lyon', 'Dijon', 'Brest', 'Pau', 'Metz', 'Tours'][1 + k % 8]),
        '{name}', ['C. Exemple', 'L. Fictif', 'M. Lambda', 'A. Quidam'][1 + k % 4]),
        '{email}', ['c.exemple', 'l.fictif', 'contact.demo'][1 + k % 3] || (k % 977)::varchar || '@example.org'),
        '{phone}', '06 39 98 ' || (10 + k % 90)::varchar || ' ' || (10 + (k // 100) % 90)::varchar),
        '{iban}', 'FR76 3000 4000 ' || (1000 + k % 9000)::varchar || ' 0000 ' || (1000 + k % 8999)::varchar || ' 143');

-- What may follow a sentence of a kind, by language; any kind goes on with what says nothing of it.
create or replace temp table fragments as
select
    replace(kind, 'fragment_', '') as kind,
    language,
    list(text order by place) as texts
from (select distinct kind, language, place, text from templates where kind like 'fragment%')
group by all;

-- Most opinions have a second sentence, and one in twenty of these speaks against the first.
create or replace macro second_kind(kind, k) as
    case
        when u(k, 'second') < 0.22 then 'any'
        when u(k, 'second') < 0.26 then ['negative', 'neutral', 'positive'][1 + k % 3]
        when u(k, 'second') < 0.80 then kind
    end;

create table verbatim_texts as
with varied as (
    select
        *,
        entity(hash_text(text) % 1000000007 + variant, 'sentence') as k
    from templates, range(getvariable('text_variants')) as r (variant)
    where kind not like 'fragment%'
)
select
    v.kind,
    v.reason,
    v.language,
    fill_slots(
        v.text || coalesce(' ' || f.texts[1 + floor(u(v.k, 'fragment') * len(f.texts))::int], ''), v.k
    ) as text,
    row_number() over (order by v.kind, v.reason, v.language, v.place, v.variant) as text_no
from varied as v
left join fragments as f
    on v.kind in ('negative', 'neutral', 'positive')
    and second_kind(v.kind, v.k) = f.kind
    and v.language = f.language;
drop table fragments;

create table verbatims as select text_no, text from verbatim_texts order by text_no;
create table verbatim_counts as
select kind, reason, language, count(*)::int as places, min(text_no) as first_text
from verbatim_texts
group by all
order by all;
drop table verbatim_texts;
