"""An export of Stripe that has changed says so, and gives no wrong figure."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.landing.connectors.convert import Conversion
from tests.connectors.stripe import world
from tests.connectors.world import Landing
from tests.real_data.mapping import real_data_root

Change = Callable[[list[dict[str, Any]]], Any]


def renamed(old: str, new: str) -> Change:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row[new] = row.pop(old)

    return change


def without(*names: str) -> Change:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for name in names:
                row.pop(name, None)

    return change


def as_each(name: str, made: Callable[[Any], Any]) -> Change:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row[name] = made(row[name])

    return change


def convert(landing: Landing, table: str, change: Change | None) -> Conversion:
    """Convert the account with the objects of one table changed."""
    objects = world.build()
    if change:
        change(objects[table])
    world.write_native(landing.inbox, objects)
    if change is None:
        for path in landing.inbox.rglob(f"{table}*"):
            path.unlink()
    return landing.convert()


REFUSED: dict[str, tuple[str, Change, str, str]] = {
    # what happens: table, change, what the message names, landing table that waits
    "a column is missing": (
        "subscriptions",
        without("status"),
        "status",
        "billing.subscription_events",
    ),
    "a column is renamed": (
        "invoices",
        renamed("total", "total_amount"),
        "total",
        "billing.documents",
    ),
    "another type": (
        "charges",
        as_each("amount", lambda n: f"{n} cents"),
        "amount",
        "billing.orders",
    ),
    "milliseconds": (
        "invoices",
        as_each("created", lambda n: n * 1000),
        "created",
        "billing.documents",
    ),
    "instants as text": (
        "events",
        as_each("created", lambda n: "2026-01-01T00:00:00Z"),
        "created",
        "billing.subscription_events",
    ),
    "events without their object": (
        "events",
        without("data"),
        "data",
        "billing.subscription_events",
    ),
    "coupons without a duration": (
        "coupons",
        without("duration"),
        "duration",
        "billing.subscription_events",
    ),
    "refunds without an amount": (
        "refunds",
        renamed("amount", "value"),
        "amount",
        "billing.orders",
    ),
    "credit notes of no invoice": (
        "credit_notes",
        without("invoice"),
        "invoice",
        "billing.documents",
    ),
    "objects that do not say what they are": (
        "customers",
        without("object"),
        "object",
        "billing.customers",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_lacks_what_is_needed_is_refused_by_name(
    land: Callable[[str], Landing], name: str
) -> None:
    """The message names file and column, and what reads the table waits."""
    table, change, column, waits = REFUSED[name]
    landing = land("stripe")
    done = convert(landing, table, change)
    assert done.refused, name
    assert all(table in one.file and column in one.reason for one in done.refused)
    assert waits in done.waiting
    assert waits not in {mapped.table.full_name for mapped in done.mapped}


def rows(landing: Landing) -> dict[str, set[tuple[Any, ...]]]:
    return {
        "events": set(
            landing.rows("billing.subscription_events", "event_id, amount, effective_at")
        ),
        "documents": set(landing.rows("billing.documents", "document_id, net_amount, issued_on")),
        "orders": set(landing.rows("billing.orders", "order_id, net_amount, refunded_amount")),
    }


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, contract: Any
) -> dict[str, set[tuple[Any, ...]]]:
    landing = Landing(tmp_path_factory.mktemp("whole"), contract, "stripe")
    world.write_native(landing.inbox)
    landing.accept()
    return rows(landing)


def test_a_new_column_is_a_notice_and_changes_nothing(
    land: Callable[[str], Landing], whole: Any
) -> None:
    landing = land("stripe")

    def change(objects: list[dict[str, Any]]) -> None:
        for one in objects:
            one["net_of_something"] = 1

    done = convert(landing, "invoices", change)
    assert [note.detail for note in done.notes if note.note == "raw_columns_not_read"] == [
        "net_of_something"
    ]
    assert rows(landing) == whole


def test_a_broken_value_sets_its_row_aside(land: Callable[[str], Landing], whole: Any) -> None:
    landing = land("stripe")

    def change(objects: list[dict[str, Any]]) -> None:
        objects[0]["total"] = "a lot"

    done = convert(landing, "invoices", change)
    (note,) = (note for note in done.notes if note.note == "raw_rows_set_aside")
    assert (note.rows, "total is not a number" in note.detail) == (1, True)
    assert whole["documents"] - rows(landing)["documents"] == {
        row for row in whole["documents"] if row[0] == "in_asks_1"
    }


def test_prices_without_tiers_leave_their_subscriptions_out(
    land: Callable[[str], Landing], whole: Any
) -> None:
    """A table that did not come is said, and its subscriptions have no amount of 0."""
    landing = land("stripe")
    done = convert(landing, "prices", None)
    assert {note.note: note.rows for note in done.notes}["amounts_not_known"] == 3
    gone = {row[0].split("/")[0] for row in whole["events"] - rows(landing)["events"]}
    assert gone == {"sub_graduated", "sub_volume"}


def test_another_interval_is_no_month(land: Callable[[str], Landing], whole: Any) -> None:
    """An interval that is not known has no amount, rather than that of a month."""
    landing = land("stripe")

    def change(objects: list[dict[str, Any]]) -> None:
        for event in objects:
            if event["data"]["object"].get("id") == "sub_dollars":
                part = event["data"]["object"]["items"]["data"][0]
                part["price"]["recurring"]["interval"] = "fortnight"

    done = convert(landing, "events", change)
    assert {note.note: note.rows for note in done.notes}["amounts_not_known"] == 2
    assert not {row for row in rows(landing)["events"] if row[0].startswith("sub_dollars")}


def test_without_invoice_payments_no_payment_of_a_subscription_is_a_sale(
    land: Callable[[str], Landing], whole: Any
) -> None:
    landing = land("stripe")
    convert(landing, "invoice_payments", None)
    assert rows(landing)["orders"] == whole["orders"]


def test_a_page_that_was_cut_is_refused(land: Callable[[str], Landing]) -> None:
    landing = land("stripe")
    world.write_native(landing.inbox)
    path = landing.inbox / "invoices.json"
    path.write_text(path.read_text(encoding="utf-8")[:-200], encoding="utf-8")
    done = landing.convert()
    assert [one.file for one in done.refused] == ["stripe/invoices.json"]
    assert "billing.documents" in done.waiting


FLAT: dict[str, tuple[str, str, str, str]] = {
    # what happens: layout, file, column that is renamed, landing table that waits
    "history without its instants": (
        "fivetran",
        "subscription_history",
        "_fivetran_synced",
        "billing.subscription_events",
    ),
    "items without their number": (
        "fivetran",
        "subscription_item",
        "quantity",
        "billing.subscription_events",
    ),
    "invoices without a total": ("sigma", "invoices", "total", "billing.documents"),
    "charges without refunds": ("sigma", "charges", "amount_refunded", "billing.orders"),
    "subscriptions without a state": (
        "sigma",
        "subscriptions",
        "status",
        "billing.subscription_events",
    ),
}


@pytest.mark.parametrize("name", FLAT)
def test_a_table_that_lacks_a_column_is_refused_by_name(
    land: Callable[[str], Landing], name: str
) -> None:
    layout, table, column, waits = FLAT[name]
    landing = land("stripe")
    getattr(world, f"write_{layout}")(landing.inbox)
    path = landing.inbox / f"{table}.csv"
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    names = [f"{one}_v2" if one == column else one for one in head.strip().split(",")]
    path.write_text(",".join(names) + "\n" + rest, encoding="utf-8")
    done = landing.convert()
    assert [one.file for one in done.refused] == [f"stripe/{table}.csv"]
    assert column in done.refused[0].reason
    assert waits in done.waiting


SAMPLES = real_data_root() / "vendor_samples" / "stripe"


@pytest.mark.skipif(not SAMPLES.exists(), reason=f"no samples in {SAMPLES}")
def test_the_samples_of_the_loader_are_read_without_error(land: Callable[[str], Landing]) -> None:
    """They are columns and types, and do not join: what they lack becomes findings."""
    landing = land("stripe")
    for path in SAMPLES.glob("*.csv"):
        landing.drop(path.name, path.read_bytes())
    done = landing.convert()
    assert not done.refused
    assert not any(one.set_aside for one in done.taken)
    assert len(landing.rows("billing.customers")) == 12
    assert ("documents_without_customer", None) in landing.notes()


def test_json_of_the_api_is_never_taken_for_a_table_of_sigma(
    land: Callable[[str], Landing],
) -> None:
    landing = land("stripe")
    world.write_native(landing.inbox)
    assert {taken.file.table.layout for taken in landing.convert().taken} == {"native"}
    for path in landing.inbox.rglob("*.jsonl"):
        assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["object"]
