"""A small world whose rows arrive late, twice, corrected and deleted, for order tests.

`world(seed)` gives rows by table. The rows of a table may land in any order and in any number of
batches: nothing in them depends on which comes first.
"""

import csv
import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

Row = dict[str, object]
World = dict[tuple[str, str], list[Row]]
START = datetime(2026, 3, 20)
CONTACTS, TICKETS, SURVEYS = 180, 28, 80
SUBSCRIPTIONS, REVIEWS, AGENTS = 40, 25, 4
SCORED_TEXTS, UNSCORED_TEXTS = 330, 40
CHANNELS = ("phone", "chat", "email")
REASONS = ("billing_question", "delivery_delay", "complaint", "unheard_of")


def world(seed: int) -> World:
    """Return a world's rows, as text or numbers, by (source, table); same seed, same rows."""
    dice = random.Random(seed)
    rows: World = defaultdict(list)
    _customers(dice, rows)
    _tickets(dice, rows)
    for number in range(CONTACTS):
        _contact(dice, rows, number)
    _surveys_and_orders(dice, rows)
    for number in range(SUBSCRIPTIONS):
        _subscription(dice, rows, number)
    _money(dice, rows)
    _feedback(dice, rows)
    _staff(dice, rows)
    _holds_and_callbacks(dice, rows)
    _orders_of_earlier_years(dice, rows)
    _a_survey_that_no_seed_knows(dice, rows)
    _steering(dice, rows)
    _afterthoughts(dice, rows)
    _a_week_that_stands_out(rows)
    # with dice of their own: what is above stays as it was
    _texts(random.Random(seed + 1), rows)
    return rows


def _steering(dice: random.Random, rows: World) -> None:
    """Objectives, and decisions that are carried out and reviewed within the world's weeks."""
    for number, kpi_id in enumerate(("fcr_rate", "contacts_offered", "csat_t2b")):
        rows["steering", "objectives"].append(
            {
                "objective_id": f"O{number}",
                "label": f"Objective {number}",
                "level": "tactical",
                "kpi_id": kpi_id,
                "baseline": 0.5,
                "target": 0.8,
                "due_on": "2026-12-31",
            }
        )
    for number in range(6):
        decided = START + timedelta(days=dice.randrange(4, 12))
        for status, after in (("observed", 0), ("acted", 2), ("measured", 9)):
            rows["steering", "decisions"].append(
                {
                    "decision_id": f"D{number}",
                    "kpi_id": dice.choice(("fcr_rate", "answer_rate", "contacts_offered")),
                    "owner_role": "manager",
                    "decided_on": f"{decided:%F}",
                    "slice_type": "channel",
                    "slice_value": "phone",
                    "control_slice_value": "chat",
                    "review_on": f"{decided + timedelta(days=7):%F}",
                    "status": status,
                    "updated_at": f"{decided + timedelta(days=after, hours=number):%FT%TZ}",
                }
            )


def split(rows: World, batches: int, seed: int) -> list[World]:
    """Deal the rows out into batches at random; every tenth row comes a second time, later."""
    dice = random.Random(seed)
    dealt: list[World] = [defaultdict(list) for _ in range(batches)]
    for table, table_rows in rows.items():
        for row in dice.sample(table_rows, len(table_rows)):
            first = dice.randrange(batches)
            dealt[first][table].append(row)
            if dice.random() < 0.1:
                dealt[dice.randrange(first, batches)][table].append(row)
    return dealt


def split_in_time(rows: World, batches: int, seed: int) -> list[World]:
    """Deal the rows out as time brings them, one in four of them late; every tenth twice.

    A row without an instant comes whenever it likes.
    """
    dice = random.Random(seed)
    dealt: list[World] = [defaultdict(list) for _ in range(batches)]
    dated = [(_instant_of(row), table, row) for table, found in rows.items() for row in found]
    # subscriptions and rates begin long before: the newest rows are those of contacts
    times = sorted(time for time, (_, table), _ in dated if time and table == "tickets")
    ends = [times[len(times) * (number + 1) // batches - 1] for number in range(batches - 1)]
    ends.append("9999")
    for time, table, row in dated:
        on_time = next(at for at, end in enumerate(ends) if time <= end)
        late = not time or dice.random() < 0.25
        first = dice.randrange(on_time, batches) if late else on_time
        dealt[first][table].append(row)
        if dice.random() < 0.1:
            dealt[dice.randrange(first, batches)][table].append(row)
    return dealt


def _instant_of(row: Row) -> str:
    """The first instant or day that the row is about; nothing where it is about none."""
    names = (
        "queue_entered_at started_at event_at sent_at answered_at ordered_at posted_at effective_at"
        " issued_on evaluated_on rate_date created_at"
    )
    return next((str(row[name]) for name in names.split() if row.get(name)), "")


def drop(rows: World, inbox: Path, name: str) -> None:
    """Write the rows as CSV files `<table>_<name>.csv` into an inbox."""
    for (source, table), table_rows in rows.items():
        folder = inbox / source
        folder.mkdir(parents=True, exist_ok=True)
        columns = sorted({column for row in table_rows for column in row})
        with (folder / f"{table}_{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(table_rows)


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def _moment(dice: random.Random, days: int = 40) -> datetime:
    return START + timedelta(seconds=dice.randrange(days * 86_400))


def _reference(dice: random.Random) -> Row:
    customer = dice.randrange(14)
    return dice.choice(
        [
            {"customer_ref": f"c{customer}", "customer_ref_type": "customer_id"},
            {"customer_ref": f"person{customer}@example.org", "customer_ref_type": "email"},
            {"customer_ref": f"handle{customer}", "customer_ref_type": "handle"},
            {"customer_ref": "", "customer_ref_type": ""},
        ]
    )


def _perhaps_deleted(dice: random.Random, table_rows: list[Row], key: Row) -> None:
    """A deletion comes with its key alone, before or after the row that it takes away."""
    if dice.random() < 0.15:
        table_rows.append({**key, "is_deleted": "true"})


def _customers(dice: random.Random, rows: World) -> None:
    for number in range(12):
        created = START - timedelta(days=100 - number)
        for version in range(dice.choice((1, 1, 2))):
            rows["billing", "customers"].append(
                {
                    "customer_id": f"c{number}",
                    "email": f"person{number}@example.org",
                    "segment": dice.choice(("consumer", "business")),
                    "brand": "north",
                    "created_at": _instant(created),
                    "updated_at": _instant(created + timedelta(days=version)),
                }
            )
        if number % 3 == 0:
            rows["billing", "customer_refs"].append(
                {"ref_type": "handle", "ref_value": f"handle{number}", "customer_id": f"c{number}"}
            )
    for merged, survivor in (("c1", "c2"), ("c2", "c3"), ("c7", "c8")):
        rows["billing", "customer_merges"].append(
            {
                "merged_customer_id": merged,
                "survivor_customer_id": survivor,
                "merged_at": _instant(_moment(dice)),
            }
        )


def _tickets(dice: random.Random, rows: World) -> None:
    for number in range(TICKETS):
        created = _moment(dice)
        rows["interactions", "tickets"].append(
            {
                "ticket_id": f"t{number}",
                **_reference(dice),
                "channel": "email",
                "reason": dice.choice(REASONS),
                "team": "desk",
                "brand": "north",
                "created_at": _instant(created),
                "created_by": "customer",
                "merged_into_ticket_id": f"t{dice.randrange(number)}"
                if number and dice.random() < 0.2
                else "",
                "updated_at": _instant(created),
            }
        )
        moment = created
        for step, kind in enumerate(("auto_reply", "public_reply", "escalated", "solved")):
            moment += timedelta(minutes=dice.randrange(1, 600))
            if dice.random() < 0.7:
                rows["interactions", "ticket_events"].append(
                    {
                        "event_id": f"t{number}-{step}",
                        "ticket_id": f"t{number}",
                        "event_at": _instant(moment),
                        "event_type": kind,
                        "agent_id": f"a{(number + step) % 4}" if kind == "public_reply" else "",
                    }
                )
                event = {"event_id": f"t{number}-{step}"}
                _perhaps_deleted(dice, rows["interactions", "ticket_events"], event)


def _contact(dice: random.Random, rows: World, number: int) -> None:
    contact_id = f"k{number}"
    # few contacts a day: a day that lost its contact is then changed by nothing else
    entered = _moment(dice, 600) - timedelta(days=560)
    versions = dice.choice((1, 1, 1, 2, 3))
    for version in range(versions):
        if version and dice.random() < 0.5:
            entered += timedelta(days=dice.randrange(-3, 4))
        disposition = dice.choice(
            ("answered", "answered", "answered", "abandoned", "bot_contained", "callback_requested")
        )
        wait = dice.randrange(90)
        answered = disposition == "answered"
        rows["interactions", "contacts"].append(
            {
                "contact_id": contact_id,
                **_reference(dice),
                "channel": dice.choice(CHANNELS),
                "direction": "inbound",
                "reason": dice.choice(REASONS),
                "team": dice.choice(("north desk", "")),
                "brand": "north",
                "site": dice.choice(("", "antananarivo")),
                "queue_entered_at": _instant(entered),
                "answered_at": _instant(entered + timedelta(seconds=wait)) if answered else "",
                "ended_at": _instant(entered + timedelta(seconds=wait + 300)),
                "disposition": disposition,
                "parent_contact_id": f"k{dice.randrange(CONTACTS)}" if dice.random() < 0.15 else "",
                "ticket_id": f"t{dice.randrange(TICKETS)}" if dice.random() < 0.25 else "",
                "is_deleted": "true" if version == 2 and dice.random() < 0.5 else "",
                "updated_at": _instant(entered + timedelta(days=5, minutes=version)),
            }
        )
    for leg in range(dice.choice((0, 1, 1, 2))):
        rows["interactions", "contact_legs"].append(
            {
                "leg_id": f"{contact_id}-{leg}",
                "contact_id": contact_id,
                "agent_id": f"a{dice.randrange(4)}",
                "support_level": dice.choice((1, 1, 2)),
                "started_at": _instant(entered + timedelta(seconds=100 + 60 * leg)),
                "talk_seconds": dice.choice((dice.randrange(20, 500), "")) if leg else 120,
                "wrap_seconds": dice.randrange(60),
            }
        )
        _perhaps_deleted(
            dice, rows["interactions", "contact_legs"], {"leg_id": f"{contact_id}-{leg}"}
        )


def _holds_and_callbacks(dice: random.Random, rows: World) -> None:
    """Some legs say how long a customer was on hold; who asked is called once, twice or never."""
    for leg in rows["interactions", "contact_legs"]:
        if "talk_seconds" in leg:
            leg["hold_seconds"] = dice.choice(("", 0, dice.randrange(120)))
    asked = [
        row
        for row in rows["interactions", "contacts"]
        if row["disposition"] == "callback_requested"
    ]
    for number, contact in enumerate(asked):
        entered = datetime.fromisoformat(str(contact["queue_entered_at"]).removesuffix("Z"))
        for attempt in range(dice.choice((0, 1, 1, 2))):
            called = entered + timedelta(minutes=dice.randrange(1, 2_400))
            rows["interactions", "contacts"].append(
                {
                    "contact_id": f"b{number}-{attempt}",
                    "channel": "phone",
                    "direction": "outbound",
                    "queue_entered_at": _instant(called),
                    "ended_at": _instant(called + timedelta(minutes=5)),
                    "disposition": dice.choice(("answered", "no_answer")),
                    "parent_contact_id": contact["contact_id"],
                    "updated_at": _instant(called + timedelta(minutes=6)),
                }
            )


def _orders_of_earlier_years(dice: random.Random, rows: World) -> None:
    """So that months have twelve months of orders behind them; later versions refund many."""
    for number in range(60):
        ordered = _moment(dice, 240) - timedelta(days=dice.choice((200, 600)))
        order: Row = {
            "order_id": f"y{number}",
            "customer_id": f"c{dice.randrange(12)}",
            "ordered_at": _instant(ordered),
            "net_amount": "50.00",
            "status": "paid",
            "is_automatic": dice.choice(("true", "", "")),
            "updated_at": _instant(ordered),
        }
        rows["billing", "orders"].append(order)
        if dice.random() < 0.4:
            refunded = ordered + timedelta(days=dice.randrange(1, 50))
            rows["billing", "orders"].append(
                {
                    **order,
                    "status": "refunded",
                    "refunded_amount": dice.choice(("20.00", "50.00")),
                    "refunded_at": _instant(refunded),
                    "updated_at": _instant(refunded),
                }
            )


def _surveys_and_orders(dice: random.Random, rows: World) -> None:
    for number in range(SURVEYS):
        sent = _moment(dice, 20)
        rows["surveys", "invitations"].append(
            {
                "invitation_id": f"i{number}",
                "survey_code": dice.choice(("relational_nps", "post_contact")),
                **_reference(dice),
                "contact_id": f"k{number}",
                "sent_at": _instant(sent),
            }
        )
        for answer in range(dice.choice((0, 1, 2))):
            rows["surveys", "answers"].append(
                {
                    "answer_id": f"i{number}-{answer}",
                    "invitation_id": f"i{number}",
                    "question_code": "csat" if number % 3 else "nps",
                    "score": dice.choice((0, 5, 8, 9, 10, 11)),
                    "answered_at": _instant(sent + timedelta(days=dice.randrange(18))),
                    "accepts_contact": dice.choice(("true", "")),
                }
            )
        # most long enough ago for the windows of ninety days to be over
        ordered = _moment(dice, 240) - timedelta(days=200)
        refunded = ordered + timedelta(hours=dice.randrange(1, 400))
        rows["billing", "orders"].append(
            {
                "order_id": f"o{number}",
                "customer_id": f"c{dice.randrange(12)}",
                "ordered_at": _instant(ordered),
                "net_amount": f"{dice.randrange(1, 20_000) / 100:.2f}",
                "currency": dice.choice(("EUR", "EUR", "CHF")),
                "status": dice.choice(("paid", "paid", "cancelled", "refunded")),
                "refunded_at": _instant(refunded) if dice.random() < 0.2 else "",
                "contact_id": f"k{number}" if number % 2 else "",
            }
        )


def _a_survey_that_no_seed_knows(dice: random.Random, rows: World) -> None:
    """It asks about the relation, until one of its few invitations that name a contact comes."""
    for number in range(24):
        sent = _moment(dice)
        rows["surveys", "invitations"].append(
            {
                "invitation_id": f"u{number}",
                "survey_code": "homemade",
                **_reference(dice),
                "contact_id": f"k{number}" if number < 2 else "",
                "sent_at": _instant(sent),
            }
        )
        rows["surveys", "answers"].append(
            {
                "answer_id": f"u{number}",
                "invitation_id": f"u{number}",
                "question_code": "nps",
                "score": dice.randrange(11),
                "answered_at": _instant(sent + timedelta(days=dice.randrange(10))),
            }
        )


def _texts(dice: random.Random, rows: World) -> None:
    """Free texts: enough scored ones in March for a model to label those of April without."""
    words = {
        5: ("merci", "parfait", "rapide", "aimable", "clair"),
        3: ("correct", "moyen", "suite", "normal", "attendre"),
        1: ("nul", "jamais", "attente", "scandale", "colis"),
    }
    for number in range(SCORED_TEXTS + UNSCORED_TEXTS):
        is_scored = number < SCORED_TEXTS
        score = dice.choice(list(words))
        sent = START + timedelta(days=0 if is_scored else 14, minutes=dice.randrange(10 * 1440))
        written = _instant(sent + timedelta(minutes=dice.randrange(1440)))
        said = dice.sample(words[score], 2) + dice.sample(("service", "facture", "appel", "le"), 2)
        signed = dice.choice(("", " Cordialement, J. Untel", f" Commande CMD{10_000 + number}"))
        key = f"x{number}"
        rows["surveys", "invitations"].append(
            {
                "invitation_id": key,
                "survey_code": "post_contact",
                **_reference(dice),
                "contact_id": f"k{number % CONTACTS}" if number % 3 else "",
                "sent_at": _instant(sent),
            }
        )
        answers = rows["surveys", "answers"]
        text = {"question_code": "verbatim", "text": " ".join(said) + signed}
        common = {"invitation_id": key, "answered_at": written}
        answers.append({"answer_id": f"{key}-text", **text, **common})
        if is_scored:
            given = {"question_code": "csat", "score": score, **common}
            answers.append({"answer_id": f"{key}-score", **given})
        for what in ("text", "score") if is_scored else ("text",):
            _perhaps_deleted(dice, answers, {"answer_id": f"{key}-{what}"})
    for number in range(TICKETS):
        messages = rows["interactions", "ticket_events"]
        message = {"event_id": f"t{number}-message"}
        written = {"ticket_id": f"t{number}", "event_at": _instant(_moment(dice))}
        about = {"event_type": "customer_message", "text": f"le colis CMD{10_000 + number}, nul ?"}
        messages.append({**message, **written, **about})
        _perhaps_deleted(dice, messages, message)
    for review in rows["interactions", "public_feedback"]:
        review["text"] = dice.choice(("nul jamais", "merci parfait", "", "@service le colis ?"))


def _a_week_that_stands_out(rows: World) -> None:
    """Many calls between 19 and 25 January, of people who have hardly called: a signal."""
    for number in range(16):
        called = datetime(2026, 1, 19, 9) + timedelta(hours=8 * number)
        rows["interactions", "contacts"].append(
            {
                "contact_id": f"busy{number}",
                "customer_ref": f"busy{number}",
                "customer_ref_type": "customer_id",
                "channel": "phone",
                "direction": "inbound",
                "reason": "delivery_delay",
                "brand": "north",
                "queue_entered_at": _instant(called),
                "answered_at": _instant(called + timedelta(seconds=20)),
                "ended_at": _instant(called + timedelta(seconds=260)),
                "disposition": "answered",
                "updated_at": _instant(called + timedelta(days=1)),
            }
        )


def _afterthoughts(dice: random.Random, rows: World) -> None:
    """Accounts are closed, or turn out to be older or a test; rows are taken back."""
    for customer in rows["billing", "customers"][::3]:
        created = datetime.fromisoformat(str(customer["created_at"]).removesuffix("Z"))
        updated = datetime.fromisoformat(str(customer["updated_at"]).removesuffix("Z"))
        rows["billing", "customers"].append(
            {
                **customer,
                **dice.choice(
                    (
                        {"closed_at": _instant(_moment(dice))},
                        {"created_at": _instant(created - timedelta(days=dice.randrange(900)))},
                        {"is_test": "true"},
                    )
                ),
                "updated_at": _instant(updated + timedelta(hours=dice.choice((1, 900)))),
            }
        )
    for source, table, key in (
        ("surveys", "invitations", "invitation_id"),
        ("surveys", "answers", "answer_id"),
        ("billing", "orders", "order_id"),
    ):
        for row in list(rows[source, table]):
            if dice.random() < 0.06:
                rows[source, table].append({key: row[key], "is_deleted": "true"})


def _subscription(dice: random.Random, rows: World, number: int) -> None:
    """From start to end, mostly; asked to cancel on the way, by whoever holds it then."""
    table = rows["billing", "subscription_events"]
    # begun months before, so that months and windows of ninety days are over when the rows end
    moment = START - timedelta(days=dice.randrange(20, 400))
    kinds = ["started"]
    kinds += dice.choices(
        ("changed", "paused", "resumed", "cancel_requested", "cancel_withdrawn"), k=4
    )
    kinds += ["ended"] if dice.random() < 0.4 else []
    holder = dice.randrange(12)
    for step, kind in enumerate(kinds):
        holder = dice.randrange(12) if dice.random() < 0.1 else holder
        event = {"event_id": f"s{number}-{step}"}
        row: Row = {
            **event,
            "subscription_id": f"s{number}",
            "customer_id": f"c{holder}",
            "event_type": kind,
            "effective_at": _instant(moment),
            "contact_id": f"k{dice.randrange(CONTACTS)}" if dice.random() < 0.3 else "",
        }
        if kind in ("started", "changed"):
            row |= {"plan": dice.choice(("small", "large")), "amount": dice.choice((10, 20, 25))}
            row |= {"billing_interval": dice.choice(("month", "year"))}
            row |= {"currency": dice.choice(("EUR", "EUR", "CHF"))}
        table.append(row)
        if dice.random() < 0.05:
            table.append({**event, "is_deleted": "true"})
        moment += timedelta(hours=dice.randrange(1, 1500))


def _money(dice: random.Random, rows: World) -> None:
    for number in range(60):
        document: Row = {"document_id": f"d{number}"}
        rows["billing", "documents"].append(
            {
                **document,
                "customer_id": f"c{dice.randrange(12)}",
                "document_type": dice.choice(("invoice", "invoice", "credit_note")),
                "issued_on": f"{_moment(dice):%Y-%m-%d}",
                "net_amount": f"{dice.randrange(1, 9_000) / 100:.2f}",
                "currency": dice.choice(("EUR", "CHF")),
            }
        )
        if dice.random() < 0.05:
            rows["billing", "documents"].append({**document, "is_deleted": "true"})
    for day in range(-430, 45, 3):
        rows["billing", "exchange_rates"].append(
            {
                "rate_date": f"{START + timedelta(days=day):%Y-%m-%d}",
                "currency": "CHF",
                "units_per_eur": f"0.9{dice.randrange(100):02d}",
            }
        )
    months = {f"{START + timedelta(days=day):%Y-%m-01}" for day in range(-560, 45)}
    for month in sorted(months):
        for channel in ("phone", ""):
            rows["billing", "service_costs"].append(
                {
                    "cost_month": month,
                    "channel": channel,
                    "cost_type": "wages",
                    "amount_eur": dice.randrange(1_000, 9_000),
                }
            )


def _feedback(dice: random.Random, rows: World) -> None:
    for number in range(REVIEWS):
        posted = _moment(dice)
        replied = posted + timedelta(hours=dice.randrange(1, 400))
        rows["interactions", "public_feedback"].append(
            {
                "feedback_id": f"f{number}",
                "platform": "stars",
                "author_ref": dice.choice((f"handle{dice.randrange(14)}", "")),
                "rating": dice.choice(("", *range(1, 6))),
                "rating_max": dice.choice((5, 5, 10)),
                "posted_at": _instant(posted),
                "replied_at": _instant(replied) if dice.random() < 0.6 else "",
            }
        )


def _staff(dice: random.Random, rows: World) -> None:
    for number in range(AGENTS):
        for version in range(dice.choice((1, 2))):
            rows["workforce", "agents"].append(
                {
                    "agent_id": f"a{number}",
                    "team": dice.choice(("north desk", "desk")),
                    "site": dice.choice(("paris", "antananarivo")),
                    "role": "agent",
                    "hired_on": f"{START - timedelta(days=700):%Y-%m-%d}",
                    "updated_at": _instant(START + timedelta(days=20 * version)),
                }
            )
    for number in range(150):
        started = _moment(dice)
        activity: Row = {"activity_id": f"y{number}"}
        at_contact = dice.random() < 0.6
        rows["interactions", "agent_activity"].append(
            {
                **activity,
                "agent_id": f"a{dice.randrange(AGENTS)}",
                "state": "contact" if at_contact else dice.choice(("available", "break")),
                "started_at": _instant(started),
                "ended_at": _instant(started + timedelta(minutes=dice.randrange(1, 400))),
                "contact_id": f"k{dice.randrange(CONTACTS)}" if at_contact else "",
            }
        )
        _perhaps_deleted(dice, rows["interactions", "agent_activity"], activity)
    # contacts are few and far between: somebody waits for each, or no team would ever have a load
    for number, contact in enumerate(rows["interactions", "contacts"]):
        entered = datetime.fromisoformat(str(contact["queue_entered_at"]).removesuffix("Z"))
        rows["interactions", "agent_activity"].append(
            {
                "activity_id": f"z{number}",
                "agent_id": f"a{number % AGENTS}",
                "state": "available",
                "started_at": _instant(entered - timedelta(minutes=10)),
                "ended_at": _instant(entered + timedelta(minutes=5)),
                "contact_id": "",
            }
        )
    for number in range(30):
        rows["workforce", "quality_evaluations"].append(
            {
                "evaluation_id": f"q{number}",
                "agent_id": f"a{dice.randrange(AGENTS)}",
                "contact_id": f"k{dice.randrange(CONTACTS)}" if number % 3 else "",
                "ticket_id": "" if number % 3 else f"t{dice.randrange(TICKETS)}",
                "evaluated_on": f"{_moment(dice):%Y-%m-%d}",
                "score": f"{dice.randrange(50, 100) / 100:.2f}",
                "has_critical_error": dice.choice(("true", "false")),
            }
        )
