"""An agent who is forgotten: nobody is named, figures and the past of customers stay."""

import json
from pathlib import Path

import duckdb
import pytest
from small_world import AT, EMAIL, OTHER_EMAIL, World

from orchestration.forgetting.erase import forget, new_order
from orchestration.forgetting.people import find_people, references_in
from orchestration.landing.ledger import records
from orchestration.landing.pseudonyms import load_key, pseudonym
from orchestration.landing.suppression import FORGOTTEN_TEXT, NOBODY
from orchestration.site.roles import file_names

AGENT, COLLEAGUE, SHORT = "AG4711", "AG4712", "7"
LOGIN, MAIL, NAME = "lea.marchand", "lea.marchand@example.org", "Léa Marchand"
AS_WRITTEN = (AGENT, AGENT.lower(), LOGIN, MAIL, NAME, "Marchand Léa", "LEA MARCHAND")
LEGS = f"""\
leg_id,contact_id,agent_id,started_at
L1,K1,{AGENT},{AT}
L2,K2,{SHORT},{AT}
L3,K2,{COLLEAGUE},{AT}
"""
AGENTS = f"""\
agent_id,team,role,hired_on,updated_at
{AGENT},north,agent,2020-03-01,{AT}
{SHORT},north,agent,2021-03-01,{AT}
{COLLEAGUE},north,agent,2022-03-01,{AT}
"""
EVENTS = f"""\
event_id,ticket_id,event_at,event_type,agent_id,text
E8,T77002,{AT},public_reply,{AGENT},"We mend it, sincerely, {NAME}"
E9,T77002,{AT},customer_message,,"Thank you, Marchand, Léa!"
"""
VIEWS = f"view_id,dashboard,role,viewer_ref,viewed_at\nV1,agent,agent,{LOGIN},{AT}\n"


@pytest.fixture
def staffed(world: World) -> World:
    """The small world, with who works in it, a vendor's files of them, an edition, a page each."""
    world.drop("agents.csv", AGENTS, "workforce")
    certified = f"certification_id,agent_id,role,certified_on\nC1,{AGENT},agent,2021-01-01\n"
    world.drop("certifications.csv", certified, "workforce")
    world.drop("contact_legs.csv", LEGS, "interactions")
    world.drop("ticket_events_2.csv", EVENTS, "interactions")
    world.drop("dashboard_views.csv", VIEWS, "steering")
    world.accept()
    user = {"id": AGENT, "name": NAME, "email": MAIL}
    vendor = world.paths.inbox / "zendesk"
    for name, content in {
        "users/pull-1.jsonl": [user, {"id": "AG4712"}],
        "tickets/pull-1.jsonl": [{"id": 9, "assignee_id": AGENT, "subject": f"for {NAME}"}],
    }.items():
        (vendor / name).parent.mkdir(parents=True)
        (vendor / name).write_text("".join(f"{json.dumps(one)}\n" for one in content))
    edition = world.paths.editions / "e1" / "pilotage.duckdb"
    edition.chmod(0o600)
    for name in (*file_names([AGENT]).values(), *file_names([SHORT]).values(), COLLEAGUE):
        page = world.paths.agent_pages / "e1" / f"{name}.html"
        page.write_text(f"{name}: 12 contacts")
    return world


def forget_agent(world: World, written: str, inbox: bool = True) -> dict:
    references = [references_in(one, is_agent=True) for one in written.split(";")]
    traces = find_people(world.paths, world.contract, load_key(world.paths.vault), references)
    return forget(world.paths, world.contract, new_order(world.paths, traces, 1, "reissue", inbox))


def places_of(root: Path, wanted: tuple[str, ...]) -> list[str]:
    """Where a written form stands: bytes of all files, and Parquet and DuckDB values as text."""
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        texts = [data.decode("utf-8", "replace"), json.dumps(path.name)]
        with duckdb.connect() as con:
            if data[:4] == b"PAR1":
                texts.append(str(con.execute(f"from read_parquet('{path}')").fetchall()))
            if data[8:12] == b"DUCK":
                con.execute(f"attach '{path}' as other (read_only)")
                tables = con.execute(
                    "select schema_name, table_name from duckdb_tables()"
                    " where database_name = 'other'"
                ).fetchall()
                for schema, table in tables:
                    rows = con.execute(f"from other.{schema}.{table}").fetchall()
                    texts.append(str(rows))
        found += [
            f"{path.relative_to(root)}: {one}"
            for one in wanted
            if any(one.lower() in text.lower() for text in texts)
        ]
    return found


def test_nothing_names_the_agent_and_the_figures_stay(staffed: World) -> None:
    assert {one.split("/")[0] for one in places_of(staffed.paths.root, AS_WRITTEN)} >= {
        "agent_pages", "landing", "vault"
    }  # fmt: skip
    before = staffed.rows("workforce", "agents", "updated_at, team, hired_on")
    receipt = forget_agent(staffed, f"{AGENT};account:{LOGIN};{MAIL};name:{NAME}")
    assert places_of(staffed.paths.root, AS_WRITTEN) == []
    assert receipt["whom"] == "agents" and receipt["operator_files_left"] == []
    assert staffed.rows("workforce", "agents", "updated_at, team, hired_on") == before
    # one and the same nobody in every table
    legs = dict(staffed.rows("interactions", "contact_legs", "leg_id, agent_id"))
    nobody = legs["L1"]
    assert nobody.startswith(NOBODY) and legs["L2"] == SHORT and legs["L3"] == COLLEAGUE
    assert staffed.rows("workforce", "certifications", "agent_id") == [(nobody,)]
    # what the service wrote to a customer stays, but for who signed it
    texts = dict(staffed.rows("interactions", "ticket_events", "event_id, text"))
    assert texts["E8"].startswith("We mend it, sincerely") and "Thank you" in texts["E9"]
    assert staffed.rows("steering", "dashboard_views", "viewer_ref") != [
        (pseudonym(load_key(staffed.paths.vault), "account", LOGIN),)
    ]
    pages = {one.name for one in (staffed.paths.agent_pages / "e1").glob("*.html")}
    assert pages == {"7.html", "AG4712.html", "lea.html"}


def test_of_the_inbox_records_of_the_agent_go_and_those_of_customers_stay(staffed: World) -> None:
    forget_agent(staffed, f"{AGENT};name:{NAME}")
    inbox = staffed.paths.inbox
    legs = (inbox / "interactions" / "contact_legs.csv").read_text().splitlines()
    assert (
        len(legs) == 4
        and legs[1].startswith(f"L1,K1,{NOBODY}")
        and legs[2:]
        == [
            f"L2,K2,{SHORT},{AT}",
            f"L3,K2,{COLLEAGUE},{AT}",
        ]
    )
    assert AGENT not in (inbox / "workforce" / "agents.csv").read_text()
    assert len((inbox / "workforce" / "agents.csv").read_text().splitlines()) == 3
    assert (inbox / "zendesk" / "users" / "pull-1.jsonl").read_text() == '{"id": "AG4712"}\n'
    ticket = json.loads((inbox / "zendesk" / "tickets" / "pull-1.jsonl").read_text())
    assert ticket["id"] == 9 and ticket["assignee_id"].startswith(NOBODY)
    assert ticket["subject"] == f"for {FORGOTTEN_TEXT} {FORGOTTEN_TEXT}"


def test_a_short_number_is_taken_from_columns_about_agents_alone(staffed: World) -> None:
    amounts = staffed.rows("billing", "orders", "order_id, net_amount")
    forget_agent(staffed, SHORT)
    legs = dict(staffed.rows("interactions", "contact_legs", "leg_id, agent_id"))
    assert legs["L2"].startswith(NOBODY) and legs["L1"] == AGENT
    assert staffed.rows("billing", "orders", "order_id, net_amount") == amounts
    assert not (staffed.paths.agent_pages / "e1" / "7.html").exists()
    lines = (staffed.paths.inbox / "interactions" / "contact_legs.csv").read_text().splitlines()
    assert lines[1] == f"L1,K1,{AGENT},{AT}" and lines[2] == f"L2,K2,{legs['L2']},{AT}"


def test_a_number_that_a_customer_has_too_stays_the_customers(staffed: World) -> None:
    customer = f"customer_id,email,created_at,updated_at\n{AGENT},{OTHER_EMAIL},{AT},{AT}\n"
    staffed.drop("customers_9.csv", customer, "billing")
    staffed.accept()
    forget_agent(staffed, AGENT)
    assert AGENT in {one for (one,) in staffed.rows("billing", "customers", "customer_id")}
    assert AGENT not in {one for (one,) in staffed.rows("workforce", "agents", "agent_id")}


def test_a_later_export_does_not_bring_the_agent_back(staffed: World) -> None:
    forget_agent(staffed, f"{AGENT};account:{LOGIN}", inbox=False)
    staffed.drop("agents_2.csv", AGENTS.replace("north", "south"), "workforce")
    again = "leg_id,contact_id,agent_id,started_at\n"
    # the second is set aside, and not kept: no contact
    staffed.drop(
        "contact_legs_2.csv", f"{again}L4,K1,{AGENT},{AT}\nL5,,{AGENT},{AT}\n", "interactions"
    )
    staffed.drop("dashboard_views_2.csv", VIEWS.replace("V1", "V2"), "steering")
    report = staffed.accept()
    suppressed = {one.files[0].name: one.suppressed for one in report.batches}
    assert suppressed == {"agents_2.csv": 1, "contact_legs_2.csv": 2, "dashboard_views_2.csv": 1}
    apart = {one for one in places_of(staffed.paths.root, (AGENT, LOGIN)) if "inbox" not in one}
    assert apart == set()
    for record in records(staffed.paths):
        parts = (record.accepted, record.quarantined, record.duplicate, record.suppressed)
        assert record.received == sum(parts)


def test_whom_an_agents_word_means() -> None:
    assert references_in("AG1", is_agent=True) == [("agent_id", "AG1"), ("account", "AG1")]
    assert references_in(MAIL, is_agent=True) == [("agent_id", MAIL), ("email", MAIL)]
    assert references_in("agent_id: 12") == [("agent_id", "12")]
    assert references_in("name: Léa  Marchand") == [("name", NAME)]
    assert ("agent_id", EMAIL) not in references_in(EMAIL)
