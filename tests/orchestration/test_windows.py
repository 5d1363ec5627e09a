"""A window is over when the newest event of its own source lies behind it, not that of any other.

Orders go on while contacts have stopped: nobody has shown that a customer did not come back.
"""

from pathlib import Path

import pytest

from tests.orchestration.shuffled_world import Row
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(13)

MODELS = (
    "+config.meta.built_by:person,resource_type:model",
    "+measures_issues,resource_type:model",
    "+measures_self_service,resource_type:model",
    "resource_type:seed",
)
STATE = {
    "core.issues": "select issue_id, is_mature, is_resolved_at_first_contact",
    "journeys.customer_journeys": "select customer_id, is_open",
    "kpis.measures_issues": "select business_date, issues_mature, issues_pending",
    "kpis.measures_self_service": "select contacts_automated, automated_contacts_pending",
}


REPLIES = (
    "+config.meta.built_by:ticket,resource_type:model",
    "+measures_replies,resource_type:model",
    "resource_type:seed",
)
PROMISES = {
    "core.tickets": "select ticket_id, reply_sla_status",
    "kpis.measures_replies": "select replies_due, replies_pending",
}
SAVES = (
    "+config.meta.built_by:person,resource_type:model",
    "+measures_cancellations,resource_type:model",
    "resource_type:seed",
)
SAVED = {
    "core.cancel_episodes": "select is_mature, is_saved",
    "journeys.customer_journeys": "select customer_id, outcome",
    "kpis.measures_cancellations": "select episodes_handled, episodes_pending",
}


def contact(name: str, began: str, disposition: str = "answered") -> Row:
    """Ten minutes of one customer."""
    return {
        "contact_id": f"call-{name}",
        "customer_ref": name,
        "customer_ref_type": "customer_id",
        "channel": "phone",
        "direction": "inbound",
        "disposition": disposition,
        "reason": "billing_question",
        "queue_entered_at": f"{began}:00Z",
        "ended_at": f"{began[:-2]}10:00Z",
    }


def order(number: int, ordered: str) -> Row:
    return {
        "order_id": f"o{number}",
        "customer_id": "ann",
        "ordered_at": f"{ordered}:00Z",
        "net_amount": 10,
        "status": "paid",
    }


def ticket(created: str) -> Row:
    return {
        "ticket_id": "t1",
        "customer_ref": "eve",
        "customer_ref_type": "customer_id",
        "channel": "email",
        "created_by": "customer",
        "reason": "delivery_delay",
        "created_at": f"{created}:00Z",
    }


def issues(warehouse: Warehouse) -> dict[str, bool]:
    """Issues, and whether their window is over; what is made of it must say the same."""
    found = warehouse.tables(STATE)
    mature = {issue_id: is_mature for issue_id, is_mature, _ in found["core.issues"]}
    assert all((resolved is not None) == over for _, over, resolved in found["core.issues"])
    assert sum(row[1] for row in found["kpis.measures_issues"]) == sum(mature.values())
    assert sum(row[2] for row in found["kpis.measures_issues"]) == list(mature.values()).count(
        False
    )
    # a journey has one call here, or a ticket
    journeys = dict(found["journeys.customer_journeys"])
    assert {f"call-{name}": not is_open for name, is_open in journeys.items()}.items() >= (
        mature.items()
    )
    return mature


def test_a_window_waits_for_the_newest_event_of_its_own_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        {"customer_id": name, "created_at": "2026-01-01T00:00:00Z"}
        for name in ("ann", "bob", "cid", "eve")
    ]
    first = {
        ("billing", "customers"): people,
        ("billing", "orders"): [order(1, "2026-06-25T10:00")],
        ("interactions", "contacts"): [
            contact("ann", "2026-06-01T09:00"),
            contact("bob", "2026-06-08T09:00"),
            contact("dan", "2026-06-08T08:00", disposition="bot_contained"),
        ],
    }
    warehouse = Warehouse(tmp_path / "data", monkeypatch, MODELS)
    warehouse.land(first, "first")
    warehouse.build()
    # ann's week ended with the very last contact; orders are two weeks newer
    assert issues(warehouse) == {"call-ann": True, "call-bob": False}
    assert warehouse.tables(STATE)["kpis.measures_self_service"] == [(0, 1)]

    warehouse.land({("billing", "orders"): [order(2, "2026-06-27T10:00")]}, "later order")
    warehouse.build()
    assert issues(warehouse) == {"call-ann": True, "call-bob": False}

    # contacts go on, and the as-of instant, which is an order's, stays where it was
    warehouse.land({("interactions", "contacts"): [contact("cid", "2026-06-20T09:00")]}, "call")
    warehouse.build()
    assert issues(warehouse) == {"call-ann": True, "call-bob": True, "call-cid": False}
    assert warehouse.tables(STATE)["kpis.measures_self_service"] == [(1, 0)]

    # tickets came, and no further than the 10th: who wrote after it is not known
    warehouse.land({("interactions", "tickets"): [ticket("2026-06-10T09:00")]}, "ticket")
    warehouse.build()
    assert issues(warehouse) == {"call-ann": True, "call-bob": False, "call-cid": False}


def event(number: int, kind: str, happened: str, of_ticket: str = "t1") -> Row:
    return {
        "event_id": f"e{number}",
        "ticket_id": of_ticket,
        "event_type": kind,
        "event_at": f"{happened}:00Z",
    }


def test_a_promise_waits_for_the_newest_ticket_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "data", monkeypatch, REPLIES)
    first = {
        ("billing", "customers"): [{"customer_id": "eve", "created_at": "2026-01-01T00:00:00Z"}],
        ("billing", "orders"): [order(1, "2026-06-25T10:00")],
        ("interactions", "tickets"): [ticket("2026-06-10T09:00")],
    }
    warehouse.land(first, "first")
    warehouse.build()
    # events never came: they have no say
    missed = {"core.tickets": [("t1", "missed")], "kpis.measures_replies": [(1, 0)]}
    assert warehouse.tables(PROMISES) == missed

    # they come, and no further than an hour after the message, which was closed in silence
    events = [event(1, "closed", "2026-06-10T10:00")]
    warehouse.land({("interactions", "ticket_events"): events}, "events")
    warehouse.build()
    pending = {"core.tickets": [("t1", "pending")], "kpis.measures_replies": [(0, 1)]}
    assert warehouse.tables(PROMISES) == pending

    # the as-of instant, which is an order's, says nothing of replies
    warehouse.land({("billing", "orders"): [order(2, "2026-06-27T10:00")]}, "order")
    warehouse.build()
    assert warehouse.tables(PROMISES) == pending

    # of whatever ticket, also of one that nobody has landed
    events = [event(2, "internal_note", "2026-06-24T10:00", "t2")]
    warehouse.land({("interactions", "ticket_events"): events}, "more events")
    warehouse.build()
    assert warehouse.tables(PROMISES) == missed

    # that event was wrong: the promise is open again
    events = [{"event_id": "e2", "is_deleted": "true"}]
    warehouse.land({("interactions", "ticket_events"): events}, "none of it")
    warehouse.build()
    assert warehouse.tables(PROMISES) == pending


def subscription_event(number: int, kind: str, happened: str, **more: str) -> Row:
    return {
        "event_id": f"s{number}",
        "subscription_id": "ann" if number < 9 else "bob",
        "customer_id": "ann" if number < 9 else "bob",
        "event_type": kind,
        "effective_at": f"{happened}:00Z",
        "amount": 30,
        **more,
    }


def test_a_save_waits_for_the_newest_subscription_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path / "data", monkeypatch, SAVES)
    first = {
        ("billing", "customers"): [
            {"customer_id": name, "created_at": "2026-01-01T00:00:00Z"} for name in ("ann", "bob")
        ],
        ("billing", "subscription_events"): [
            subscription_event(1, "started", "2026-01-01T10:00"),
            subscription_event(2, "cancel_requested", "2026-01-05T09:05", contact_id="call-ann"),
            subscription_event(3, "cancel_withdrawn", "2026-01-05T09:06", contact_id="call-ann"),
        ],
        ("interactions", "contacts"): [contact("ann", "2026-01-05T09:00")],
        ("billing", "orders"): [order(1, "2026-06-25T10:00")],
    }
    warehouse.land(first, "first")
    warehouse.build()
    # orders and contacts are half a year newer than the request
    warehouse.land({("interactions", "contacts"): [contact("bob", "2026-06-24T09:00")]}, "call")
    warehouse.build()
    unknown = {
        "core.cancel_episodes": [(False, None)],
        "journeys.customer_journeys": [("ann", "cancel_asked"), ("bob", "still_open")],
        "kpis.measures_cancellations": [(0, 1)],
    }
    assert warehouse.tables(SAVED) == unknown

    # the newest event of anybody lies behind the ninetieth day, and not behind the last build
    events = [subscription_event(9, "started", "2026-04-06T10:00")]
    warehouse.land({("billing", "subscription_events"): events}, "another")
    warehouse.build()
    assert warehouse.tables(SAVED) == {
        "core.cancel_episodes": [(True, True)],
        "journeys.customer_journeys": [("ann", "saved"), ("bob", "still_open")],
        "kpis.measures_cancellations": [(1, 0)],
    }
