"""What nobody records has no figure, and the first record says something of all that came before.

A contact without a transfer is one only where a transfer would have been seen.
"""

from pathlib import Path

import pytest

from tests.orchestration.shuffled_world import Row
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(3)

MODELS = ("+measures_contacts,resource_type:model", "resource_type:seed")
MEASURES = {
    "kpis.measures_contacts": (
        "select business_date::varchar, channel, contacts_handled,"
        " contacts_with_transfers_recorded, contacts_transferred,"
        " contacts_with_escalations_recorded, contacts_escalated"
    )
}


def call(day: int) -> Row:
    return {
        "contact_id": f"call-{day}",
        "channel": "phone",
        "direction": "inbound",
        "disposition": "answered",
        "queue_entered_at": f"2026-06-0{day}T09:00:00Z",
    }


def leg(day: int, number: int) -> Row:
    return {
        "leg_id": f"leg-{day}-{number}",
        "contact_id": f"call-{day}",
        "agent_id": f"a{number}",
        "started_at": f"2026-06-0{day}T09:0{number}:00Z",
        "talk_seconds": 60,
    }


def ticket(day: int) -> Row:
    return {
        "ticket_id": f"t{day}",
        "channel": "email",
        "created_by": "customer",
        "created_at": f"2026-06-0{day}T10:00:00Z",
    }


def event(day: int, event_type: str) -> Row:
    return {
        "event_id": f"t{day}-{event_type}",
        "ticket_id": f"t{day}",
        "event_type": event_type,
        "event_at": f"2026-06-0{day}T11:00:00Z",
    }


def test_the_first_record_counts_for_what_came_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "data", monkeypatch, MODELS)

    def measures() -> list[tuple]:
        return warehouse.tables(MEASURES)["kpis.measures_contacts"]

    warehouse.land(
        {
            ("interactions", "contacts"): [call(1)],
            ("interactions", "contact_legs"): [leg(1, 1)],
            ("interactions", "tickets"): [ticket(1)],
            ("interactions", "ticket_events"): [event(1, "public_reply")],
        },
        "nobody is handed over",
    )
    warehouse.build()
    assert measures() == [
        ("2026-06-01", "email", 1, 0, 0, 0, 0),
        ("2026-06-01", "phone", 1, 0, 0, 0, 0),
    ]

    warehouse.land(
        {
            ("interactions", "contacts"): [call(2)],
            ("interactions", "contact_legs"): [leg(2, 1), leg(2, 2)],
        },
        "somebody is",
    )
    warehouse.build()
    # e-mails have no legs: nobody would see their transfers
    assert measures() == [
        ("2026-06-01", "email", 1, 0, 0, 0, 0),
        ("2026-06-01", "phone", 1, 1, 0, 0, 0),
        ("2026-06-02", "phone", 1, 1, 1, 0, 0),
    ]

    warehouse.land(
        {
            ("interactions", "tickets"): [ticket(3)],
            ("interactions", "ticket_events"): [event(3, "public_reply"), event(3, "escalated")],
        },
        "a ticket is escalated",
    )
    warehouse.build()
    assert measures() == [
        ("2026-06-01", "email", 1, 0, 0, 1, 0),
        ("2026-06-01", "phone", 1, 1, 0, 0, 0),
        ("2026-06-02", "phone", 1, 1, 1, 0, 0),
        ("2026-06-03", "email", 1, 0, 0, 1, 1),
    ]
