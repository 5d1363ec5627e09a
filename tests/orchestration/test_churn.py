"""What a score of departures may know, and what the learned model makes of it.

The world is cut at a scoring: what is dated on that Monday or later goes, all is built again, and
no feature of that Monday may have changed. A feature that looks ahead is found by the same
comparison.
"""

import csv
import importlib.util
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy
import pytest
import yaml

from orchestration.system.paths import PROJECT_ROOT
from tests.orchestration.shuffled_world import World
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(5)

STEPS = PROJECT_ROOT.joinpath("models", "marts", "kpis", "steps", "customers")
TRIGGERS = PROJECT_ROOT / "seeds" / "churn_triggers.csv"
MODELS = ("+int_churn_features", "resource_type:seed")
# with all that must stand for anything to be built by what changed
BY_CHANGES = ("+config.meta.built_by:person", "resource_type:seed")
START = datetime(2025, 10, 1)
DAYS = 270
SCORED = "2026-04-06"
# local midnight of that Monday, in UTC
CUT = "2026-04-05T22:00:00Z"
CUSTOMERS = 120
# who keeps the clock of the cut world running; no customer of a subscription
CLOCK = "clock"
EVENT_OF = {
    "contacts": "queue_entered_at",
    "tickets": "created_at",
    "ticket_events": "event_at",
    "invitations": "sent_at",
    "answers": "answered_at",
    "orders": "ordered_at",
    "subscription_events": "effective_at",
}
# the first day of any of these is the first that can be scored from
OBSERVED = {"contacts", "tickets", "invitations", "orders"}
Features = dict[str, dict[str, Any]]
SIGNS = ["one", "other"]
DAY = numpy.datetime64("2026-01-05")


def world(seed: int) -> World:
    """Return customers with all that raises a sign, on both sides of the scoring."""
    dice = random.Random(seed)
    rows: World = defaultdict(list)

    def moment(last: int = DAYS) -> datetime:
        return START + timedelta(seconds=dice.randrange(last * 86_400))

    def somebody() -> str:
        return f"c{dice.randrange(CUSTOMERS)}"

    for number in range(CUSTOMERS):
        rows["billing", "customers"].append(
            {
                "customer_id": f"c{number}",
                "created_at": text(START - timedelta(days=number * 10 - 60)),
            }
        )
        subscription(dice, rows, number)
    for number in range(150):
        created, customer = moment(), somebody()
        rows["interactions", "tickets"].append(
            {
                "ticket_id": f"t{number}",
                **named(customer),
                "channel": "email",
                "reason": "complaint",
            }
            | {"created_at": text(created), "created_by": "customer"}
        )
        rows["interactions", "ticket_events"].append(
            {"event_id": f"e{number}", "ticket_id": f"t{number}", "event_type": "public_reply"}
            | {"event_at": text(created + timedelta(hours=dice.randrange(1, 200)))}
        )
        # many call about it days later
        if dice.random() < 0.5:
            called = created + timedelta(days=dice.randrange(0, 20))
            rows["interactions", "contacts"].append(
                contact(f"about{number}", customer, called) | {"ticket_id": f"t{number}"}
            )
    for number in range(400):
        rows["interactions", "contacts"].append(contact(f"k{number}", somebody(), moment()))
    for number in range(300):
        sent = moment()
        rows["surveys", "invitations"].append(
            {"invitation_id": f"i{number}", "survey_code": "post_contact", **named(somebody())}
            | {"sent_at": text(sent)}
        )
        # up to three answers to the same question: the last one counts in the end
        for answer in range(dice.choice((1, 2, 3))):
            answered = sent + timedelta(hours=dice.randrange(1, 330))
            question = ("nps", "ces", "csat")[number % 3]
            rows["surveys", "answers"].append(
                {"answer_id": f"i{number}-{answer}", "invitation_id": f"i{number}"}
                | {"question_code": question, "score": dice.choice((1, 2, 4, 5, 6, 7))}
                | {"answered_at": text(answered)}
            )
    for number in range(60):
        rows["billing", "orders"].append(order(f"o{number}", somebody(), moment()))
    for number in range(DAYS):
        rows["billing", "orders"].append(
            order(f"clock{number}", CLOCK, START + timedelta(days=number, hours=12))
        )
    return rows


def subscription(dice: random.Random, rows: World, number: int) -> None:
    at = START - timedelta(days=dice.randrange(1, 300))
    common = {"subscription_id": f"s{number}", "customer_id": f"c{number}"}
    kinds = ["started", *dice.choices(("past_due", "changed", "cancel", "paused", "paused"), k=4)]
    term = dice.choice(("month", "year"))
    for step, kind in enumerate(kinds):
        terms = {"amount": dice.choice((10, 20, 30)), "billing_interval": term}
        found = {
            "started": [{"event_type": "started", **terms}],
            "changed": [{"event_type": "changed", **terms}],
            "past_due": [{"event_type": "changed", **terms, "status": "past_due"}],
            "cancel": [{"event_type": "cancel_requested"}, {"event_type": "cancel_withdrawn"}],
            "paused": [{"event_type": "paused"}, {"event_type": "resumed"}],
        }[kind]
        for part, event in enumerate(found):
            rows["billing", "subscription_events"].append(
                {"event_id": f"s{number}-{step}-{part}", **common, **event}
                | {"effective_at": text(at)}
            )
            at += timedelta(hours=dice.randrange(1, 24 * 25))
        at += timedelta(days=dice.randrange(60))


def contact(contact_id: str, customer: str, entered: datetime) -> dict[str, object]:
    return {
        "contact_id": contact_id,
        **named(customer),
        "channel": "phone",
        "direction": "inbound",
        "reason": ("complaint", "billing_question")[len(contact_id) % 2],
        "queue_entered_at": text(entered),
        "ended_at": text(entered + timedelta(minutes=5)),
        "disposition": "answered",
    }


def order(order_id: str, customer: str, ordered: datetime) -> dict[str, object]:
    return {"order_id": order_id, "customer_id": customer, "ordered_at": text(ordered)} | {
        "net_amount": "10.00"
    }


def named(customer: str) -> dict[str, object]:
    return {"customer_ref": customer, "customer_ref_type": "customer_id"}


def text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def cut(rows: World) -> World:
    """Return the rows of what had happened before the scoring, and the clock's."""
    return {
        (source, table): [
            row
            for row in its_rows
            if row.get("customer_id") == CLOCK or str(row.get(EVENT_OF.get(table, ""), "")) < CUT
        ]
        for (source, table), its_rows in rows.items()
    }


def features(warehouse: Warehouse) -> Features:
    """Return the features of the scoring by customer, and one that looks ahead."""
    query = f"""
        select features.* exclude (
                is_monthly, segment, brand, mrr_eur, label_date, has_churned, signs_code
            ),
            (
                select count(*) from core.contacts as contacts
                where contacts.customer_id = features.customer_id
                    and contacts.business_date between features.scored_date - 30
                    and features.scored_date + 30
            ) as contacts_around
        from build.intermediate.int_churn_features as features
        where features.scored_date = '{SCORED}'
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.paths.build_db}' as build (read_only)")
        connection.execute(f"attach '{warehouse.paths.marts_db}' as marts (read_only)")
        connection.execute("use marts")
        found = connection.execute(query)
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["customer_id"]: row for row in rows}


def that_look_ahead(whole: Features, past: Features) -> set[str]:
    """Return the features that change when what came after the scoring is taken away."""
    assert whole.keys() == past.keys()
    return {
        name
        for customer, row in whole.items()
        for name, value in row.items()
        if past[customer][name] != value
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Features, Features]:
    found = []
    for name, rows in (("whole", world(3)), ("past", cut(world(3)))):
        with pytest.MonkeyPatch.context() as patch:
            warehouse = Warehouse(tmp_path_factory.mktemp(name), patch, MODELS)
            warehouse.land(rows, name)
            warehouse.build()
            found.append(features(warehouse))
    return found[0], found[1]


def in_dollars(rows: World) -> World:
    """Return the rows with every third subscription in dollars, and the rates of three days."""
    for row in rows["billing", "subscription_events"]:
        if "amount" in row and str(row["subscription_id"]).endswith(("0", "3", "6", "9")):
            row["currency"] = "USD"
    rows["billing", "exchange_rates"] = [
        {"rate_date": day, "currency": "USD", "units_per_eur": rate}
        for day, rate in (("2025-01-01", 1.1), ("2026-01-15", 1.2), ("2026-05-04", 1.3))
    ]
    return rows


def scorings(warehouse: Warehouse) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse.paths.build_db), read_only=True) as connection:
        return connection.execute("from intermediate.int_churn_features order by all").fetchall()


def test_scorings_built_by_what_changed_are_those_of_one_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second batch brings ten weeks, departures, late rows, the first month, and a rate."""
    rows = in_dollars(world(4))
    opened = text(START + timedelta(days=30))
    late = {("billing", "exchange_rates"): [rows["billing", "exchange_rates"][1]]}
    first: World = {
        (source, table): [
            row
            for number, row in enumerate(its_rows)
            if row not in late.get((source, table), ())
            and (source == "billing" or number % 10)
            and str(row.get(EVENT_OF.get(table, ""), "")) < CUT
            and (table not in OBSERVED or str(row[EVENT_OF[table]]) >= opened)
        ]
        for (source, table), its_rows in rows.items()
    }
    whole = Warehouse(tmp_path / "whole", monkeypatch, BY_CHANGES)
    whole.land(rows, "whole")
    whole.build()
    expected = scorings(whole)
    parts = Warehouse(tmp_path / "parts", monkeypatch, BY_CHANGES)
    parts.land(first, "first")
    parts.build()
    before = set(scorings(parts))
    parts.land(rows, "second")
    parts.build()
    assert scorings(parts) == expected
    # much stayed, much came and much was another
    assert len(before & set(expected)) > 500
    assert len(before - set(expected)) > 100


def signs() -> list[str]:
    with TRIGGERS.open(encoding="utf-8") as file:
        return [row["trigger"] for row in csv.DictReader(file)]


def test_no_feature_changes_when_what_came_later_is_taken_away(
    both: tuple[Features, Features],
) -> None:
    whole, past = both
    assert len(whole) > CUSTOMERS / 2
    assert that_look_ahead(whole, past) & set(signs()) == set()


def test_a_feature_that_looks_ahead_is_found(both: tuple[Features, Features]) -> None:
    assert that_look_ahead(*both) == {"contacts_around"}


def test_every_sign_is_raised_for_some_and_not_for_all(both: tuple[Features, Features]) -> None:
    """A sign that nobody has would prove nothing."""
    levels = {sign: {row[sign] for row in both[0].values()} for sign in signs()}
    assert {sign for sign, found in levels.items() if len(found) == 1} == set()


def test_signs_are_those_of_the_seed_and_nothing_a_person_is() -> None:
    described = yaml.safe_load((STEPS / "int_churn_features.yml").read_text(encoding="utf-8"))
    columns = {column["name"] for column in described["models"][0]["columns"]}
    others = {"customer_id", "scored_date", "is_monthly", "label_date", "has_churned"}
    others |= {"segment", "brand", "mrr_eur", "signs_code"}
    assert columns - others == set(signs())
    assert not set(signs()) & {"age", "gender", "sex", "country", "segment", "brand", "language"}


@pytest.fixture(scope="module")
def model() -> Any:
    path = STEPS / "int_churn_models.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def cells(rows: Iterable[tuple[int, int, int, int, int]]) -> dict[str, numpy.ndarray]:
    """Return what the model reads: month number, two signs, customers, and how many left."""
    month, one, other, customers, churners = numpy.array(list(rows)).T
    days = DAY + month * numpy.timedelta64(28, "D")
    return {
        "scored_date": days,
        "label_date": days + numpy.timedelta64(90, "D"),
        "one": one,
        "other": other,
        "customers": customers,
        "churners": churners,
    }


def months(count: int, churners: int = 400) -> list[tuple[int, int, int, int, int]]:
    """Of ten thousand with the sign `one`, `churners` leave, of as many without it a hundred."""
    return [
        (month, one, other, 5_000, (churners if one else 100) // 2)
        for month in range(count)
        for one in (0, 1)
        for other in (0, 1)
    ]


def terms(rows: list[dict[str, Any]], version: str) -> dict[str, float]:
    return {row["term"]: row["coefficient"] for row in rows if row["model_version"] == version}


def test_a_version_finds_how_much_a_sign_is_worth(model: Any) -> None:
    rows = model.versions(cells(months(6)), SIGNS, 30)
    [one] = [row for row in rows if row["scored_from"].isoformat() == "2026-05-25"][3:4]
    found = {row["term"]: row for row in rows if row["model_version"] == one["model_version"]}
    # odds of 400 in 9,600 against 100 in 9,900
    odds_ratio = numpy.exp(found["one"]["coefficient"] / found["one"]["scale"])
    assert odds_ratio == pytest.approx((400 / 9_600) / (100 / 9_900), rel=0.02)
    assert found["other"]["coefficient"] == pytest.approx(0, abs=1e-3)
    assert found["(calibration slope)"]["coefficient"] == pytest.approx(1, abs=0.05)


def test_a_version_learns_from_nothing_that_was_not_over(model: Any) -> None:
    """What the later months hold, the earlier versions do not know."""
    whole = model.versions(cells(months(9)), SIGNS, 30)
    # the label of month 4 is known when month 8 is scored, 112 days later
    other_end = months(4) + [(m, o, p, n, 5_000 - c) for m, o, p, n, c in months(9) if m >= 4]
    turned = model.versions(cells(other_end), SIGNS, 30)
    last = max(row["scored_from"] for row in whole)
    assert [row for row in whole if row["scored_from"] < last] == [
        row for row in turned if row["scored_from"] < last
    ]
    assert whole != turned
    assert all(
        row["trained_until"] < row["scored_from"] for row in whole if row["state"] == "trained"
    )


def test_the_same_data_in_any_order_give_the_same_fingerprint(model: Any) -> None:
    rows = months(6)
    first = model.versions(cells(rows), SIGNS, 30)
    again = model.versions(cells(random.Random(1).sample(rows, len(rows))), SIGNS, 30)
    assert first == again
    changed = model.versions(cells(months(6, churners=402)), SIGNS, 30)
    assert first[-1]["fingerprint"] != changed[-1]["fingerprint"]


def test_only_versions_whose_scorings_changed_learn_again(model: Any) -> None:
    rows = months(9)
    before = model.versions(cells(rows), SIGNS, 30)
    standing = {(row["model_version"], row["training_fingerprint"]) for row in before}
    assert model.versions(cells(rows), SIGNS, 30, standing) == []
    # one more of the fifth month left: versions from the ninth on know it
    changed = [(m, o, p, n, c + (m == 4 and o and p)) for m, o, p, n, c in rows]
    again = model.versions(cells(changed), SIGNS, 30, standing)
    ninth = sorted({row["scored_from"] for row in before})[8]
    assert {row["scored_from"] for row in again} == {ninth}
    # by another rule all of them would be others
    assert model.versions(cells(rows), SIGNS, 31, standing) == model.versions(
        cells(rows), SIGNS, 31
    )


def test_with_few_departures_nothing_is_learned(model: Any) -> None:
    few = [(m, o, p, n, 7 if o else 0) for m, o, p, n, _ in months(6)]
    rows = model.versions(cells(few), SIGNS, 30)
    assert {row["state"] for row in rows} == {"not_enough_data"}
    assert [row["scored_from"] for row in rows] == sorted({row["scored_from"] for row in rows})
    # 14 of each month: enough to learn from after three, never to calibrate on
    assert rows[-1]["training_churners"] == 28
    assert rows[-1]["coefficient"] is None and rows[-1]["fingerprint"] is None


def test_nobody_to_score_gives_no_version(model: Any) -> None:
    nothing = {name: column[:0] for name, column in cells(months(1)).items()}
    assert model.versions(nothing, SIGNS, 30) == []
