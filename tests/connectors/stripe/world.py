"""A small Stripe account, written from the documented objects: every awkward case once.

`write_native`, `write_sigma` and `write_fivetran` write it as the vendor, its warehouse and its
loader would. Money is in small units, instants are epochs.
"""

import csv
import json
from collections.abc import Iterable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Object = dict[str, Any]

HOUR, DAY = 3600, 86_400


def at(said: str) -> int:
    """The epoch of a UTC instant such as `2026-03-01 10:00`."""
    return int(datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp())


def price(
    name: str,
    amount: int | None,
    every: tuple[str, int] = ("month", 1),
    currency: str = "eur",
    **more: Any,
) -> Object:
    interval, count = every
    return {
        "id": f"price_{name}",
        "object": "price",
        "nickname": name,
        "product": f"prod_{name}",
        "currency": currency,
        "type": "recurring",
        "billing_scheme": "per_unit" if amount is not None else "tiered",
        "unit_amount": amount,
        "recurring": {"interval": interval, "interval_count": count, "usage_type": "licensed"},
        "livemode": True,
        **more,
    }


def item(
    sub: str, its_price: Object, quantity: int = 1, number: int = 1, created: int = 0
) -> Object:
    return {
        "id": f"si_{sub}_{number}",
        "object": "subscription_item",
        "created": created,
        "price": its_price,
        "quantity": quantity,
    }


def subscription(name: str, start: str, items: list[Object], **more: Any) -> Object:
    started = at(start)
    for one in items:
        one["created"] = one["created"] or started
    return {
        "id": f"sub_{name}",
        "object": "subscription",
        "customer": f"cus_{name}",
        "status": "active",
        "currency": items[0]["price"]["currency"] if items else "eur",
        "created": started,
        "start_date": started,
        "current_period_start": started,
        "cancel_at_period_end": False,
        "cancel_at": None,
        "canceled_at": None,
        "ended_at": None,
        "trial_start": None,
        "trial_end": None,
        "pause_collection": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "items": {"object": "list", "data": items},
        "discount": None,
        "default_tax_rates": [],
        "livemode": True,
        **more,
    }


def coupon(name: str, duration: str = "forever", **more: Any) -> Object:
    return {"id": name, "object": "coupon", "duration": duration, "livemode": True, **more}


def discount(name: str, its_coupon: Object, start: str, end: str | None = None) -> Object:
    return {
        "id": f"di_{name}",
        "object": "discount",
        "coupon": its_coupon,
        "start": at(start),
        "end": at(end) if end else None,
    }


class History:
    """A subscription's life as events: each call changes it and tells of it."""

    def __init__(self, first: Object, is_told: bool = True) -> None:
        self.now = deepcopy(first)
        self.events: list[Object] = []
        if is_told:
            self._tell("created", first["created"], None)

    def change(self, when: str | int, kind: str = "updated", **changes: Any) -> "History":
        before = {key: deepcopy(self.now.get(key)) for key in changes}
        self.now |= deepcopy(changes)
        self._tell(kind, at(when) if isinstance(when, str) else when, before)
        return self

    def _tell(self, kind: str, created: int, before: Object | None) -> None:
        data: Object = {"object": deepcopy(self.now)}
        if before is not None and kind == "updated":
            data["previous_attributes"] = before
        self.events.append(
            {
                "id": f"evt_{self.now['id']}_{len(self.events)}",
                "object": "event",
                "type": f"customer.subscription.{kind}",
                "created": created,
                "data": data,
                "livemode": self.now["livemode"],
            }
        )


def customer(name: str, created: str = "2026-01-01 08:00", **more: Any) -> Object:
    return {
        "id": f"cus_{name}",
        "object": "customer",
        "created": at(created),
        "email": f"{name}@example.com",
        "phone": None,
        "address": {"country": "FR"},
        "metadata": {},
        "livemode": True,
        "discount": None,
        **more,
    }


def invoice(name: str, of: str, total: int, tax: int | None, when: str, **more: Any) -> Object:
    finalized = at(when)
    return {
        "id": f"in_{name}",
        "object": "invoice",
        "customer": f"cus_{of}",
        "subscription": f"sub_{of}",
        "billing_reason": "subscription_cycle",
        "status": "paid",
        "currency": "eur",
        "total": total,
        "tax": tax,
        "amount_paid": max(total, 0),
        "created": finalized - HOUR,
        "status_transitions": {"finalized_at": finalized, "paid_at": finalized},
        "charge": f"ch_{name}",
        "payment_intent": None,
        "livemode": True,
        **more,
    }


def charge(name: str, of: str | None, amount: int, when: str, **more: Any) -> Object:
    return {
        "id": f"ch_{name}",
        "object": "charge",
        "customer": f"cus_{of}" if of else None,
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "captured": True,
        "currency": "eur",
        "status": "succeeded",
        "created": at(when),
        "invoice": None,
        "payment_intent": f"pi_{name}",
        "metadata": {},
        "livemode": True,
        **more,
    }


def refund(name: str, of: str, amount: int, when: str, **more: Any) -> Object:
    return {
        "id": f"re_{name}",
        "object": "refund",
        "charge": f"ch_{of}",
        "amount": amount,
        "status": "succeeded",
        "created": at(when),
        **more,
    }


def credit_note(
    name: str, of: str, by: str, total: int, tax: int, when: str, **more: Any
) -> Object:
    return {
        "id": f"cn_{name}",
        "object": "credit_note",
        "customer": f"cus_{of}",
        "invoice": f"in_{by}",
        "status": "issued",
        "currency": "eur",
        "total": total,
        "tax_amounts": [{"amount": tax, "inclusive": False}],
        "created": at(when),
        "livemode": True,
        **more,
    }


def _histories() -> list[History]:
    small, large = price("small", 2000), price("large", 5000)
    lives = []

    # asked to leave, gave the reason a moment later, stayed, asked again and left at the term
    asks = History(subscription("asks", "2026-01-05 10:00", [item("asks", small)]))
    asks.change("2026-02-05 10:00", current_period_start=at("2026-02-05 10:00"))
    asked = at("2026-03-10 09:00")
    details = {"comment": "too much", "feedback": None, "reason": "cancellation_requested"}
    asks.change(asked, cancel_at_period_end=True, canceled_at=asked, cancellation_details=details)
    asks.change(asked + 5, cancellation_details={**details, "feedback": "too_expensive"})
    asks.change(
        "2026-03-20 09:00",
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
    )
    again = at("2026-04-12 09:00")
    asks.change(
        again,
        cancel_at_period_end=True,
        canceled_at=again,
        cancellation_details={**details, "feedback": "unused"},
    )
    asks.change("2026-05-05 10:00", "deleted", status="canceled", ended_at=at("2026-05-05 10:00"))
    lives.append(asks)

    # a trial that is kept, more units within a period, then a quarter off forever
    trial_end = at("2026-02-15 12:00")
    grows = History(
        subscription(
            "grows",
            "2026-02-01 12:00",
            [item("grows", small)],
            status="trialing",
            trial_start=at("2026-02-01 12:00"),
            trial_end=trial_end,
        )
    )
    grows.change(trial_end, status="active", current_period_start=trial_end)
    grows.change(
        "2026-03-15 15:00",
        items={
            "object": "list",
            "data": [{**item("grows", small, 3), "created": at("2026-02-01 12:00")}],
        },
    )
    grows.change(
        "2026-04-20 12:00",
        discount=discount("grows", coupon("quarter_off", percent_off=25), "2026-04-20 12:00"),
    )
    lives.append(grows)

    for name, its_price in {
        "dollars": price("yearly", 120_000, ("year", 1), "usd"),
        "yen": price("yen", 9000, ("month", 3), "jpy"),
        "dinars": price("dinars", 10_500, ("week", 2), "kwd"),
        "kronur": price("kronur", 500_000, ("month", 1), "isk"),
        "halves": price("halves", 12_000, ("month", 6)),
        "days": price("days", 3000, ("day", 10)),
        "fifths": price("fifths", 10_000, ("month", 5)),
        "two_years": price("two_years", 48_000, ("year", 2)),
    }.items():
        lives.append(History(subscription(name, "2026-01-10 10:00", [item(name, its_price)])))

    # two items, five euros off forever; what is off once or for a time changes nothing
    seats = subscription(
        "seats",
        "2026-01-12 10:00",
        [item("seats", price("base", 1000)), item("seats", price("seat", 500), 3, 2)],
    )
    seats["discounts"] = [
        discount("seats_1", coupon("five_off", amount_off=500, currency="eur"), "2026-01-12 10:00"),
        discount("seats_2", coupon("first", "once", percent_off=50), "2026-01-12 10:00"),
        discount(
            "seats_3",
            coupon("year", "repeating", percent_off=50, duration_in_months=12),
            "2026-01-12 10:00",
        ),
    ]
    lives.append(History(seats))

    # collection paused, resumed on the day that was set
    pauses = History(subscription("pauses", "2026-01-15 10:00", [item("pauses", large)]))
    pauses.change(
        "2026-03-05 10:00",
        pause_collection={"behavior": "void", "resumes_at": at("2026-04-05 10:00")},
    )
    pauses.change(at("2026-04-05 10:00") + 30, pause_collection=None)
    lives.append(pauses)

    # payments fail until Stripe gives up: nobody asked to leave
    fails = History(subscription("fails", "2026-01-18 10:00", [item("fails", large)]))
    fails.change("2026-03-18 11:00", status="past_due")
    fails.change("2026-03-28 11:00", status="unpaid")
    end = at("2026-04-10 11:00")
    fails.change(
        end,
        "deleted",
        status="canceled",
        canceled_at=end - 1,
        ended_at=end,
        cancellation_details={"comment": None, "feedback": None, "reason": "payment_failed"},
    )
    lives.append(fails)

    # agreed for a term from the start: nobody asked to leave
    start = at("2026-01-16 10:00")
    fixed = subscription("fixed", "2026-01-16 10:00", [item("fixed", small)])
    lives.append(History(fixed | {"cancel_at": at("2026-12-16 10:00"), "canceled_at": start}))

    # left at once, by the customer's wish
    leaves = History(subscription("leaves", "2026-01-20 10:00", [item("leaves", small)]))
    end = at("2026-03-25 16:00")
    leaves.change(
        end,
        "deleted",
        status="canceled",
        canceled_at=end,
        ended_at=end,
        cancellation_details={
            "comment": None,
            "feedback": "missing_features",
            "reason": "cancellation_requested",
        },
    )
    lives.append(leaves)

    # the first payment never came
    never = History(
        subscription("never", "2026-02-02 10:00", [item("never", small)], status="incomplete")
    )
    never.change("2026-02-03 09:00", status="incomplete_expired")
    lives.append(never)

    # test mode
    lives.append(
        History(subscription("test", "2026-02-02 10:00", [item("test", large)], livemode=False))
    )

    # the events of the last thirty days alone: what was before stands in the first of them
    late = History(subscription("late", "2025-11-01 10:00", [item("late", small)]), is_told=False)
    late.change(
        "2026-05-10 10:00",
        items={
            "object": "list",
            "data": [{**item("late", large), "created": at("2025-11-01 10:00")}],
        },
    )
    lives.append(late)

    # a trial without a way to pay pauses, then gets one
    unpaid = History(
        subscription(
            "card",
            "2026-02-10 10:00",
            [item("card", small)],
            status="trialing",
            trial_start=at("2026-02-10 10:00"),
            trial_end=at("2026-02-24 10:00"),
        )
    )
    unpaid.change(at("2026-02-24 10:00") + 40, "paused", status="paused")
    unpaid.change("2026-03-12 10:00", "resumed", status="active")
    lives.append(unpaid)

    # VAT within the price
    lives.append(
        History(
            subscription(
                "gross",
                "2026-01-22 10:00",
                [item("gross", price("gross", 2400, tax_behavior="inclusive"))],
                default_tax_rates=[{"percentage": 20.0, "inclusive": True}],
            )
        )
    )

    # a flat part and what is metered, which is no recurring revenue
    meter = price("meter", 7)
    meter["recurring"]["usage_type"] = "metered"
    lives.append(
        History(
            subscription(
                "meters", "2026-01-25 10:00", [item("meters", small), item("meters", meter, 900, 2)]
            )
        )
    )

    # volumes in steps: 10 of 300 and 5 of 200
    tiers = [
        {"up_to": 10, "unit_amount": 300, "flat_amount": None},
        {"up_to": None, "unit_amount": 200, "flat_amount": 1000},
    ]
    for mode in ("graduated", "volume"):
        stepped = price(mode, None, tiers_mode=mode)
        lives.append(History(subscription(mode, "2026-01-26 10:00", [item(mode, stepped, 15)])))
        TIERED.append({**stepped, "tiers": tiers})
    unpriced = price("unpriced", None, tiers_mode="graduated")
    lives.append(
        History(subscription("unpriced", "2026-01-26 10:00", [item("unpriced", unpriced, 3)]))
    )

    # a discount of the customer; a discount that is only named
    lives.append(History(subscription("loyal", "2026-01-28 10:00", [item("loyal", large)])))
    lives.append(
        History(
            subscription("named", "2026-01-28 10:00", [item("named", large)], discounts=["di_gone"])
        )
    )
    return lives


TIERED: list[Object] = []


def build() -> dict[str, list[Object]]:
    """The account's objects by table."""
    TIERED.clear()
    lives = _histories()
    events = [event for life in lives for event in life.events]
    small = price("small", 2000)

    # known from exports alone: an item was added later, a trial is over, a request stands
    exported = subscription(
        "exported",
        "2026-01-08 10:00",
        [
            item("exported", small),
            item("exported", price("extra", 700), 1, 2, at("2026-03-03 10:00")),
        ],
        trial_start=at("2026-01-08 10:00"),
        trial_end=at("2026-01-22 10:00"),
        cancel_at_period_end=True,
        canceled_at=at("2026-05-02 10:00"),
        current_period_start=at("2026-05-22 10:00"),
    )
    exported["customer"] = {"id": "cus_exported", "object": "customer"}
    plan = {
        "id": "old",
        "object": "plan",
        "nickname": "Old Plan",
        "amount": 1500,
        "currency": "eur",
        "interval": "month",
        "interval_count": 1,
    }
    legacy = subscription("legacy", "2024-06-01 10:00", [], plan=plan, quantity=2)
    legacy["items"] = None
    alone = [exported, legacy]

    customers = [customer(life.now["customer"][4:], "2025-10-01 08:00") for life in lives]
    named = {one["id"]: one for one in customers}
    named["cus_test"]["livemode"] = False
    named["cus_loyal"]["discount"] = discount(
        "loyal", coupon("loyal", percent_off=10), "2026-03-10 10:00"
    )
    named["cus_asks"] |= {"metadata": {"crm": "C-1", "tier": "gold"}, "phone": "+33123456789"}
    customers += [customer("exported", metadata={"crm": "C-13"}), customer("legacy")]
    # the same person bought as somebody new
    twin = customer("twin", "2026-03-01 08:00", metadata={"crm": "C-13"}, email="other@example.com")
    customers.append(twin)
    customers += [customer("buyer"), {"id": "cus_stub", "object": "customer", "deleted": True}]
    gone = customer("gone", email="gone@example.com")
    moved = customer("mover", email="new@example.com")
    customers.append(moved)
    events += [
        {
            "id": "evt_gone",
            "object": "event",
            "type": "customer.created",
            "created": gone["created"],
            "data": {"object": gone},
            "livemode": True,
        },
        {
            "id": "evt_gone_2",
            "object": "event",
            "type": "customer.deleted",
            "created": at("2026-04-15 10:00"),
            "data": {"object": gone},
            "livemode": True,
        },
        {
            "id": "evt_mover",
            "object": "event",
            "type": "customer.created",
            "created": moved["created"],
            "data": {"object": {**moved, "email": "old@example.com"}},
            "livemode": True,
        },
        {
            "id": "evt_mover_2",
            "object": "event",
            "type": "customer.updated",
            "created": at("2026-03-09 10:00"),
            "data": {"object": moved, "previous_attributes": {"email": "old@example.com"}},
            "livemode": True,
        },
        {
            "id": "evt_twin",
            "object": "event",
            "type": "customer.updated",
            "created": at("2026-04-09 10:00"),
            "data": {"object": twin | {"email": "third@example.com"}, "previous_attributes": {}},
            "livemode": True,
        },
        {
            "id": "evt_other",
            "object": "event",
            "type": "invoice.paid",
            "created": at("2026-03-09 10:00"),
            "data": {"object": {"id": "in_x", "object": "invoice"}},
            "livemode": True,
        },
    ]

    invoices, charges, notes = [], [], []
    for month in range(1, 6):
        for of, total, tax in (("asks", 2400, 400), ("pauses", 6000, 1000), ("seats", 2000, 0)):
            name = f"{of}_{month}"
            when = f"2026-{month:02d}-25 10:00"
            invoices.append(invoice(name, of, total, tax, when))
            charges.append(charge(name, of, total, when, invoice=f"in_{name}"))
    # proration gives back more than it bills; drafts and voided ones are no documents
    invoices += [
        invoice("down", "grows", -1200, -200, "2026-03-16 10:00", charge=None),
        invoice("draft", "grows", 5000, 0, "2026-03-16 10:00", status="draft", charge=None),
        invoice("void", "grows", 5000, 0, "2026-03-17 10:00", status="void", charge=None),
        invoice(
            "open",
            "grows",
            6000,
            1000,
            "2026-04-17 10:00",
            status="open",
            amount_paid=0,
            charge=None,
        ),
        # the last minutes of March in UTC are April in Paris
        invoice("night", "dollars", 120_000, 0, "2026-03-31 22:30", currency="usd", charge=None),
        invoice("yen", "yen", 9900, 900, "2026-04-02 10:00", currency="jpy", charge=None),
        # newer versions: no subscription, tax and charge of its own
        invoice(
            "basil",
            "meters",
            4200,
            None,
            "2026-04-25 10:00",
            subscription=None,
            charge=None,
            parent={"subscription_details": {"subscription": "sub_meters"}},
            total_taxes=[{"amount": 700}],
        ),
        invoice(
            "listed",
            "meters",
            3600,
            None,
            "2026-05-25 10:00",
            subscription=None,
            charge=None,
            billing_reason="subscription_cycle",
            total_excluding_tax=3000,
        ),
        # sold by an invoice of its own, paid by a payment that the invoice names
        invoice(
            "desk",
            "buyer",
            12_000,
            2000,
            "2026-03-11 10:00",
            subscription=None,
            billing_reason="manual",
            charge=None,
            payments={
                "data": [{"payment": {"type": "payment_intent", "payment_intent": "pi_desk"}}]
            },
        ),
    ]
    charges += [
        charge("basil", "meters", 4200, "2026-04-25 10:01"),  # looks like its invoice
        charge("listed", "meters", 3600, "2026-05-25 10:01"),  # linked by invoice_payments
        charge("desk", "buyer", 12_000, "2026-03-11 10:05"),
        charge("mug", "buyer", 4990, "2026-02-11 10:05", metadata={"call": "K-7"}),
        charge("returned", "buyer", 8000, "2026-03-13 10:05", amount_refunded=8000),
        charge("twin", "twin", 1500, "2026-03-14 10:05"),
        charge("yen_mug", "yen", 5000, "2026-03-15 10:05", currency="jpy"),
        charge("failed", "buyer", 4990, "2026-03-16 10:05", status="failed"),
        charge("held", "buyer", 4990, "2026-03-16 11:05", captured=False),
        charge("guest", None, 2500, "2026-03-17 10:05"),
        charge("tested", "test", 2500, "2026-03-17 10:05", livemode=False),
    ]
    intents = [
        {
            "id": "pi_mug",
            "object": "payment_intent",
            "customer": "cus_buyer",
            "amount_received": 4990,
            "currency": "eur",
            "status": "succeeded",
            "created": at("2026-02-11 10:04"),
            "livemode": True,
        },
        {
            "id": "pi_alone",
            "object": "payment_intent",
            "customer": "cus_loyal",
            "amount_received": 3000,
            "currency": "eur",
            "status": "succeeded",
            "created": at("2026-04-11 10:04"),
            "livemode": True,
        },
        {
            "id": "pi_canceled",
            "object": "payment_intent",
            "customer": "cus_loyal",
            "amount_received": 0,
            "currency": "eur",
            "status": "canceled",
            "created": at("2026-04-11 10:04"),
            "livemode": True,
        },
    ]
    refunds = [
        refund("desk", "desk", 3000, "2026-03-20 10:00"),
        refund("returned_1", "returned", 5000, "2026-03-18 10:00"),
        refund("returned_2", "returned", 3000, "2026-03-19 10:00"),
        refund("bounced", "mug", 4990, "2026-03-19 10:00", status="failed"),
        refund("asks", "asks_3", 2400, "2026-03-28 10:00"),
        refund("seats", "seats_4", 500, "2026-04-28 10:00"),  # without a credit note
    ]
    notes += [
        credit_note("asks", "asks", "asks_3", 2400, 400, "2026-03-28 10:00"),
        credit_note(
            "taken_back", "pauses", "pauses_4", 600, 100, "2026-04-28 10:00", status="void"
        ),
    ]
    return {
        "customers": customers,
        "subscriptions": alone,
        "lives": [life.now for life in lives],
        "events": events,
        "prices": TIERED[:],
        "coupons": [coupon("quarter_off", percent_off=25)],
        "invoices": invoices,
        "invoice_payments": [
            {
                "id": "inpay_1",
                "object": "invoice_payment",
                "invoice": "in_listed",
                "payment": {"type": "charge", "charge": "ch_listed"},
            }
        ],
        "charges": charges,
        "payment_intents": intents,
        "refunds": refunds,
        "credit_notes": notes,
    }


def write_native(folder: Path, world: dict[str, list[Object]] | None = None) -> None:
    """As the API gives it: pages of lists, lines, and webhooks that came late and twice."""
    world = world or build()
    folder.mkdir(parents=True, exist_ok=True)
    for table in ("customers", "subscriptions", "invoices", "charges"):
        page = {"object": "list", "url": f"/v1/{table}", "has_more": False, "data": world[table]}
        (folder / f"{table}.json").write_text(json.dumps(page, indent=1), encoding="utf-8")
    for table in (
        "prices",
        "coupons",
        "invoice_payments",
        "payment_intents",
        "refunds",
        "credit_notes",
    ):
        _lines(folder / f"{table}.jsonl", world[table])
    ordered = sorted(world["events"], key=lambda event: event["id"])
    half = len(ordered) // 2
    _lines(folder / "webhooks" / "events_2.jsonl", [*ordered[:half], *ordered[:5]])
    _lines(folder / "webhooks" / "events_1.jsonl", [*ordered[half:], ordered[half]])


def lines(objects: Iterable[Object]) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def _lines(path: Path, objects: Iterable[Object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines(objects), encoding="utf-8")


def _instant(epoch: int | None) -> str | None:
    return None if epoch is None else f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M:%S}"


def write_csv(path: Path, rows: list[Object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)


def _subscription_row(one: Object) -> Object:
    instants = (
        "created",
        "start_date",
        "current_period_start",
        "trial_start",
        "trial_end",
        "cancel_at",
        "canceled_at",
        "ended_at",
    )
    return {
        "id": one["id"],
        "customer_id": one["customer"],
        "status": one["status"],
        "cancel_at_period_end": one["cancel_at_period_end"],
        "pause_collection_behavior": (one["pause_collection"] or {}).get("behavior"),
        "pause_collection_resumes_at": _instant((one["pause_collection"] or {}).get("resumes_at")),
        "livemode": one["livemode"],
        **{key: _instant(one[key]) for key in instants},
    }


def flat(world: dict[str, list[Object]]) -> dict[str, list[Object]]:
    """The tables that a warehouse makes of the objects, in what both loaders agree on."""
    lives = world["lives"]
    items = [(one, part) for one in lives for part in one["items"]["data"]]
    prices = {part["price"]["id"]: part["price"] for _, part in items}
    return {
        "customer": [
            {
                "id": one["id"],
                "created": _instant(one["created"]),
                "email": one["email"],
                "phone": one["phone"],
                "address_country": one["address"]["country"],
                "livemode": one["livemode"],
            }
            for one in world["customers"]
            if "created" in one
        ],
        "subscription": [_subscription_row(one) for one in lives],
        "subscription_item": [
            {
                "id": part["id"],
                "subscription_id": one["id"],
                "created": _instant(part["created"]),
                "price_id": part["price"]["id"],
                "quantity": part["quantity"],
            }
            for one, part in items
        ],
        "price": [
            {
                "id": one["id"],
                "currency": one["currency"],
                "unit_amount": one["unit_amount"],
                "recurring_interval": one["recurring"]["interval"],
                "recurring_interval_count": one["recurring"]["interval_count"],
                "recurring_usage_type": one["recurring"]["usage_type"],
                "nickname": one["nickname"],
                "product_id": one["product"],
                "tax_behavior": one.get("tax_behavior"),
                "tiers_mode": one.get("tiers_mode"),
            }
            for one in prices.values()
        ],
        "coupon": [
            {
                "id": one["id"],
                "percent_off": one.get("percent_off"),
                "amount_off": one.get("amount_off"),
                "currency": one.get("currency"),
                "duration": one["duration"],
            }
            for one in world["coupons"]
        ],
        "invoice": [
            {
                "id": one["id"],
                "customer_id": one["customer"],
                "status": one["status"],
                "currency": one["currency"],
                "total": one["total"],
                "tax": one["tax"],
                "amount_paid": one["amount_paid"],
                "billing_reason": one["billing_reason"],
                "subscription_id": one["subscription"],
                "created": _instant(one["created"]),
                "status_transitions_finalized_at": _instant(
                    one["status_transitions"]["finalized_at"]
                ),
                "charge_id": one["charge"],
            }
            for one in world["invoices"]
        ],
        "charge": [
            {
                "id": one["id"],
                "amount": one["amount"],
                "amount_refunded": one["amount_refunded"],
                "captured": one["captured"],
                "currency": one["currency"],
                "customer_id": one["customer"],
                "invoice_id": one["invoice"],
                "payment_intent_id": one["payment_intent"],
                "status": one["status"],
                "created": _instant(one["created"]),
                "livemode": one["livemode"],
            }
            for one in world["charges"]
        ],
        "refund": [
            {
                "id": one["id"],
                "amount": one["amount"],
                "charge_id": one["charge"],
                "status": one["status"],
                "created": _instant(one["created"]),
            }
            for one in world["refunds"]
        ],
        "credit_note": [
            {
                "id": one["id"],
                "invoice_id": one["invoice"],
                "status": one["status"],
                "currency": one["currency"],
                "total": one["total"],
                "created": _instant(one["created"]),
            }
            for one in world["credit_notes"]
        ],
    }


def write_sigma(folder: Path, world: dict[str, list[Object]] | None = None) -> None:
    """As queries of Sigma save it: plural tables, metadata and discounts apart."""
    world = world or build()
    for table, rows in flat(world).items():
        write_csv(folder / f"{table}s.csv", rows)
    write_csv(
        folder / "customers_metadata.csv",
        [
            {"customer_id": one["id"], "key": key, "value": value}
            for one in world["customers"]
            for key, value in one.get("metadata", {}).items()
        ],
    )
    write_csv(
        folder / "price_tiers.csv",
        [
            {
                "price_id": one["id"],
                "upto": tier["up_to"],
                "amount": tier["unit_amount"],
                "flat_amount": tier["flat_amount"],
            }
            for one in world["prices"]
            for tier in one["tiers"]
        ],
    )
    write_csv(
        folder / "discounts.csv",
        [
            {
                "id": one["discount"]["id"],
                "coupon_id": one["discount"]["coupon"]["id"],
                "subscription_id": one["id"],
                "customer_id": one["customer"],
                "start": _instant(one["discount"]["start"]),
                "end": None,
            }
            for one in world["lives"]
            if one["discount"]
        ],
    )


def write_fivetran(folder: Path, world: dict[str, list[Object]] | None = None) -> None:
    """As Fivetran lands it: a row per version of a subscription, the items of today."""
    world = world or build()
    synced = {"_fivetran_synced": "2026-06-01 03:00:00"}
    for table, rows in flat(world).items():
        if table != "subscription":
            write_csv(
                folder / f"{table}.csv",
                [
                    {
                        ("plan_id" if key == "price_id" else key): value
                        for key, value in (row | synced).items()
                    }
                    for row in rows
                ],
            )
    told = [event for event in world["events"] if event["type"].startswith("customer.subscription")]
    write_csv(
        folder / "subscription_history.csv",
        [
            {
                **_subscription_row(event["data"]["object"]),
                **synced,
                "_fivetran_start": _instant(event["created"]),
                "cancellation_details_reason": event["data"]["object"]["cancellation_details"][
                    "reason"
                ],
                "cancellation_details_feedback": event["data"]["object"]["cancellation_details"][
                    "feedback"
                ],
            }
            for event in told
        ],
    )
    write_csv(
        folder / "subscription_discount.csv",
        [
            {
                "id": one["discount"]["id"],
                "coupon_id": one["discount"]["coupon"]["id"],
                "subscription_id": one["id"],
                "start": _instant(one["discount"]["start"]),
                "end": None,
                **synced,
            }
            for one in world["lives"]
            if one["discount"]
        ],
    )
    write_csv(
        folder / "tier.csv",
        [
            {
                "price_id": one["id"],
                "up_to": tier["up_to"],
                "unit_amount": tier["unit_amount"],
                "flat_amount": tier["flat_amount"],
                **synced,
            }
            for one in world["prices"]
            for tier in one["tiers"]
        ],
    )
