"""A Stripe account from its raw files: landing rows and published figures against the oracle."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.connectors.stripe import oracle, world
from tests.connectors.world import Landing
from tests.published import publish
from tests.real_data.pipeline import kpi

MAY = date(2026, 5, 1)
OPTIONS = """\
options:
  customer_metadata_key: crm
  segment_metadata_key: tier
  contact_metadata_key: call
"""


def dictionaries(landing: Landing, table: str, columns: str) -> list[dict[str, Any]]:
    """Accepted rows that stand, amounts as fractions."""
    names = columns.split(", ")
    return [
        {
            name: Fraction(value) if name.endswith("amount") and value is not None else value
            for name, value in zip(names, row, strict=True)
        }
        for row in landing.rows(table, columns)
    ]


@pytest.fixture(scope="module")
def account(
    tmp_path_factory: pytest.TempPathFactory, contract: Any
) -> tuple[Landing, oracle.Account]:
    """The account's native files, accepted."""
    landing = Landing(tmp_path_factory.mktemp("stripe"), contract, "stripe")
    world.write_native(landing.inbox)
    say(landing, OPTIONS)
    report = landing.accept()
    assert not report.refused
    assert {record.quarantined for record in report.batches} == {0}
    return landing, oracle.Account(landing.inbox, "crm")


def say(landing: Landing, options: str) -> None:
    folder = landing.paths.connectors / landing.vendor
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "options.yml").write_text(options, encoding="utf-8")


def test_lives_of_subscriptions_are_those_of_their_objects(account: Any) -> None:
    landing, raw = account
    columns = (
        "subscription_id, customer_id, event_type, effective_at, plan, amount,"
        " billing_interval, currency, status, reason"
    )
    found = dictionaries(landing, "billing.subscription_events", columns)
    expected = oracle.subscription_rows(raw)
    assert len(expected) > 40
    key = ("subscription_id", "effective_at", "event_type")
    assert sorted(found, key=lambda row: [row[one] for one in key]) == [
        {
            name: (row.get("plan") or "").lower() or None if name == "plan" else row.get(name)
            for name in columns.split(", ")
        }
        for row in expected
    ]


def test_documents_are_before_tax_of_the_day_in_paris_and_stand(account: Any) -> None:
    landing, raw = account
    columns = "document_id, customer_id, document_type, issued_on, net_amount, currency, is_paid"
    found = [
        row
        for row in dictionaries(landing, "billing.documents", f"{columns}, is_deleted")
        if not row.pop("is_deleted")
    ]
    assert sorted(found, key=lambda row: row["document_id"]) == oracle.documents(raw)


def test_orders_are_what_no_subscription_bills(account: Any) -> None:
    landing, raw = account
    columns = (
        "order_id, customer_id, ordered_at, net_amount, currency, status, refunded_amount,"
        " refunded_at"
    )
    found = dictionaries(landing, "billing.orders", columns)
    assert sorted(found, key=lambda row: row["order_id"]) == oracle.orders(raw)
    assert dict(landing.rows("billing.orders", "order_id, contact_id"))["pi_mug"] == "K-7"


def test_customers_have_the_number_of_their_metadata_and_all_their_addresses(account: Any) -> None:
    landing, _ = account
    rows = landing.rows("billing.customers", "customer_id, segment, updated_at, closed_at, email")
    by_id: dict[str, list[Any]] = {}
    for customer_id, *rest in rows:
        by_id.setdefault(customer_id, []).append(rest)
    assert "cus_asks" not in by_id and "cus_test" not in by_id and "cus_stub" not in by_id
    assert by_id["C-1"][0][0] == "gold"
    # a twin under the same number is the same customer
    assert len(by_id["C-13"]) == 1
    # another address of mail is another version, from the event that brought it
    assert sorted(f"{one[1]:%m-%d}" for one in by_id["cus_mover"]) == ["01-01", "03-09"]
    ((_, _, closed, _),) = [one for one in by_id["cus_gone"] if one[2]]
    assert f"{closed:%Y-%m-%d}" == "2026-04-15"
    refs = landing.rows("billing.customer_refs", "ref_type, customer_id, ref_value")
    assert ("customer_id", "C-13", "cus_twin") in refs
    assert sum(kind == "email" and one == "cus_mover" for kind, one, _ in refs) == 2
    assert sum(kind == "phone" for kind, _, _ in refs) == 1


def test_what_is_odd_becomes_findings(account: Any) -> None:
    landing, _ = account
    assert landing.notes() == {
        ("known_from_one_export", None): 2,
        ("amounts_not_known", None): 1,
        ("coupons_not_known", None): 1,
        ("payments_of_nobody", None): 1,
        ("payments_that_look_invoiced", None): 1,
        ("payments_with_tax", None): 6,
        ("refunds_without_credit_note", None): 1,
        ("deleted_customers_unknown", None): 1,
    }


def test_the_same_files_again_hand_nothing_over(account: Any) -> None:
    landing, _ = account
    before = len(landing.rows("billing.subscription_events"))
    world.write_native(landing.inbox)
    done = landing.convert()
    assert {mapped.new_rows for mapped in done.mapped} == {0}
    assert len(landing.rows("billing.subscription_events")) == before


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The account alone through `pilotage run`, with nothing said."""
    data_dir = tmp_path_factory.mktemp("stripe_edition")
    world.write_native(data_dir / "landing" / "inbox" / "stripe")
    with duckdb.connect(str(publish(data_dir, "--as-of", "2026-06-15")), read_only=True) as con:
        yield con


@pytest.mark.builds(1)
def test_published_churn_is_that_of_the_objects(edition: Any, tmp_path: Path) -> None:
    world.write_native(tmp_path)
    rows = oracle.subscription_rows(oracle.Account(tmp_path))
    months = oracle.month_starts(date(2026, 1, 1), date(2026, 6, 1))
    compared = 0
    for month, after in itertools.pairwise(months):
        for name, (numerator, denominator) in oracle.churn(rows, month, after).items():
            value = kpi(edition, name, "month", str(month))
            assert (value.numerator, value.denominator) == pytest.approx(
                (float(numerator), float(denominator))
            ), (name, month)
            compared += numerator > 0
    assert compared >= 4


@pytest.mark.builds(1)
def test_published_revenue_and_baskets_are_those_of_the_objects(
    edition: Any, tmp_path: Path
) -> None:
    world.write_native(tmp_path)
    raw = oracle.Account(tmp_path)
    for month in oracle.month_starts(date(2026, 2, 1), MAY):
        revenue = sum(
            row["net_amount"] * (1 if row["document_type"] == "invoice" else -1)
            for row in oracle.documents(raw)
            if row["currency"] == "EUR" and row["issued_on"].replace(day=1) == month
        )
        assert kpi(edition, "arpu_eur", "month", str(month)).numerator == float(revenue)
        sold = [
            row for row in oracle.orders(raw) if row["ordered_at"].date().replace(day=1) == month
        ]
        if not sold:
            continue
        in_euros = [row["net_amount"] for row in sold if row["currency"] == "EUR"]
        basket = kpi(edition, "aov_eur", "month", str(month))
        assert (basket.numerator, basket.denominator) == (float(sum(in_euros)), len(in_euros))
        refunds = kpi(edition, "refund_rate", "month", str(month))
        given_back = sum(row["status"] == "refunded" for row in sold)
        assert (refunds.numerator, refunds.denominator) == (given_back, len(sold))


@pytest.mark.builds(1)
def test_amounts_without_a_rate_are_findings_of_the_product(edition: Any) -> None:
    found = edition.execute("""
        select detail from kpis.findings
        where finding = 'amounts_without_rate' and table_name = 'subscription_events'
    """).fetchall()
    assert {row[0] for row in found} == {"ISK", "JPY", "KWD", "USD"}


def lives(landing: Landing) -> set[tuple[Any, ...]]:
    return set(
        landing.rows(
            "billing.subscription_events",
            "subscription_id, event_type, effective_at, amount, billing_interval, status",
        )
    )


@pytest.mark.parametrize("layout", ["sigma", "fivetran"])
def test_other_layouts_say_of_a_subscription_what_they_can(
    land: Callable[[str], Landing], account: Any, layout: str
) -> None:
    """Terms that never changed are the same; a loader's history has pauses and requests, too."""
    landing = land("stripe")
    getattr(world, f"write_{layout}")(landing.inbox)
    assert not landing.accept().refused
    native = lives(account[0])
    steady = {
        "dollars",
        "yen",
        "dinars",
        "kronur",
        "halves",
        "days",
        "fifths",
        "two_years",
        "meters",
        "graduated",
        "volume",
    }

    def of(rows: set[tuple[Any, ...]], names: set[str]) -> set[tuple[Any, ...]]:
        return {row for row in rows if row[0].removeprefix("sub_") in names}

    assert of(lives(landing), steady) == of(native, steady)
    # nobody is there whom the objects do not have, and test mode is left out
    assert {row[0] for row in lives(landing)} <= {row[0] for row in native}
    if layout == "fivetran":
        told = {"asks", "fails", "leaves", "pauses", "card"}
        assert of(lives(landing), told) == of(native, told)
    documents = set(landing.rows("billing.documents", "document_id, net_amount"))
    assert ("in_yen", 9000) in documents and ("in_down", 10) in documents
    # a credit note without its VAT has that of its invoice
    assert ("cn_asks", 20) in documents


def test_a_later_export_changes_terms_from_its_own_day(land: Callable[[str], Landing]) -> None:
    landing = land("stripe")
    small = world.price("small", 2000)
    first = world.subscription("x", "2026-01-05 10:00", [world.item("x", small)])
    others = [
        world.subscription(f"o{day}", f"2026-0{day}-01 10:00", [world.item("o", small)])
        for day in (2, 3)
    ]
    landing.drop("subscriptions_1.jsonl", world.lines([first, others[0]]))
    landing.accept()
    second = first | {
        "items": {"object": "list", "data": [world.item("x", small, 2, created=first["created"])]}
    }
    landing.drop("subscriptions_2.jsonl", world.lines([second, *others]))
    landing.accept()
    rows = [row for row in lives(landing) if row[0] == "sub_x"]
    assert sorted((row[1], f"{row[2]:%m-%d}", row[3]) for row in rows) == [
        ("changed", "03-01", 40),
        ("started", "01-05", 20),
    ]


def test_an_export_may_show_what_a_later_event_told(land: Callable[[str], Landing]) -> None:
    """An export is at least as old as its newest instant: what the event says of its own stands."""
    landing = land("stripe")
    small = world.price("small", 2000)
    life = world.History(world.subscription("x", "2026-01-05 10:00", [world.item("x", small)]))
    two = world.item("x", small, 2, created=world.at("2026-01-05 10:00"))
    life.change("2026-03-09 10:00", items={"object": "list", "data": [two]})
    other = world.subscription("o", "2026-02-01 10:00", [world.item("o", small)])
    landing.drop("subscriptions.jsonl", world.lines([life.now, other]))
    landing.drop("events.jsonl", world.lines(life.events))
    landing.accept()
    rows = [row for row in lives(landing) if row[0] == "sub_x"]
    assert sorted((row[1], f"{row[2]:%m-%d}", row[3]) for row in rows) == [
        ("changed", "03-09", 40),
        ("started", "01-05", 20),
    ]


def told(kind: str, when: str, thing: dict[str, Any]) -> dict[str, Any]:
    """An event of what a thing was at that instant."""
    return {
        **{"id": f"evt_{thing['id']}_{kind}", "object": "event", "type": kind, "livemode": True},
        **{"created": world.at(when), "data": {"object": thing}},
    }


def test_events_tell_of_documents_what_no_export_shows_any_more(
    land: Callable[[str], Landing],
) -> None:
    """An invoice is voided, another credited and the note voided, long after they were exported."""
    landing = land("stripe")
    late, paid, other = (
        world.invoice(name, "x", 1200, 200, "2026-01-10 10:00", status="open")
        for name in ("late", "paid", "other")
    )
    for one in (late, paid, other):
        one["status_transitions"]["paid_at"] = None
    note = {
        **{"id": "cn_1", "object": "credit_note", "customer": "cus_x", "invoice": "in_other"},
        **{"status": "issued", "currency": "eur", "total": 600, "total_excluding_tax": 500},
        "created": world.at("2026-05-02 10:00"),
    }
    landing.drop("invoices.jsonl", world.lines([late, paid, other]))
    draft = {key: value for key, value in paid.items() if key != "status_transitions"}
    done = {"finalized_at": world.at("2026-01-10 10:00"), "paid_at": world.at("2026-05-01 10:00")}
    events = [
        # newest first, as the vendor lists them; those of one second in the order of a life
        told("credit_note.created", "2026-05-02 10:00", note),
        told("invoice.paid", "2026-05-01 10:00", paid | {"status": "paid", "total": 1500}),
        told("invoice.finalized", "2026-05-01 10:00", paid | {"total": 9900}),
        told("invoice.voided", "2026-05-01 09:00", late | {"status": "void"}),
        told("invoice.created", "2026-01-10 09:00", draft | {"status": "draft"}),
        told("invoice.upcoming", "2026-05-03 09:00", late | {"id": None}),
    ]
    landing.drop("events/pull-1.jsonl", world.lines(events))
    documents = "document_id, cast(net_amount as double), is_deleted"
    landing.accept()
    assert sorted(landing.rows("billing.documents", documents)) == [
        ("cn_1", 5, False),
        ("in_late", None, True),
        ("in_other", 10, False),
        ("in_paid", 13, False),
    ]
    # what an export shows to be later than any event counts, whatever its file is called
    gone = done | {"voided_at": world.at("2026-06-01 10:00")}
    void = paid | {"status": "void", "total": 1500, "status_transitions": gone}
    landing.drop("invoices-a.jsonl", world.lines([void]))
    landing.drop(
        "events/pull-2.jsonl",
        world.lines([told("credit_note.voided", "2026-06-01 10:00", note | {"status": "void"})]),
    )
    landing.accept()
    deleted = landing.rows("billing.documents", "document_id, is_deleted")
    assert {one for one, is_deleted in deleted if is_deleted} == {"cn_1", "in_late", "in_paid"}


def test_an_invoice_that_is_paid_later_is_paid(land: Callable[[str], Landing]) -> None:
    landing = land("stripe")
    late, never = (
        world.invoice(name, "x", 1200, 200, "2026-01-10 10:00", status="open")
        for name in ("late", "never")
    )
    landing.drop("invoices_1.jsonl", world.lines([late, never]))
    landing.accept()
    assert dict(landing.rows("billing.documents", "document_id, is_paid")) == {
        "in_late": False,
        "in_never": False,
    }
    paid = {"finalized_at": world.at("2026-01-10 10:00"), "paid_at": world.at("2026-03-01 10:00")}
    landing.drop(
        "invoices_2.jsonl",
        world.lines([late | {"status": "paid", "status_transitions": paid}]),
    )
    report = landing.accept()
    assert {record.quarantined for record in report.batches} == {0}
    # the later arrival counts
    assert landing.rows("billing.documents", "document_id, is_paid")[-1] == ("in_late", True)


def test_what_is_learned_of_a_start_corrects_it(land: Callable[[str], Landing]) -> None:
    """An export alone takes the terms of today for all the past, until events tell of it."""
    landing = land("stripe")
    small = world.price("small", 2000)
    life = world.History(world.subscription("x", "2026-01-05 10:00", [world.item("x", small)]))
    two = world.item("x", small, 2, created=world.at("2026-01-05 10:00"))
    life.change("2026-03-09 10:00", items={"object": "list", "data": [two]})
    landing.drop("subscriptions.jsonl", world.lines([life.now]))
    landing.accept()
    assert [(row[1], row[3]) for row in lives(landing)] == [("started", 40)]
    landing.drop("events.jsonl", world.lines(life.events))
    report = landing.accept()
    assert {record.quarantined for record in report.batches} == {0}
    rows = landing.rows("billing.subscription_events", "event_type, effective_at, amount, batch")
    told_now = {(one, f"{when:%m-%d}", float(amount)) for one, when, amount, at in rows if at == 2}
    assert told_now == {("started", "01-05", 20), ("changed", "03-09", 40)}


@pytest.mark.builds(2)
def test_a_start_that_is_corrected_restates_what_was_published(tmp_path: Path) -> None:
    """The terms that an export alone is taken to have had for ever, until events tell others."""
    inbox = tmp_path / "landing" / "inbox" / "stripe"
    inbox.mkdir(parents=True)
    small = world.price("small", 2000)
    life = world.History(world.subscription("x", "2026-01-05 10:00", [world.item("x", small)]))
    two = world.item("x", small, 2, created=world.at("2026-01-05 10:00"))
    life.change("2026-03-09 10:00", items={"object": "list", "data": [two]})
    (inbox / "subscriptions.jsonl").write_text(world.lines([life.now]))

    def months() -> dict[str, float]:
        with duckdb.connect(str(publish(tmp_path, "--as-of", "2026-05-15")), read_only=True) as con:
            rows = con.execute("""
                select month_start, cast(sum(closing_mrr_eur) as double)
                from core.subscription_months where month_start < date '2026-05-01' group by all
            """).fetchall()
        return {f"{month:%m}": amount for month, amount in rows}

    assert months() == {"01": 40, "02": 40, "03": 40, "04": 40}
    (inbox / "events.jsonl").write_text(world.lines(life.events))
    assert months() == {"01": 20, "02": 20, "03": 40, "04": 40}


def dispute(name: str, of: str, amount: int, when: str, status: str) -> dict[str, Any]:
    return {
        **{"id": f"du_{name}", "object": "dispute", "charge": f"ch_{of}", "livemode": True},
        **{"amount": amount, "currency": "eur", "status": status, "created": world.at(when)},
        "payment_intent": f"pi_{of}",
    }


# a sale that was partly refunded before, one that was won, an enquiry that took nothing, one of a
# subscription's invoice (a fifth of which is tax), and one whose end an event alone tells
DISPUTES = [
    dispute("part", "desk", 3000, "2026-04-01 10:00", "lost"),
    dispute("won", "mug", 4990, "2026-04-02 10:00", "won"),
    dispute("asked", "lamp", 5000, "2026-04-03 10:00", "warning_closed"),
    dispute("month", "may", 1200, "2026-05-20 10:00", "lost"),
    dispute("late", "sofa", 9000, "2026-04-04 10:00", "under_review"),
]


def disputed(landing: Landing, layout: str) -> None:
    """Sales, an invoice of a subscription and what became of them, in that layout."""
    charges = [
        world.charge(name, "x", amount, "2026-03-01 10:00")
        for name, amount in (("desk", 12_000), ("mug", 4990), ("lamp", 5000), ("sofa", 9000))
    ]
    charges.append(world.charge("may", "x", 1200, "2026-05-10 10:00", invoice="in_may"))
    invoice = world.invoice("may", "x", 1200, 200, "2026-05-10 10:00")
    refund = world.refund("desk", "desk", 2000, "2026-03-05 10:00", payment_intent="pi_desk")
    ended = told("charge.dispute.closed", "2026-06-01 10:00", DISPUTES[-1] | {"status": "lost"})
    if layout == "native":
        kinds = {"charges": charges, "invoices": [invoice], "refunds": [refund]}
        for name, objects in (kinds | {"disputes": DISPUTES, "events": [ended]}).items():
            landing.drop(f"{name}.jsonl", world.lines(objects))
        return
    objects = {"charges": charges, "invoices": [invoice], "refunds": [refund]}
    made = {name: rows for name, rows in world.flat(defaultdict(list, objects)).items() if rows}
    made["dispute"] = [
        {
            "charge_id": one["charge"],
            "created": f"{datetime.fromtimestamp(one['created'], UTC):%Y-%m-%d %H:%M:%S}",
            **{name: one[name] for name in ("id", "amount", "currency", "status")},
        }
        for one in [*DISPUTES[:-1], ended["data"]["object"]]
    ]
    for name, rows in made.items():
        if layout == "fivetran":
            rows = [row | {"_fivetran_synced": "2026-06-02 00:00:00"} for row in rows]
        world.write_csv(landing.inbox / f"{name}{'s' if layout == 'sigma' else ''}.csv", rows)


@pytest.mark.parametrize("layout", ["native", "sigma", "fivetran"])
def test_money_lost_in_disputes_is_a_finding_or_given_back(
    land: Callable[[str], Landing], layout: str
) -> None:
    landing = land("stripe")
    disputed(landing, layout)
    landing.accept()
    assert landing.notes()["disputes_lost", None] == 3
    columns = "order_id, status, refunded_amount, refunded_at"
    before = {row[0]: row[1:3] for row in landing.rows("billing.orders", columns)}
    assert before["pi_desk"] == ("refunded", 20)
    assert before["pi_sofa"] == ("paid", None)
    assert "du_month" not in dict(landing.rows("billing.documents", "document_id, net_amount"))
    say(landing, 'options: {lost_disputes: "yes"}\n')
    report = landing.accept()
    assert {record.quarantined for record in report.batches} == {0}
    assert ("disputes_lost", None) not in landing.notes()
    # orders grow: the last version counts
    after = {row[0]: row[1:] for row in landing.rows("billing.orders", columns)}
    given = {
        name: (status, amount, f"{when:%m-%d}")
        for name, (status, amount, when) in after.items()
        if amount
    }
    assert given == {
        "pi_desk": ("refunded", 50, "04-01"),
        "pi_sofa": ("refunded", 90, "04-04"),
    }
    documents = landing.rows("billing.documents", "document_id, document_type, net_amount")
    assert ("du_month", "credit_note", 10) in documents


def test_money_lost_of_payments_that_nobody_knows_is_counted(
    land: Callable[[str], Landing],
) -> None:
    landing = land("stripe")
    disputed(landing, "native")
    unknown = dispute("far", "elsewhere", 700, "2026-04-05 10:00", "lost")
    landing.drop("disputes_of_others.jsonl", world.lines([unknown]))
    landing.accept()
    assert landing.notes()["disputes_without_payment", None] == 1
    assert landing.notes()["disputes_lost", None] == 3
    say(landing, 'options: {lost_disputes: "yes"}\n')
    landing.accept()
    assert landing.notes()["disputes_without_payment", None] == 1


def test_money_lost_of_a_payment_that_looks_invoiced_is_a_credit_note(
    land: Callable[[str], Landing],
) -> None:
    landing = land("stripe")
    say(landing, 'options: {lost_disputes: "yes"}\n')
    # a newer layout: nothing says which payment paid the invoice, but its amount and its day
    charge = world.charge("june", "x", 1200, "2026-06-10 10:00")
    invoice = world.invoice("june", "x", 1200, 200, "2026-06-10 10:00")
    lost = dispute("june", "june", 1200, "2026-06-20 10:00", "lost")
    for name, one in {"charges": charge, "invoices": invoice, "disputes": lost}.items():
        landing.drop(f"{name}.jsonl", world.lines([one]))
    landing.accept()
    documents = landing.rows("billing.documents", "document_id, document_type, net_amount")
    assert "du_june" in {row[0] for row in documents}
    assert landing.rows("billing.orders", "order_id") == []


def test_options_say_what_counts(land: Callable[[str], Landing]) -> None:
    landing = land("stripe")
    world.write_native(landing.inbox)
    say(
        landing,
        'options: {include_test_mode: "yes", guest_payments: "yes", payment_tax_percent: "20"}\n',
    )
    landing.accept()
    assert "sub_test" in {row[0] for row in lives(landing)}
    orders = dict(landing.rows("billing.orders", "customer_id, net_amount"))
    assert float(orders["guest/pi_guest"]) == pytest.approx(20.8333)
