{{ config(severity = "warn") }}
-- Every amount has a value in euros.
-- A failure means that no rate of its currency was quoted within seven days before it: the amount
-- is null, and missing from revenue, order value or recurring revenue. Look first at the newest
-- rates of the currencies named here in exchange_rates; the figures right themselves when the
-- missing ones land.
select
    'documents' as found_in,
    currency,
    issued_on as amount_date,
    count(*) as row_count
from {{ ref("documents") }}
where
    signed_amount is not null
    and signed_amount_eur is null
group by 1, 2, 3
union all
select
    'orders',
    currency,
    ordered_date,
    count(*)
from {{ ref("orders") }}
where
    net_amount is not null
    and net_amount_eur is null
group by 1, 2, 3
union all
select
    'subscriptions',
    currency,
    snapshot_date,
    count(*)
from {{ ref("int_subscription_snapshots") }}
where
    is_paying
    and mrr_eur is null
    -- subscriptions began long before anything else was observed
    and snapshot_date >= (select min(dates.calendar_date) from {{ ref("dates") }} as dates)
group by 1, 2, 3
union all
select
    'cancel_episodes',
    followed.currency_before,
    followed.requested_date,
    count(*)
from {{ ref("cancel_episodes") }} as episodes
inner join {{ ref("int_cancel_episodes_followed") }} as followed
    on episodes.cancel_episode_id = followed.cancel_episode_id
where
    episodes.mrr_before_eur is null
    and episodes.state_before <> 'unknown'
group by 1, 2, 3
