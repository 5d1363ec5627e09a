"""What a Stripe account comes to, worked out object by object from the raw files alone.

It reads the API's objects with the standard library and replays each subscription; nothing of the
connector is used. Slow, and meant to be read.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Object = dict[str, Any]
Row = dict[str, Any]

PARIS = ZoneInfo("Europe/Paris")
UNITS = {"jpy": 1, "kwd": 1000}
# (interval, count) → (interval of the contract, its amounts in one of Stripe's)
INTERVALS = {
    ("month", 1): ("month", 1),
    ("month", 3): ("quarter", 1),
    ("month", 5): ("month", 5),
    ("month", 6): ("quarter", 2),
    ("year", 1): ("year", 1),
    ("year", 2): ("year", 2),
    ("week", 2): ("week", 2),
    ("day", 10): ("week", Fraction(10, 7)),
}
PER_MONTH = {
    "week": Fraction(52, 12),
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}


class Account:
    """All objects of a folder by kind; events once, in order of their instants."""

    def __init__(self, folder: Path, customer_key: str = "") -> None:
        self.objects: dict[str, list[Object]] = defaultdict(list)
        for path in sorted(folder.rglob("*.json*")):
            for one in _read(path):
                self.objects[one["object"]].append(one)
        events = {one["id"]: one for one in self.objects["event"]}
        self.events = sorted(events.values(), key=lambda one: (one["created"], one["id"]))
        self.coupons = {one["id"]: one for one in self.objects["coupon"]}
        self.tiers = {one["id"]: one["tiers"] for one in self.objects["price"]}
        self.customer_key = customer_key

    def customer_id(self, stripe_id: str) -> str:
        for one in self.objects["customer"]:
            if one["id"] == stripe_id and self.customer_key in one.get("metadata", {}):
                return one["metadata"][self.customer_key]
        return stripe_id

    def subscriptions(self) -> dict[str, list[tuple[int, Object]]]:
        """The states of each subscription, from its start on."""
        told: dict[str, list[Object]] = defaultdict(list)
        for event in self.events:
            if event["data"]["object"]["object"] == "subscription":
                told[event["data"]["object"]["id"]].append(event)
        states = {}
        for name, events in told.items():
            first = events[0]
            states[name] = [(one["created"], one["data"]["object"]) for one in events]
            if not first["type"].endswith("created"):
                before = first["data"]["object"] | first["data"]["previous_attributes"]
                states[name].insert(0, (before["start_date"], before))
        for one in self.objects["subscription"]:
            if one["id"] not in told:
                states[one["id"]] = [(one["start_date"], one)]
        return {
            name: [(when, one) for when, one in found if not one["status"].startswith("incomplete")]
            for name, found in states.items()
            if found[0][1]["livemode"]
        }


def _read(path: Path) -> Iterator[Object]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        yield from (json.loads(line) for line in text.splitlines())
    else:
        yield from json.loads(text)["data"]


def _money(amount: Fraction, currency: str) -> Fraction:
    return Fraction(round(amount / UNITS.get(currency, 100) * 10_000), 10_000)


def _item_price(item: Object, tiers: dict[str, list[Object]]) -> Fraction | None:
    price, count = item.get("price") or item["plan"], Fraction(item["quantity"])
    recurring = price.get("recurring") or price
    if recurring.get("usage_type") == "metered":
        return Fraction(0)
    amount = price.get("unit_amount", price.get("amount"))
    if amount is not None:
        return amount * count
    if price["id"] not in tiers:
        return None
    total, below = Fraction(0), 0
    for tier in tiers[price["id"]]:
        top = tier["up_to"] or count
        if price["tiers_mode"] == "volume":
            if count <= top:
                return tier["unit_amount"] * count + (tier["flat_amount"] or 0)
        elif count > below:
            total += tier["unit_amount"] * (min(count, top) - below) + (tier["flat_amount"] or 0)
            below = top
    return total


def _terms(account: Account, state: Object, when: int, is_replayed: bool) -> Row | None:
    """Plan, amount, interval, currency and status at an instant; None: a price is not known."""
    items = (state["items"] or {}).get("data") or [
        {"plan": state["plan"], "quantity": state["quantity"], "created": state["created"]}
    ]
    items = [one for one in items if one["created"] <= when]
    prices = [one.get("price") or one["plan"] for one in items]
    amounts = [_item_price(one, account.tiers) for one in items]
    if None in amounts:
        return None
    total = sum(amounts, Fraction(0))
    currency = prices[0]["currency"]
    own = [
        one for one in state.get("discounts") or [state.get("discount")] if isinstance(one, dict)
    ]
    if not own:
        holder = (
            state["customer"]["id"] if isinstance(state["customer"], dict) else state["customer"]
        )
        customers = [one for one in account.objects["customer"] if one["id"] == holder]
        own = [one["discount"] for one in customers if one.get("discount")]
    for given in own:
        coupon = given["coupon"]
        if coupon["duration"] == "forever" and given["start"] <= when:
            if coupon.get("percent_off"):
                total *= 1 - Fraction(coupon["percent_off"]) / 100
            else:
                total -= coupon["amount_off"]
    included = sum(
        one["percentage"] for one in state.get("default_tax_rates", []) if one["inclusive"]
    )
    total /= 1 + Fraction(included) / 100
    recurring = prices[0].get("recurring") or prices[0]
    interval, parts = INTERVALS[recurring["interval"], recurring["interval_count"]]
    status = state["status"]
    if (state["trial_end"] and when < state["trial_end"]) or status == "paused":
        status = "trialing"
    elif status == "canceled" or (not is_replayed and status != "trialing"):
        status = "active"
    return {
        "plan": " + ".join(sorted(one["nickname"] for one in prices)),
        "amount": _money(total / parts, currency),
        "billing_interval": interval,
        "currency": currency.upper(),
        "status": status,
    }


def subscription_rows(account: Account) -> list[Row]:
    """Every event of every subscription, in order."""
    rows = []
    for name, states in account.subscriptions().items():
        if states:
            rows += _life(account, name, states)
    return sorted(
        rows, key=lambda row: (row["subscription_id"], row["effective_at"], row["event_type"])
    )


def _life(account: Account, name: str, states: list[tuple[int, Object]]) -> Iterator[Row]:
    last = states[-1][1]
    over = last["ended_at"]
    holder = last["customer"]["id"] if isinstance(last["customer"], dict) else last["customer"]
    is_replayed = len(states) > 1 or name not in {
        one["id"] for one in account.objects["subscription"]
    }

    def row(kind: str, when: int, **values: Any) -> Row:
        return {
            "subscription_id": name,
            "customer_id": account.customer_id(holder),
            "event_type": kind,
            "effective_at": datetime.fromtimestamp(when, UTC),
        } | values

    instants = {when for when, _ in states}
    for _, state in states:
        if state["trial_end"] and state["status"] != "trialing":
            instants.add(state["trial_end"])
        for one in (state["items"] or {}).get("data", []):
            instants.add(one["created"])
        for one in [*(state.get("discounts") or []), state.get("discount")]:
            if isinstance(one, dict):
                instants.add(one["start"])
    for one in account.objects["customer"]:
        if one["id"] == holder and one.get("discount"):
            instants.add(one["discount"]["start"])
    before = None
    for when in sorted(instants):
        if over is not None and when >= over:
            continue
        state = [state for since, state in states if since <= when][-1]
        terms = _terms(account, state, when, is_replayed)
        if terms is None:
            return
        if terms != before:
            yield row("changed" if before else "started", when, **terms)
        before = terms

    paused = leaving = False
    resumes_at = None
    for when, state in states:
        is_paused = state["pause_collection"] is not None or state["status"] == "paused"
        if is_paused != paused and (over is None or when < over):
            since = min(when, state["trial_end"] or when) if state["status"] == "paused" else when
            if not is_paused:
                since = min(when, resumes_at or when)
            yield row("paused" if is_paused else "resumed", since)
        paused = is_paused
        resumes_at = (state["pause_collection"] or {}).get("resumes_at")
        details = state["cancellation_details"]
        wants = state["cancel_at_period_end"] or (
            state["status"] == "canceled" and details["reason"] == "cancellation_requested"
        )
        wants = wants or state["cancel_at"] is not None
        # what was agreed with the start is no request
        wants = wants and not (
            state["canceled_at"] and state["canceled_at"] <= state["start_date"] + 60
        )
        if wants and not leaving:
            reasons = [
                one["cancellation_details"]["feedback"]
                for _, one in states
                if one["canceled_at"] == state["canceled_at"]
            ]
            yield row(
                "cancel_requested", state["canceled_at"], reason=next(filter(None, reasons), None)
            )
        elif leaving and not wants:
            yield row("cancel_withdrawn", when)
        leaving = wants
    if over is not None:
        yield row("ended", over, reason=details["feedback"] or details["reason"])


def documents(account: Account) -> list[Row]:
    """Invoices and credit notes that were issued and stand."""
    rows = []
    for one in account.objects["invoice"]:
        if one["status"] in ("open", "paid", "uncollectible"):
            taxes = one["tax"] or sum(part["amount"] for part in one.get("total_taxes", []))
            net = one.get("total_excluding_tax") or one["total"] - taxes
            rows.append(
                (
                    one,
                    "credit_note" if net < 0 else "invoice",
                    one["status_transitions"]["finalized_at"],
                    abs(net),
                )
            )
    for one in account.objects["credit_note"]:
        if one["status"] == "issued":
            rows.append(
                (
                    one,
                    "credit_note",
                    one["created"],
                    one["total"] - sum(part["amount"] for part in one["tax_amounts"]),
                )
            )
    return sorted(
        (
            {
                "document_id": one["id"],
                "customer_id": account.customer_id(one["customer"]),
                "document_type": kind,
                "issued_on": datetime.fromtimestamp(when, PARIS).date(),
                "net_amount": _money(Fraction(net), one["currency"]),
                "currency": one["currency"].upper(),
                "is_paid": one["status"] == "paid" if kind == "invoice" else None,
            }
            for one, kind, when, net in rows
        ),
        key=lambda row: row["document_id"],
    )


def orders(account: Account) -> list[Row]:
    """What was sold outside of subscriptions."""
    invoices = {one["id"]: one for one in account.objects["invoice"]}
    paid_by: dict[str, str] = {}
    for one in invoices.values():
        for part in (one.get("payments") or {}).get("data", []):
            paid_by[part["payment"]["payment_intent"]] = one["id"]
    for one in account.objects["invoice_payment"]:
        paid_by[one["payment"]["charge"]] = one["invoice"]
    refunds: dict[str, list[Object]] = defaultdict(list)
    for one in account.objects["refund"]:
        if one["status"] == "succeeded":
            refunds[one["charge"]].append(one)
    sales = [
        one
        for one in account.objects["charge"]
        if one["status"] == "succeeded" and one["captured"] and one["customer"] and one["livemode"]
    ]
    known = {one["payment_intent"] for one in sales}
    sales += [
        one | {"payment_intent": one["id"], "amount": one["amount_received"]}
        for one in account.objects["payment_intent"]
        if one["status"] == "succeeded" and one["id"] not in known
    ]
    rows = []
    for one in sales:
        invoice = invoices.get(
            one.get("invoice") or paid_by.get(one["id"]) or paid_by.get(one["payment_intent"])
        )
        if invoice and invoice["billing_reason"] != "manual":
            continue
        if invoice is None and any(
            other["customer"] == one["customer"]
            and other["amount_paid"] == one["amount"]
            and abs(other["created"] - one["created"]) < 86_400
            for other in invoices.values()
        ):
            continue
        share = Fraction(invoice["total"] - invoice["tax"], invoice["total"]) if invoice else 1
        back = refunds.get(one["id"], [])
        rows.append(
            {
                "order_id": one["payment_intent"],
                "customer_id": account.customer_id(one["customer"]),
                "ordered_at": datetime.fromtimestamp(one["created"], UTC),
                "net_amount": _money(one["amount"] * share, one["currency"]),
                "currency": one["currency"].upper(),
                "status": "refunded" if back else "paid",
                "refunded_amount": _money(
                    sum(part["amount"] for part in back) * share, one["currency"]
                )
                if back
                else None,
                "refunded_at": datetime.fromtimestamp(max(part["created"] for part in back), UTC)
                if back
                else None,
            }
        )
    return sorted(rows, key=lambda row: row["order_id"])


def month_starts(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        year, month = found[-1].year, found[-1].month
        found.append(date(year + month // 12, month % 12 + 1, 1))
    return found


def _snapshot(rows: list[Row], day: date) -> dict[str, dict[str, tuple[str, Fraction, bool]]]:
    """customer → subscription → (currency, monthly amount, is paused), just before a midnight."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    held: dict[str, Row] = {}
    paused: dict[str, bool] = {}
    for row in sorted(rows, key=lambda row: row["effective_at"]):
        if row["effective_at"] >= midnight:
            continue
        name, kind = row["subscription_id"], row["event_type"]
        if kind in ("started", "changed"):
            held[name] = row
        elif kind == "ended":
            held.pop(name, None)
        elif kind in ("paused", "resumed"):
            paused[name] = kind == "paused"
    found: dict[str, dict[str, tuple[str, Fraction, bool]]] = defaultdict(dict)
    for name, row in held.items():
        if row["status"] in ("active", "past_due") and row["amount"]:
            monthly = row["amount"] * PER_MONTH[row["billing_interval"]]
            found[row["customer_id"]][name] = row["currency"], monthly, paused.get(name, False)
    return found


def churn(rows: list[Row], month: date, after: date) -> dict[str, tuple[Fraction, Fraction]]:
    """Numerator and denominator of the churn of customers and of revenue in EUR."""
    opening, closing = _snapshot(rows, month), _snapshot(rows, after)
    lost = sum(customer not in closing for customer in opening)

    def revenue(
        snapshot: dict[str, dict[str, tuple[str, Fraction, bool]]], customer: str
    ) -> Fraction:
        parts = snapshot.get(customer, {}).values()
        return sum((part[1] for part in parts if part[0] == "EUR" and not part[2]), Fraction(0))

    losses = Fraction(0)
    for customer, before in opening.items():
        moved = revenue(opening, customer) - revenue(closing, customer)
        laid_aside = sum(
            (
                part[1]
                for name, part in before.items()
                if part[0] == "EUR"
                and not part[2]
                and closing.get(customer, {}).get(name, ("", 0, False))[2]
            ),
            Fraction(0),
        )
        losses += max(moved - laid_aside, Fraction(0))
    start = sum((revenue(opening, customer) for customer in opening), Fraction(0))
    return {
        "logo_churn_rate": (Fraction(lost), Fraction(len(opening))),
        "gross_mrr_churn_rate": (losses, start),
    }
