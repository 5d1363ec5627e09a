-- Randomness without state: every draw is a function of the seed, an entity's number and a
-- purpose. The mixing is written out in integer arithmetic (multiply and xor-shift on 32 bits),
-- so that it is the same on every machine, thread count and DuckDB version.

create or replace macro mix32(x) as (
    xor(
        ((xor(x, x >> 16) * 2146121005) & 4294967295),
        ((xor(x, x >> 16) * 2146121005) & 4294967295) >> 15
    ) * 2073254765
) & 4294967295;

-- A constant for a purpose: folded once per statement.
create or replace macro salt(purpose) as ('0x' || substr(md5(purpose), 1, 8))::bigint;

-- The key of an entity, of a part of it, and a uniform draw in [0, 1) for a purpose.
create or replace macro entity(number, family) as
    mix32(xor(mix32(number::bigint & 4294967295), salt(family || getvariable('seed')::varchar)));
create or replace macro branch(k, part) as mix32(xor(k, mix32((part::bigint * 40503 + 977) & 4294967295)));
create or replace macro u(k, purpose) as (mix32(xor(k, salt(purpose))) >> 1) / 2147483648.0;

-- A number for a short text, where an entity has no number.
create or replace macro hash_text(t) as ('0x' || substr(md5(t), 1, 8))::bigint;

-- Quantile functions. The normal one is Tukey's lambda approximation: within 0.005 of the true.
create or replace macro normal(p) as (pow(p, 0.135) - pow(1 - p, 0.135)) / 0.1975;
create or replace macro lognormal(p, mu, sigma) as exp(mu + sigma * normal(p));
create or replace macro exponential(p, mean) as -ln(1 - p) * mean;
create or replace macro poisson(p, rate) as (
    (p > exp(-rate))::int
    + (p > exp(-rate) * (1 + rate))::int
    + (p > exp(-rate) * (1 + rate + rate ^ 2 / 2))::int
    + (p > exp(-rate) * (1 + rate + rate ^ 2 / 2 + rate ^ 3 / 6))::int
    + (p > exp(-rate) * (1 + rate + rate ^ 2 / 2 + rate ^ 3 / 6 + rate ^ 4 / 24))::int
    + (p > exp(-rate) * (1 + rate + rate ^ 2 / 2 + rate ^ 3 / 6 + rate ^ 4 / 24 + rate ^ 5 / 120))::int
);

-- One of a list held in a variable, by a uniform draw: lists repeat a value by its weight.
create or replace macro pick(name, p) as
    getvariable(name)[1 + floor(p * len(getvariable(name)))::int];

create or replace macro clamp(x, low, high) as least(greatest(x, low), high);
create or replace macro seconds(n) as to_seconds(floor(n)::bigint);

-- Paris time by the European rule: instants are kept as UTC timestamps without zone.
create or replace macro last_sunday(y, m) as
    make_date(y, m, 31) - dayofweek(make_date(y, m, 31))::int;
create or replace macro paris(t) as t + to_hours(
    case
        when t >= last_sunday(year(t), 3) + interval 1 hour
            and t < last_sunday(year(t), 10) + interval 1 hour then 2
        else 1
    end
);
create or replace macro from_paris(t) as t - to_hours(
    case
        when t::date >= last_sunday(year(t), 3) and t::date < last_sunday(year(t), 10) then 2
        else 1
    end
);

-- The ways in which people and machines write a French number, from its ten digits.
create or replace macro phone_text(digits, p) as (case floor(p * 7)
    when 0 then digits
    when 1 then '+33' || digits[2:]
    when 2 then '0033' || digits[2:]
    when 3 then digits[1:2] || ' ' || digits[3:4] || ' ' || digits[5:6] || ' ' || digits[7:8] || ' ' || digits[9:10]
    when 4 then digits[1:2] || '.' || digits[3:4] || '.' || digits[5:6] || '.' || digits[7:8] || '.' || digits[9:10]
    when 5 then '+33 ' || digits[2:2] || ' ' || digits[3:4] || ' ' || digits[5:6] || ' ' || digits[7:8] || ' ' || digits[9:10]
    else digits
end);
create or replace macro email_text(address, p) as (case
    when p < 0.80 then address
    when p < 0.90 then upper(address)
    else ' ' || upper(address[1]) || address[2:] || ' '
end);
