-- Objectives, decisions with their versions, the use of dashboards, and the retention control group.

create or replace table out_objectives as
select t.*, hash_text(objective_id) as _k
from (values
    ('OBJ-01', null, 'Fidéliser : perdre moins de 1,5 % de clients par mois', 'strategic', 'quantitative', 'logo_churn_rate', 0.018, -0.20, null, 'Executive sponsor (direction)'),
    ('OBJ-02', 'OBJ-01', 'Faire progresser la recommandation', 'strategic', 'quantitative', 'nps_relational', 22, null, 30, 'Customer insight manager (voix du client)'),
    ('OBJ-03', 'OBJ-02', 'Résoudre au premier contact', 'tactical', 'quantitative', 'fcr_rate', 0.76, 0.05, null, 'Operations manager'),
    ('OBJ-04', 'OBJ-03', 'Moins de réitérations sur les livraisons', 'operational', 'quantitative', 'repeat_contact_rate', 0.15, -0.15, null, 'Quality manager'),
    ('OBJ-05', 'OBJ-02', 'Répondre vite au téléphone et au chat', 'tactical', 'quantitative', 'service_level_20s', 0.80, null, 0.82, 'Planning lead (vigie / WFM)'),
    ('OBJ-06', 'OBJ-02', 'Satisfaire après chaque contact', 'tactical', 'quantitative', 'csat_t2b', 0.79, 0.03, null, 'Customer insight manager'),
    ('OBJ-07', 'OBJ-03', 'Certifier toute l''équipe', 'operational', 'quantitative', 'certification_rate', 0.93, null, 0.98, 'Training manager'),
    ('OBJ-08', 'OBJ-01', 'Réduire le coût par contact à qualité égale', 'tactical', 'quantitative', 'cost_per_contact_eur', 6.0, -0.05, null, 'Finance controller'),
    ('OBJ-09', 'OBJ-01', 'Retenir sans retenir de force', 'tactical', 'quantitative', 'save_rate_90d', 0.38, 0.10, null, 'Retention manager'),
    ('OBJ-10', null, 'Développer la culture client', 'strategic', 'qualitative', null, null, null, null, 'Executive sponsor (direction)')
) as t (objective_id, parent_objective_id, label, level, kind, kpi_id, baseline, relative_change, target, owner_role)
order by objective_id;
alter table out_objectives add column starts_on date;
alter table out_objectives add column due_on date;
update out_objectives set starts_on = getvariable('start_date'), due_on = getvariable('end_date') + 183;

-- after: days from the decisions' common date; seen, done: whether each step was reached.
create or replace table decision_plan as
select * from (values
    ('DEC-001', 'fcr_rate', 'OBJ-03', 'operational', 'Operations manager', 'Former l''équipe à conclure la demande et lui donner la main sur les gestes jusqu''à 40 €', 'team', 'front_lille_a', 'front_lille_b', 0.06, 42000, 0.7, 24, 9500, 0, 'measured'),
    ('DEC-002', 'csat_t2b', 'OBJ-06', 'operational', 'Customer insight manager', 'Nouveau script d''accueil à l''écrit et sur le chat', 'team', 'digital_paris', 'backoffice_lille', 0.04, 15000, 0.4, 6, 1800, 0, 'measured'),
    ('DEC-003', 'service_level_20s', 'OBJ-05', 'operational', 'Planning lead (vigie / WFM)', 'Décaler six prises de poste vers 10 h', 'channel', 'phone', 'chat', 0.03, 8000, 0.6, 4, 0, -40, 'closed'),
    ('DEC-004', 'repeat_contact_rate', 'OBJ-04', 'tactical', 'Quality manager', 'Message proactif quand un colis a plus de deux jours de retard', 'reason_group', 'delivery', 'billing', -0.03, 26000, 0.5, 30, 12000, 60, 'acted'),
    ('DEC-005', 'save_rate_90d', 'OBJ-09', 'tactical', 'Retention manager', 'Offrir un mois plutôt qu''une remise', null, null, null, 0.05, 18000, 0.4, 8, 3000, 20, 'adjusted'),
    ('DEC-006', 'certification_rate', 'OBJ-07', 'operational', 'Training manager', 'Sessions de certification un mois avant l''échéance', null, null, null, 0.03, null, 0.8, 10, 4000, -60, 'closed'),
    ('DEC-007', 'transfer_rate', 'OBJ-04', 'operational', 'Operations manager', 'Passer les retards de livraison du robot à une file dédiée', 'reason_group', 'delivery', 'technical', -0.03, 21000, 0.6, 15, 5000, 170, 'observed'),
    ('DEC-008', 'cost_per_contact_eur', 'OBJ-08', 'strategic', 'Finance controller', 'Fermer le canal SMS', null, null, null, -0.05, 9000, 0.2, 20, 2000, 10, 'cancelled'),
    ('DEC-009', 'contacts_offered', 'OBJ-05', 'operational', 'Head of customer service', 'Message d''attente sur la panne de la marque', 'brand', 'ventis', 'lumeo', -0.10, 7000, 0.5, 3, 600, 215, 'acted'),
    ('DEC-010', 'nps_relational', 'OBJ-02', 'strategic', 'Customer insight manager (voix du client)', 'Rappeler les détracteurs sous deux jours ouvrés', 'segment', 'premium', 'residential', 3, 30000, 0.5, 18, 6000, -30, 'measured')
) as t (decision_id, kpi_id, objective_id, level, owner_role, action, slice_type, slice_value, control_slice_value,
    expected_change, expected_gain_eur, confidence, effort_days, cost_eur, after, last_status);

create or replace table out_decisions as
with dated as (
    select *,
        least(
            greatest(getvariable('decision_date') + after, getvariable('start_date') + 5),
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
