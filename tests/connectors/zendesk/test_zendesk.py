"""Zendesk's exports into landing rows: in every layout, and where they drift."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.world import Landing
from tests.connectors.zendesk import world
from tests.connectors.zendesk.oracle import Meaning, meaning

TABLES = {
    "tickets": ("interactions.tickets", "ticket_id"),
    "events": ("interactions.ticket_events", "event_id"),
    "contacts": ("interactions.contacts", "contact_id"),
    "legs": ("interactions.contact_legs", "leg_id"),
    "invitations": ("surveys.invitations", "invitation_id"),
    "answers": ("surveys.answers", "answer_id"),
    "figures": ("interactions.vendor_figures", "figure_id"),
}


def mapped(landing: Landing, files: dict[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows that the connector made of the files, by table and key: before any pseudonym."""
    for name, content in files.items():
        landing.drop(name, content)
    return rows_of(landing)


def rows_of(landing: Landing) -> dict[str, dict[str, dict[str, Any]]]:
    report = landing.accept()
    assert report.conversions
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for part, (table, key) in TABLES.items():
        source, _, name = table.partition(".")
        columns = [one.name for one in landing.contract.tables[source, name].columns]
        folder = landing.paths.accepted / source / name
        if not folder.is_dir():
            found[part] = {}
            continue
        listed = [
            dict(zip(columns, row, strict=True)) for row in landing.rows(table, ", ".join(columns))
        ]
        gone = {row[key] for row in listed if row.get("is_deleted")}
        found[part] = {row[key]: row for row in listed if row[key] not in gone}
    return found


def compared(rows: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """The columns that the oracle knows; a pseudonym only by its kind."""
    return {
        name: value
        for name, value in rows.items()
        if name in expected and name not in ("customer_ref", "text")
    }


@pytest.fixture
def zendesk(land: Callable[[str], Landing]) -> Landing:
    return land("zendesk")


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Meaning:
    folder = tmp_path_factory.mktemp("zendesk")
    for name, content in world.native().items():
        (folder / name).write_text(content)
    return meaning(folder)


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    # a pseudonym stands for one reference, and a reference for one pseudonym
    pairs = {
        (row["customer_ref"], found[key]["customer_ref"])
        for key, row in expected.items()
        if "customer_ref" in row
    }
    assert len(pairs) == len({one for one, _ in pairs}) == len({one for _, one in pairs})
    for key, row in expected.items():
        assert compared(found[key], row) == compared(row, row), key


@pytest.mark.parametrize("files", [world.native, world.incremental], ids=["audits", "events"])
def test_every_row_is_the_one_that_the_oracle_says(
    zendesk: Landing, right: Meaning, files: Callable[[], dict[str, str]]
) -> None:
    found = mapped(zendesk, files())
    for part in TABLES:
        same(found[part], getattr(right, part))
    texts = {key for key, row in found["events"].items() if row["text"] is not None}
    assert texts == {key for key, row in right.events.items() if row["text"] is not None}


def test_agents_are_known_as_they_were(zendesk: Landing, right: Meaning) -> None:
    mapped(zendesk, world.native())
    names = ("team", "role", "support_level", "hired_on", "left_on")
    rows = zendesk.rows("workforce.agents", f"agent_id, updated_at, {', '.join(names)}")
    found = {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in rows}
    assert found == right.agents


def test_airbyte_says_the_same(zendesk: Landing, right: Meaning) -> None:
    found = mapped(zendesk, world.airbyte())
    for part in ("tickets", "invitations", "answers", "figures"):
        same(found[part], getattr(right, part))
    # side conversations are in none of its streams
    kept = {k: row for k, row in right.events.items() if not k.startswith("side_conversation:")}
    same(found["events"], kept)


def test_fivetran_says_the_same_but_for_what_it_does_not_have(
    zendesk: Landing, right: Meaning
) -> None:
    found = mapped(zendesk, world.fivetran())
    same(found["tickets"], right.tickets)
    kept = {
        key: row
        for key, row in right.events.items()
        if not key.startswith(("side_conversation:", "notice:"))
    }
    # it does not know that the reply was public before it was hidden
    (hidden,) = (
        key
        for key, row in kept.items()
        if row["ticket_id"] == "17" and row["event_type"] == "public_reply"
    )
    kept[hidden] = kept[hidden] | {"event_type": "internal_note"}
    same(found["events"], kept)


def test_options_decide_what_is_a_choice(zendesk: Landing) -> None:
    options = zendesk.paths.connectors / "zendesk" / "options.yml"
    options.parent.mkdir(parents=True)
    options.write_text(
        "options: {reason_field: '9001', customer_reference: external_id, suspended_users: all,"
        " escalation_groups: 'billing', texts: none}\n"
    )
    found = mapped(zendesk, world.native())
    assert {row["reason"] for row in found["tickets"].values()} == {"delivery_delay"}
    assert found["tickets"]["3"]["customer_ref_type"] == "customer_id"
    assert [key for key, row in found["tickets"].items() if row["is_spam"]] == ["7", "8"]
    escalated = [row for row in found["events"].values() if row["event_type"] == "escalated"]
    assert {row["team"] for row in escalated} == {"billing"}
    assert not [row for row in found["events"].values() if row["text"]]


def test_users_are_customers_where_nobody_else_lands_them(zendesk: Landing) -> None:
    options = zendesk.paths.connectors / "zendesk" / "options.yml"
    options.parent.mkdir(parents=True)
    options.write_text("options: {customers: yes}\n")
    found = mapped(zendesk, world.native())
    customers = {row[0] for row in zendesk.rows("billing.customers", "customer_id")}
    assert customers == {world.ANNA, world.BEN, world.CARL, world.SPAMMER, world.RUDE, world.NOBODY}
    assert found["tickets"]["1"]["customer_ref"] == world.ANNA


def test_an_export_of_the_next_day_changes_what_changed_alone(zendesk: Landing) -> None:
    before = mapped(zendesk, world.native())
    made = world.desk()
    ticket = made.tickets["21"].update(
        world.at(15),
        world.AGNES,
        world.comment(world.AGNES, "Both."),
        world.change("status", "solved"),
    )
    zendesk.drop("tickets_3.json", world.page("tickets", [world.ticket_record(ticket)]))
    zendesk.drop("ticket_audits_3.json", world.page("audits", ticket.audits[-2:]))
    report = zendesk.accept()
    (done,) = report.conversions
    new = {one.table.full_name: one.new_rows for one in done.mapped if one.new_rows}
    assert new == {"interactions.ticket_events": 2}
    assert not list(zendesk.paths.quarantine.rglob("*.parquet"))
    assert before["tickets"]["21"]["created_by"] == "customer"


def test_a_deleted_ticket_that_is_restored_comes_back(zendesk: Landing) -> None:
    mapped(zendesk, world.native())
    ticket = (
        world.desk().tickets["6"].update(world.at(20), world.AGNES, world.change("status", "open"))
    )
    zendesk.drop("tickets_3.json", world.page("tickets", [world.ticket_record(ticket)]))
    zendesk.accept()
    rows = zendesk.rows("interactions.tickets", "ticket_id, is_deleted, updated_at")
    versions = [row[1:] for row in rows if row[0] == "6"]
    assert versions == [(True, world.at(5, 9)), (False, world.at(20))]


def changed(files: dict[str, str], name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change every record of a page or of a file of lines."""
    text = files[name]
    if name.endswith(".jsonl"):
        records = [json.loads(line) for line in text.splitlines()]
        for record in records:
            change(record)
        files[name] = world.lines(records)
    else:
        page = json.loads(text)
        for record in next(value for value in page.values() if isinstance(value, list)):
            change(record)
        files[name] = json.dumps(page)


def renamed(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        record[new] = record.pop(old)

    return change


def said(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        record[name] = value(record) if callable(value) else value

    return change


# (file, what becomes of its records, what the refusal says, tables that wait for it)
REFUSED = [
    ("ticket_audits_1.json", lambda r: r.pop("created_at"), "lacks column created_at",
     {"interactions.ticket_events", "interactions.tickets"}),
    ("ticket_audits_1.json", renamed("events", "changes"), "lacks column events",
     {"interactions.ticket_events"}),
    ("ticket_audits_1.json", said("created_at", 1772438400), "created_at (an instant",
     {"interactions.ticket_events"}),
    ("tickets_2.jsonl", renamed("updated_at", "modified_at"), "lacks column updated_at",
     {"interactions.tickets", "surveys.invitations"}),
    ("tickets_2.jsonl", lambda r: r.pop("status"), "lacks column status",
     {"interactions.tickets"}),
    ("tickets_2.jsonl", said("created_at", "Monday"), "created_at (an instant",
     {"interactions.tickets"}),
    ("users.json", renamed("role", "user_role"), "lacks column role",
     {"workforce.agents", "interactions.ticket_events"}),
    ("satisfaction_ratings.json", renamed("score", "rating"), "lacks column score",
     {"surveys.answers"}),
    ("survey_responses_1.json", renamed("answers", "replies"), "lacks column answers",
     {"surveys.answers", "surveys.invitations"}),
    ("holidays.json", said("start_date", "Easter"), "start_date (a date", set()),
    ("ticket_metrics.jsonl", said("replies", "many"), "replies (a whole number",
     {"interactions.vendor_figures"}),
    ("ticket_metrics.jsonl", renamed("ticket_id", "ticket"), "lacks column ticket_id",
     {"interactions.vendor_figures"}),
    ("calls.json", said("duration", "00:06:40"), "duration (a whole number",
     {"interactions.contacts", "interactions.contact_legs"}),
    ("groups.json", lambda r: r.pop("name"), "lacks column name", {"interactions.tickets"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change", "message", "waiting"),
    REFUSED,
    ids=[f"{one[0]}: {one[2]}" for one in REFUSED],
)
def test_a_file_whose_layout_drifted_is_refused_and_nothing_half_read_lands(
    zendesk: Landing, name: str, change: Any, message: str, waiting: set[str]
) -> None:
    files = world.native()
    changed(files, name, change)
    for one, content in files.items():
        zendesk.drop(one, content)
    done = zendesk.convert()
    (refusal,) = done.refused
    assert name in refusal.file
    assert message in refusal.reason
    assert waiting <= done.waiting.keys()
    assert not {one.table.full_name for one in done.mapped} & waiting


def test_a_ticket_events_file_in_milliseconds_is_refused(zendesk: Landing) -> None:
    files = world.incremental()
    changed(files, "ticket_events.jsonl", said("timestamp", lambda one: one["timestamp"] * 1000))
    for one, content in files.items():
        zendesk.drop(one, content)
    done = zendesk.convert()
    assert "timestamp (seconds since 1970" in done.refused[0].reason
    assert "interactions.ticket_events" in done.waiting


def test_a_new_column_changes_nothing_and_is_a_finding(zendesk: Landing, right: Meaning) -> None:
    files = world.native()
    for name in ("tickets_1.json", "tickets_2.jsonl"):
        changed(files, name, said("mood", "sunny"))
    found = mapped(zendesk, files)
    same(found["tickets"], right.tickets)
    assert [key for key in zendesk.notes() if key[0] == "raw_columns_not_read"]


def test_a_channel_nobody_knows_stands_for_itself_and_is_a_finding(zendesk: Landing) -> None:
    files = world.native()
    changed(
        files,
        "tickets_2.jsonl",
        lambda one: one.__setitem__("via", {"channel": "Carrier_Pigeon"}),
    )
    found = mapped(zendesk, files)
    assert "carrier_pigeon" in {row["channel"] for row in found["tickets"].values()}
    assert ("values_without_code", "carrier_pigeon") in zendesk.notes()


def test_one_broken_value_sets_its_record_aside_alone(zendesk: Landing, right: Meaning) -> None:
    files = world.native()
    changed(
        files,
        "ticket_metrics.jsonl",
        lambda one: one.update(replies="many") if one["ticket_id"] == 2 else None,
    )
    found = mapped(zendesk, files)
    kept = {key: row for key, row in right.figures.items() if row["subject_id"] != "2"}
    same(found["figures"], kept)


def test_without_audits_nothing_is_made_up(zendesk: Landing) -> None:
    files = world.native()
    del files["ticket_audits_1.json"], files["ticket_audits_2.json"]
    found = mapped(zendesk, files)
    assert {row["event_type"] for row in found["events"].values()} == {"internal_note"}
    solved = sum(
        one.fields["status"] in ("solved", "closed") for one in world.desk().tickets.values()
    )
    assert zendesk.notes()["history_missing", None] == solved


def test_without_users_nobody_is_taken_for_an_agent_unseen(zendesk: Landing) -> None:
    files = world.native()
    del files["users.json"]
    found = mapped(zendesk, files)
    replies = {
        row["agent_id"] for row in found["events"].values() if row["event_type"] == "public_reply"
    }
    # who was given tickets or wrote notes
    assert replies == {world.AGNES, world.BRUNO, world.CHLOE, world.LEFT}
    assert zendesk.notes()["authors_unknown", None] > 0


def test_what_no_table_takes_is_a_finding(zendesk: Landing) -> None:
    mapped(zendesk, world.native())
    notes = zendesk.notes()
    assert notes["follow_ups", None] == 1
    assert notes["survey_answers_left_out", "closed_ended"] == 1
    assert notes["survey_answers_left_out", "other"] == 1
    # the list of holidays says of which schedule it is only where there is more than one
    assert {detail for note, detail in notes if note == "holidays"} == {
        'weekdays,2026-04-05,"Easter, long"',
        'weekdays,2026-04-06,"Easter, long"',
    }
    assert {detail for note, detail in notes if note == "schedules"} == {
        "weekdays,,1,09:00:00,18:00:00,1900-01-01,,Europe/Paris",
        "weekdays,,5,23:00:00,24:00:00,1900-01-01,,Europe/Paris",
        "weekdays,,6,00:00:00,01:00:00,1900-01-01,,Europe/Paris",
    }
    assert notes["ratings_without_ticket", None] == 2


def test_holidays_are_of_the_schedule_that_they_name(zendesk: Landing) -> None:
    later = {"id": 2, "name": "Week-end", "time_zone": "Paris", "intervals": []}
    days = world.SCHEDULES[0]["intervals"]
    zendesk.drop(
        "schedules.json", world.page("schedules", [*world.SCHEDULES, later | {"intervals": days}])
    )
    named = {"name": None, "start_date": "2026-07-14", "end_date": "2026-07-14"}
    zendesk.drop(
        "holidays.json", world.page("holidays", [named | {"schedule_id": 2}, *world.HOLIDAYS])
    )
    zendesk.convert()
    found = {detail for note, detail in zendesk.notes() if note == "holidays"}
    assert found == {
        "week_end,2026-07-14,",
        'zendesk,2026-04-05,"Easter, long"',
        'zendesk,2026-04-06,"Easter, long"',
    }


def test_a_survey_takes_the_place_of_a_rating_that_landed_before(
    zendesk: Landing, right: Meaning
) -> None:
    files = world.native()
    surveys = {name: files.pop(name) for name in list(files) if name.startswith("survey")}
    before = mapped(zendesk, files)
    assert {row["score"] for row in before["answers"].values() if row["score"]} == {1, 5}
    same(mapped(zendesk, surveys)["answers"], right.answers)


def test_samples_of_the_vendor_s_layout_are_read(zendesk: Landing) -> None:
    folder = os.environ.get("PILOTAGE_REAL_DATA")
    samples = Path(folder or ".") / "vendor_samples" / "zendesk"
    if not folder or not samples.is_dir():
        pytest.skip("PILOTAGE_REAL_DATA names no folder with vendor_samples/zendesk")
    for path in sorted(samples.glob("*.csv")):
        zendesk.drop(path.name, path.read_bytes())
    done = zendesk.convert()
    assert done.refused == []
    assert done.waiting == {}
    assert sum(one.set_aside for one in done.taken) == 0
    rows = {one.table.full_name: one.rows for one in done.mapped}
    assert rows["interactions.tickets"] == 10
    assert rows["interactions.ticket_events"] > 0
    # samples do not belong together, and that is said
    assert ("tickets_unknown", None) in zendesk.notes()
