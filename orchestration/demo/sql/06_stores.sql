-- What the ranges of customers are gathered in. `drafts` holds one range at a time.

create table cancel_intents (
    customer_no bigint, k bigint, month_no bigint, billing_interval varchar, is_holdout boolean,
    mode varchar, local_at timestamp, is_kept boolean, relapses boolean, ends_on date
);
create table churn_exposures (
    had_many_contacts boolean, was_unhappy boolean, payment_failed boolean,
    subscription_months bigint, departures bigint
);
create table responses (
    id bigint, customer_no bigint, sk bigint, survey_code varchar, channel varchar, reason varchar,
    team varchar, sent_at timestamp, bounces boolean, has_answered boolean, answered_at timestamp,
    csat int, effort int, nps int, fcr int, accepts_contact boolean
);
create table barometer (
    customer_no bigint, sk bigint, quarter date, is_staff boolean, sent_at timestamp,
    bounces boolean, has_answered boolean, answered_at timestamp, nps int, accepts_contact boolean
);
create table parents (id bigint, contact_id varchar);
create table cancel_contacts (id bigint, contact_id varchar, ended_at timestamp);
-- Legs of a day after their contact's span: they belong to the activity of that day.
create table later_legs (
    day date, agent_no bigint, agent_id varchar, contact_id varchar, started_at timestamp,
    ended_at timestamp, wrap double
);
create table evaluations (
    agent_id varchar, contact_no bigint, contact_id varchar, is_written boolean, day date, k bigint
);
