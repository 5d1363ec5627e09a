"""Zendesk's exports into landing rows: against the oracle, in every layout, and where they drift."""

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
        listed = [dict(zip(columns, row, strict=True)) for row in landing.rows(table, ", ".join(columns))]
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
    for key, row in expected.items():
        wanted = {name: value for name, value in row.items() if name not in ("customer_ref", "text")}
        assert compared(found[key], row) == wanted, key


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
