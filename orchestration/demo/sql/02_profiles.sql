-- What contacts look like. The shapes (hours, weekdays, service times, patience, replies, scores)
-- follow estimates on public data sets of real contact centres; the levels are set so that a
-- sound operation results, with a few weak spots.

-- Share of the day's arrivals by local hour.
create or replace table hour_shares as
select * from (values
    (0, 0.003), (1, 0.001), (2, 0.001), (3, 0.001), (4, 0.001), (5, 0.001), (6, 0.003), (7, 0.027),
    (8, 0.063), (9, 0.072), (10, 0.083), (11, 0.075), (12, 0.062), (13, 0.080), (14, 0.076),
    (15, 0.075), (16, 0.077), (17, 0.062), (18, 0.055), (19, 0.044), (20, 0.039), (21, 0.041),
    (22, 0.035), (23, 0.027)
) as t (hour, share);

-- Relative volume by ISO weekday: the week of the observed centre, moved to Monday.
create or replace table weekday_shares as
select * from (values (1, 1.06), (2, 0.99), (3, 1.09), (4, 1.08), (5, 1.00), (6, 0.33), (7, 0.15))
    as t (weekday, share);

create or replace table month_shares as
select * from (values
    (1, 1.12), (2, 1.00), (3, 1.02), (4, 0.97), (5, 0.94), (6, 0.98), (7, 0.96), (8, 0.84),
    (9, 1.06), (10, 1.02), (11, 1.08), (12, 1.10)
) as t (month, share);

-- weight: share of spontaneous contacts; talk_mu, talk_sigma: log seconds of the first leg;
-- bot: factor on the chance to start with the bot; contained: chance that the bot is enough;
-- repeats: chance of coming back within the week; transfers: chance of a transfer.
create or replace table reasons as
select * from (values
    ('billing_question',       140, 5.10, 0.80, 1.0, 0.62, 0.15, 0.06, 0.05,  'billing'),
    ('invoice_dispute',         45, 5.45, 0.80, 0.3, 0.40, 0.22, 0.14, -0.25, 'billing'),
    ('payment_failure',         50, 5.10, 0.75, 0.8, 0.60, 0.16, 0.06, -0.05, 'billing'),
    ('payment_plan',            18, 5.30, 0.80, 0.5, 0.45, 0.14, 0.08, 0.00,  'billing'),
    ('refund_status',           35, 4.95, 0.80, 1.0, 0.60, 0.20, 0.07, -0.15, 'billing'),
    ('delivery_delay',          85, 5.00, 0.80, 1.9, 0.45, 0.17, 0.08, -0.15, 'delivery'),
    ('delivery_tracking',       95, 4.70, 0.85, 2.0, 0.78, 0.11, 0.04, 0.10,  'delivery'),
    ('delivery_damaged',        25, 5.25, 0.80, 0.6, 0.45, 0.17, 0.10, -0.25, 'delivery'),
    ('return_refund',           50, 5.15, 0.80, 1.0, 0.62, 0.16, 0.07, 0.00,  'delivery'),
    ('technical_outage',        75, 5.50, 0.90, 0.6, 0.45, 0.20, 0.12, -0.20, 'technical'),
    ('technical_setup',         75, 5.75, 0.85, 0.8, 0.50, 0.17, 0.10, 0.05,  'technical'),
    ('technical_quality',       35, 5.70, 0.90, 0.5, 0.42, 0.21, 0.13, -0.15, 'technical'),
    ('password_reset',          70, 4.50, 0.70, 2.2, 0.86, 0.07, 0.02, 0.20,  'general'),
    ('address_change',          40, 4.65, 0.70, 1.6, 0.78, 0.08, 0.03, 0.20,  'general'),
    ('account_details',         25, 4.70, 0.75, 1.4, 0.74, 0.09, 0.03, 0.15,  'general'),
    ('contract_change',         55, 5.55, 0.80, 0.5, 0.45, 0.14, 0.08, 0.10,  'sales'),
    ('data_privacy',             4, 5.20, 0.70, 0.0, 0.40, 0.08, 0.12, 0.00,  'general'),
    ('cancellation_request',     0, 5.75, 0.75, 0.0, 0.40, 0.10, 0.08, -0.05, 'retention'),
    ('cancellation_follow_up',   4, 5.10, 0.75, 0.2, 0.40, 0.15, 0.08, -0.25, 'retention'),
    ('complaint',                2, 5.85, 0.75, 0.0, 0.20, 0.15, 0.15, -0.50, 'complaints'),
    ('complaint_follow_up',      1, 5.45, 0.75, 0.0, 0.20, 0.15, 0.12, -0.40, 'complaints'),
    ('product_information',     60, 5.20, 0.85, 0.9, 0.62, 0.08, 0.05, 0.20,  'sales'),
    ('order_placement',         20, 5.50, 0.80, 0.4, 0.45, 0.06, 0.04, 0.25,  'sales'),
    ('order_change',            30, 5.05, 0.80, 0.8, 0.55, 0.12, 0.05, 0.10,  'sales'),
    -- Known to no reference seed: a code stands for itself.
    ('gift_card_balance',        4, 4.70, 0.75, 1.0, 0.60, 0.08, 0.03, 0.10,  'general')
) as t (reason, weight, talk_mu, talk_sigma, bot, contained, repeats, transfers, mood, queue);

-- minutes: median minutes to the first reply of a deferred channel, in office hours.
create or replace table channels as
select * from (values
    ('phone', 520, true, 1.00, null), ('chat', 190, true, 1.25, null), ('video', 10, true, 1.40, null),
    ('email', 150, false, 0.95, 95), ('form', 70, false, 0.95, 110), ('social', 40, false, 0.60, 60),
    ('sms', 16, false, 0.45, 45),
    -- Known to no reference seed either.
    ('kiosk', 4, false, 0.60, 30)
) as t (channel, weight, is_live, talk_factor, reply_minutes);

create or replace table teams as
select * from (values
    ('front_lille_a', 'lille', null, 1, 0.19), ('front_lille_b', 'lille', null, 1, 0.19),
    ('front_antananarivo', 'antananarivo', 'voxalia', 1, 0.16),
    ('digital_paris', 'paris', null, 1, 0.17), ('backoffice_lille', 'lille', null, 1, 0.13),
    ('retention_lille', 'lille', null, 1, 0.06), ('expert_paris', 'paris', null, 2, 0.10)
) as t (team, site, provider, support_level, share);

set variable reason_slots = (
    select list(reason order by reason, i) from reasons, range(weight) as r (i)
);
set variable channel_slots = (
    select list(channel order by channel, i) from channels, range(weight) as r (i)
);
-- Quarters of an hour as minutes of the local day: opening hours of live channels, and all day.
set variable live_minutes = (
    select list(hour * 60 + q * 15 order by hour, q, i)
    from hour_shares, range(4) as a (q), range((share * 250)::int) as b (i)
    where hour between 8 and 19
);
set variable any_minutes = (
    select list(hour * 60 + q * 15 order by hour, q, i)
    from hour_shares, range(4) as a (q), range((share * 1000)::int) as b (i)
);
-- How busy an hour is against the mean opening hour.
set variable hour_pressure = (
    select list(case when hour between 8 and 19 then share / 0.0687 else 1 end order by hour)
    from hour_shares
);
