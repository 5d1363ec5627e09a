"""What belongs together: references between tables resolve, and times follow each other."""

import csv

import pytest

from orchestration.system.paths import PROJECT_ROOT

LINKS = [
    ("contact_legs", "contact_id", "contacts", "contact_id"),
    ("contact_legs", "agent_id", "agents", "agent_id"),
    ("contacts", "parent_contact_id", "contacts", "contact_id"),
    ("contacts", "ticket_id", "tickets", "ticket_id"),
    ("tickets", "merged_into_ticket_id", "tickets", "ticket_id"),
    ("ticket_events", "ticket_id", "tickets", "ticket_id"),
    ("ticket_events", "agent_id", "agents", "agent_id"),
    ("agent_activity", "agent_id", "agents", "agent_id"),
    ("agent_activity", "contact_id", "contacts", "contact_id"),
    ("invitations", "contact_id", "contacts", "contact_id"),
    ("invitations", "ticket_id", "tickets", "ticket_id"),
    ("answers", "invitation_id", "invitations", "invitation_id"),
    ("customer_refs", "customer_id", "customers", "customer_id"),
    ("customer_merges", "merged_customer_id", "customers", "customer_id"),
    ("customer_merges", "survivor_customer_id", "customers", "customer_id"),
    ("subscription_events", "customer_id", "customers", "customer_id"),
    ("subscription_events", "contact_id", "contacts", "contact_id"),
    ("orders", "customer_id", "customers", "customer_id"),
    ("orders", "contact_id", "contacts", "contact_id"),
    ("documents", "customer_id", "customers", "customer_id"),
    ("cancel_holdout", "customer_id", "customers", "customer_id"),
    ("certifications", "agent_id", "agents", "agent_id"),
    ("skill_assessments", "agent_id", "agents", "agent_id"),
    ("trainings", "agent_id", "agents", "agent_id"),
    ("quality_evaluations", "agent_id", "agents", "agent_id"),
    ("quality_evaluations", "contact_id", "contacts", "contact_id"),
    ("improvement_proposals", "agent_id", "agents", "agent_id"),
    ("decisions", "objective_id", "objectives", "objective_id"),
    ("objectives", "parent_objective_id", "objectives", "objective_id"),
    ("dashboard_views", "viewer_ref", "dashboard_users", "viewer_ref"),
]


@pytest.mark.parametrize(("table", "column", "target", "key"), LINKS)
def test_links_resolve(planted, table, column, target, key):
    orphans = planted.value(f"""
        select count(*) from {table}
        where "{column}" is not null and "{column}" not in (select "{key}" from {target})
    """)
    assert orphans == 0
    assert planted.value(f'select count("{column}") from {table}') > 0


def test_every_handled_contact_has_a_leg_at_its_answer(planted):
    without = planted.value("""
        select count(*) from contact_people
        where disposition = 'answered' and contact_id not in (select contact_id from contact_legs)
    """)
    assert without == 0
    early = planted.value("""
        select count(*) from contact_legs as l
        inner join contact_people as c on l.contact_id = c.contact_id
        where l.started_at::timestamptz < c.queue_entered_at::timestamptz
    """)
    assert early == 0


def test_activity_of_an_agent_never_overlaps_itself(planted):
    overlaps = planted.value("""
        select count(*) from (
            select
                started_at::timestamptz as started_at,
                max(ended_at::timestamptz) over (
                    partition by agent_id order by started_at, ended_at
                    rows between unbounded preceding and 1 preceding
                ) as before
            from agent_activity
        )
        where started_at < before
    """)
    assert overlaps == 0


def test_contact_activity_covers_the_legs(planted):
    """Time in contact is the union of the legs: never more than their sum, and nearly as much."""
    legs = planted.value("""
        select sum(epoch(ended_at::timestamptz - started_at::timestamptz) + wrap_seconds::double)
        from (select distinct * from contact_legs)
    """)
    busy = planted.value("""
        select sum(epoch(ended_at::timestamptz - started_at::timestamptz))
        from agent_activity where state = 'contact'
    """)
    assert 0.9 * legs < busy <= legs


def test_agents_work_only_while_they_are_employed(planted):
    outside = planted.value("""
        with employment as (
            select agent_id, min(hired_on)::date as hired_on, max(left_on)::date as left_on
            from agents group by agent_id
        )
        select count(*) from contact_legs as l inner join employment as e using (agent_id)
        where l.started_at::timestamptz::date < e.hired_on
            or l.started_at::timestamptz::date > e.left_on
    """)
    assert outside == 0


def test_surveys_are_sent_after_the_contact_and_answered_after_they_are_sent(planted):
    early = planted.value("""
        select count(*) from invitations as i
        inner join contact_people as c on i.contact_id = c.contact_id
        where i.sent_at::timestamp < c.ended_at + interval 1 hour
    """)
    assert early == 0
    delays = planted.rows("""
        select epoch(a.answered_at::timestamp - i.sent_at::timestamp) / 86400.0 as days
        from answers as a inner join invitations as i on a.invitation_id = i.invitation_id
    """)
    assert min(days for (days,) in delays) > 0
    late = sum(days > 14 for (days,) in delays) / len(delays)
    assert 0.005 < late < 0.05


def test_replies_and_solves_follow_the_message(planted):
    early = planted.value("""
        select count(*) from ticket_events as e
        inner join (select distinct ticket_id, created_at from tickets) as t
            on e.ticket_id = t.ticket_id
        where e.event_at::timestamptz < t.created_at::timestamptz
    """)
    assert early == 0
    disorder = planted.value("""
        with moments as (
            select
                ticket_id,
                min(event_at) filter (event_type = 'public_reply') as replied_at,
                min(event_at) filter (event_type = 'solved') as solved_at,
                min(event_at) filter (event_type = 'reopened') as reopened_at
            from ticket_events group by ticket_id
        )
        select count(*) from moments where solved_at < replied_at or reopened_at < solved_at
    """)
    assert disorder == 0


def test_merged_customers_form_no_cycle(planted):
    cycles = planted.value("""
        with recursive followed (start_id, customer_id, steps) as (
            select merged_customer_id, survivor_customer_id, 1 from customer_merges
            union all
            select f.start_id, m.survivor_customer_id, f.steps + 1
            from followed as f
            inner join customer_merges as m on f.customer_id = m.merged_customer_id
            where f.steps < 10
        )
        select count(*) from followed where steps >= 10
    """)
    assert cycles == 0


def seed_codes(name: str) -> set[str]:
    with (PROJECT_ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {next(iter(row.values())) for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("seed", "table", "column", "unknown"),
    [
        ("channels", "contacts", "channel", {"kiosk"}),
        ("reasons", "contacts", "reason", {"gift_card_balance"}),
        ("queues", "contacts", "queue", set()),
        ("surveys", "invitations", "survey_code", set()),
        ("survey_questions", "answers", "question_code", {"delai_percu"}),
        ("sites", "contacts", "site", set()),
    ],
)
def test_codes_come_from_the_reference_seeds_but_for_a_few(planted, seed, table, column, unknown):
    found = {row[0] for row in planted.rows(f'select distinct "{column}" from {table}')} - {None}
    assert found - seed_codes(seed) == unknown


def test_decisions_name_kpis_of_the_catalogue(planted):
    found = {row[0] for row in planted.rows("select distinct kpi_id from decisions")}
    assert found <= seed_codes("kpi_catalogue")


def test_identifiers_are_fictional(planted):
    addresses = planted.value("""
        select count(*) from customers
        where email is not null and not regexp_matches(email, '@example\\.(org|com|net)$')
    """)
    assert addresses == 0
    ranges = "^0(63998|19900|26191|35301|46571|53649)"
    digits = "'0' || right(regexp_replace({}, '[^0-9]', '', 'g'), 9)"
    for table, column, where in (
        ("customers", "phone", "true"),
        ("contacts", "customer_ref", "customer_ref_type = 'phone'"),
        ("customer_refs", "ref_value", "ref_type = 'phone'"),
    ):
        real = planted.value(f"""
            select count(*) from {table}
            where {column} is not null and {where}
                and not regexp_matches({digits.format(column)}, '{ranges}')
        """)
        assert real == 0


def test_some_texts_hold_identifiers_to_redact(planted):
    texts = planted.value("select count(*) from answers where text like '%@example.org%'")
    numbers = planted.value("select count(*) from ticket_events where text like '%06 39 98%'")
    assert texts > 0 and numbers > 0
