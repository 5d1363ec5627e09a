-- Objectives, decisions with their versions, the use of dashboards, and the retention control group.

create or replace table out_objectives as
select
    * replace (
        baseline::decimal(18, 4) as baseline,
        relative_change::decimal(18, 4) as relative_change,
        target::decimal(18, 4) as target
    ),
    getvariable('start_date') as starts_on,
    getvariable('end_date') + 183 as due_on,
    hash_text(objective_id) as _k
from read_csv(getvariable('data_directory') || '/objectives.csv', header = true)
order by objective_id;

-- Column `after`: days from the common date on which the decisions of the effects were taken.
create or replace table decision_plan as
select * from read_csv(getvariable('data_directory') || '/decisions.csv', header = true);

create or replace table out_decisions as
with dated as (
    select *,
        least(
            greatest(getvariable('decision_date') + after::int, getvariable('start_date') + 5),
            getvariable('end_date') - 20
        )::date as decided_on
    from decision_plan
),
steps as (
    select *, unnest([
        {'step': 1, 'status': 'observed', 'wait': 0}, {'step': 2, 'status': 'acted', 'wait': 8},
        {'step': 3, 'status': last_status, 'wait': 96}
    ], recursive := true)
    from dated
),
kept as (
    select *, (decided_on + wait + interval 9 hour)::timestamp as updated_at
    from steps
    where step = 1
        or (last_status <> 'observed' and step = 2 and last_status <> 'cancelled')
        or (step = 3 and last_status not in ('observed', 'acted'))
)
select
    decision_id, kpi_id, objective_id, null::varchar as signal_id, level, owner_role, decided_on, action,
    slice_type, slice_value, control_slice_value,
    expected_change::decimal(18, 4) as expected_change,
    expected_gain_eur::decimal(18, 2) as expected_gain_eur,
    confidence::decimal(18, 2) as confidence,
    effort_days::decimal(18, 1) as effort_days,
    cost_eur::decimal(18, 2) as cost_eur,
    decided_on + 90 as review_on,
    status,
    updated_at,
    hash_text(decision_id || step) as _k
from kept
where updated_at < getvariable('end_at')
order by updated_at, decision_id;

create or replace table out_dashboard_users as
with posts as (
    select 'direction' as role, 5 as places union all select 'manager', 9 union all select 'agent', 30
    union all select 'real_time', 4 union all select 'monthly_committee', 8
),
people as (
    select role, i, entity(hash_text(role) % 100000 + i, 'viewer') as k from posts, range(places) as r (i)
)
select
    role || '.' || (i + 1) || '@example.com' as viewer_ref,
    role,
    getvariable('start_date') - 30 + if(u(k, 'late') < 0.2, floor(u(k, 'from') * 120)::int, 0) as entitled_from,
    case when u(k, 'leaves') < 0.06 then getvariable('end_date') - 40 end::date as entitled_to,
    k as _k
from people
order by role, i;

create or replace table out_dashboard_views as
with chances as (
    select p.*, d.day, branch(p._k, d.day - date '2015-01-01') as vk
    from out_dashboard_users as p
    inner join days as d
        on d.is_office and d.day >= greatest(p.entitled_from, getvariable('start_date'))
        and d.day < coalesce(p.entitled_to, getvariable('end_date'))
)
select
    'W' || strftime(day, '%y%m%d') || '-' || (vk % 1000000000) as view_id,
    if(u(vk, 'which') < 0.7, role || '_board', 'monthly_board') as dashboard,
    role,
    viewer_ref,
    from_paris(day + interval 8 hour) + seconds(u(vk, 'time') * 36000) as viewed_at,
    vk as _k
from chances
-- Each viewer has a habit: one in seven hardly ever looks.
where u(vk, 'looks') < if(u(_k, 'habit') < 0.14, 0.012, 0.1 + 0.5 * u(_k, 'habit'))
order by viewed_at, viewer_ref;

create or replace table out_cancel_holdout as
select
    customer_id,
    greatest(getvariable('start_date'), created_at::date) as assigned_on,
    k as _k
from customers
where is_holdout and is_subscriber and created_at < getvariable('end_at') - interval 2 day
order by customer_no;
