"""A window is over when the newest event of its own source lies behind it, not that of any other.

Orders go on while contacts have stopped: nobody has shown that a customer did not come back.
"""

from pathlib import Path

import pytest

from tests.orchestration.shuffled_world import Row
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(4)

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
