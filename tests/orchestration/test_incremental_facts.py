"""What new batches change of customers' months, answers, orders and documents, cause by cause.

Each cause bears on people of its own, so that nothing else makes their rows again: without the
condition that looks for it, the table keeps what the first batch left there.
"""

import pytest

from tests.orchestration.shuffled_world import Row, World
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(4)

FACTS = ("core.customer_months", "core.survey_answers", "core.orders", "core.documents")
# facts that are built person by person are built so once all of them are there
MODELS = (
    "+config.meta.built_by:person,resource_type:model",
    "+documents,resource_type:model",
    "resource_type:seed",
)
# What the later batches change, by the key that each table begins with.
CHANGED = {
    "core.customer_months": {
        # a month begins late, another has nobody any more, the control day of a third has come
        ("2025-12-01", "buyer"),
        ("2026-03-01", "buyer"),
        ("2026-04-01", "buyer"),
        # a window is over
        ("2026-01-01", "buyer"),
        # in a month that changes for nobody else: orders that come late, an account that was closed
        # before, one that is older
        ("2026-02-01", "late_buyer"),
        ("2026-02-01", "leaver"),
        ("2026-02-01", "older"),
    },
    "core.survey_answers": {
        ("merged",),
        ("survivor",),
        ("of_other",),
        ("described",),
        ("described_by_ticket",),
        ("taken_back",),
        ("late",),
        ("of_nobody",),
        ("of_nobody_later",),
        ("homemade",),
        ("seeded",),
    },
    "core.orders": {("rated",), ("assisted",), ("of_a_test",), ("deleted",), ("old_merged",)},
    "core.documents": {("rated",), ("of_a_test",), ("deleted",)},
}


def _customer(customer: str, **values: object) -> Row:
    created = "2025-01-01T09:00:00Z"
    return {"customer_id": customer, "created_at": created, "updated_at": created, **values}


def _merge(merged: str, survivor: str) -> Row:
    return {
        "merged_customer_id": merged,
        "survivor_customer_id": survivor,
        "merged_at": "2026-01-01T09:00:00Z",
    }


def _contact(contact: str, customer: str, entered: str, **values: object) -> Row:
    return {
        "contact_id": contact,
        "customer_ref": customer,
        "customer_ref_type": "customer_id",
        "channel": "phone",
        "direction": "inbound",
        "team": "desk",
        "queue_entered_at": entered,
        "answered_at": entered,
        "disposition": "answered",
        "updated_at": entered,
        **values,
    }


def _order(order: str, customer: str, ordered: str, **values: object) -> Row:
    return {
        "order_id": order,
        "customer_id": customer,
        "ordered_at": ordered,
        "net_amount": "50.00",
        "updated_at": ordered,
        **values,
    }


def _document(document: str, customer: str, issued: str, **values: object) -> Row:
    return {
        "document_id": document,
        "customer_id": customer,
        "document_type": "invoice",
        "issued_on": issued,
        "net_amount": "80.00",
        **values,
    }


def _ticket(ticket: str, **values: object) -> Row:
    created = "2026-04-08T09:00:00Z"
    return {
        "ticket_id": ticket,
        "channel": "email",
        "created_at": created,
        "updated_at": created,
        **values,
    }


def _invitation(invitation: str, survey: str, customer: str, sent: str, contact: str = "") -> Row:
    return {
        "invitation_id": invitation,
        "survey_code": survey,
        "customer_ref": customer,
        "customer_ref_type": "customer_id" if customer else "",
        "contact_id": contact,
        "sent_at": sent,
    }


def _answer(answer: str, invitation: str, answered: str, score: int = 9) -> Row:
    return {
        "answer_id": answer,
        "invitation_id": invitation,
        "question_code": "nps",
        "score": score,
        "answered_at": answered,
    }


def _rate(day: str, units: str) -> Row:
    return {"rate_date": day, "currency": "CHF", "units_per_eur": units}


PEOPLE = ("asks", "only_march", "buyer", "late_buyer", "older", "merged", "survivor")
PEOPLE += ("older_record", "first_record")
PEOPLE += ("one", "other", "moved_to", "of_two_kinds", "swiss", "helped", "tested", "gone")
PEOPLE += ("calm", "quiet")

FIRST: World = {
    ("billing", "customers"): [
        *(_customer(customer) for customer in PEOPLE),
        _customer("second_record", closed_at="2026-02-01T09:00:00Z"),
    ],
    ("billing", "customer_merges"): [
        # of the leaver no own row comes: the first record speaks
        _merge("first_record", "leaver"),
        _merge("second_record", "leaver"),
        _merge("older_record", "older"),
    ],
    ("interactions", "contacts"): [
        _contact("january", "asks", "2026-01-08T09:00:00Z"),
        _contact("february", "asks", "2026-02-09T09:00:00Z"),
        # nobody else is handled in March
        _contact("march", "only_march", "2026-03-09T09:00:00Z"),
        _contact("april", "asks", "2026-04-08T09:00:00Z"),
        _contact("of_two", "one", "2026-01-12T09:00:00Z"),
        _contact("described", "asks", "2026-01-13T09:00:00Z", team="first"),
        _contact("sold", "asks", "2026-01-14T09:00:00Z"),
        # of people of whom nothing changes
        _contact("call_of_calm", "calm", "2026-01-15T09:00:00Z"),
        _contact("call_of_quiet", "quiet", "2026-01-15T09:00:00Z"),
    ],
    ("interactions", "tickets"): [_ticket("described", team="first")],
    ("billing", "orders"): [
        *(
            _order(f"old_{customer}", customer, "2025-06-01T09:00:00Z")
            for customer in ("buyer", "late_buyer", "older", "merged", "only_march")
        ),
        _order("old_leaver", "second_record", "2025-06-01T09:00:00Z"),
        _order("rated", "swiss", "2026-02-02T09:00:00Z", currency="CHF"),
        _order("assisted", "helped", "2026-01-14T09:30:00Z", contact_id="sold"),
        _order("of_a_test", "tested", "2026-01-14T09:30:00Z"),
        _order("deleted", "gone", "2026-01-14T09:30:00Z"),
    ],
    ("billing", "documents"): [
        _document("rated", "swiss", "2026-02-02", currency="CHF"),
        _document("of_a_test", "tested", "2026-02-02"),
        _document("deleted", "gone", "2026-02-02"),
    ],
    ("billing", "exchange_rates"): [_rate("2026-01-30", "0.90")],
    ("surveys", "invitations"): [
        # whoever they are, the first answers last
        _invitation("merged", "relational_nps", "merged", "2026-02-01T09:00:00Z"),
        _invitation("survivor", "relational_nps", "survivor", "2026-02-02T09:00:00Z"),
        # two people are asked about one call, one of them about another as well
        _invitation("of_one", "post_contact", "one", "2026-02-01T09:00:00Z", "of_two"),
        _invitation("of_other", "post_contact", "other", "2026-02-01T09:00:00Z", "of_two"),
        _invitation(
            "of_other_later", "post_contact", "other", "2026-02-06T09:00:00Z", "call_of_quiet"
        ),
        _invitation("described", "post_contact", "", "2026-02-01T09:00:00Z", "described"),
        # one of two who are asked about a call buys something later
        _invitation(
            "of_buyer", "post_contact", "late_buyer", "2026-02-01T09:00:00Z", "call_of_calm"
        ),
        _invitation("of_calm", "post_contact", "calm", "2026-02-01T09:00:00Z", "call_of_calm"),
        {
            **_invitation("described_by_ticket", "post_ticket", "", "2026-02-01T09:00:00Z"),
            "ticket_id": "described",
        },
        _invitation("taken_back", "relational_nps", "buyer", "2026-02-01T09:00:00Z"),
        _invitation("of_nobody", "relational_nps", "", "2026-02-01T09:00:00Z"),
        _invitation("homemade", "homemade", "of_two_kinds", "2026-02-01T09:00:00Z"),
        _invitation("seeded", "relational_nps", "of_two_kinds", "2026-02-01T09:00:00Z"),
    ],
    ("surveys", "answers"): [
        _answer("merged", "merged", "2026-02-05T09:00:00Z"),
        _answer("survivor", "survivor", "2026-02-04T09:00:00Z"),
        _answer("of_other", "of_other", "2026-02-03T09:00:00Z"),
        _answer("of_other_later", "of_other_later", "2026-02-08T09:00:00Z"),
        _answer("of_buyer", "of_buyer", "2026-02-03T09:00:00Z"),
        _answer("of_calm", "of_calm", "2026-02-04T09:00:00Z"),
        _answer("described", "described", "2026-02-03T09:00:00Z"),
        _answer("described_by_ticket", "described_by_ticket", "2026-02-03T09:00:00Z"),
        _answer("taken_back", "taken_back", "2026-02-03T09:00:00Z"),
        _answer("of_nobody", "of_nobody", "2026-02-03T09:00:00Z"),
        _answer("of_nobody_later", "of_nobody", "2026-02-04T09:00:00Z"),
        _answer("homemade", "homemade", "2026-02-04T09:00:00Z"),
        _answer("seeded", "seeded", "2026-02-03T09:00:00Z"),
    ],
}

# A survey that no seed knows asks about a call: so do all of its invitations. All answers are then
# ranked anew, so this comes before the other causes.
ANOTHER_KIND: World = {
    ("surveys", "invitations"): [
        _invitation("names_a_call", "homemade", "asks", "2026-04-08T10:00:00Z", "january")
    ]
}

CHANGES: World = {
    ("interactions", "contacts"): [
        # December begins late, and the control day of April has come
        _contact("december", "asks", "2025-12-08T09:00:00Z"),
        _contact("may", "asks", "2026-05-04T09:00:00Z"),
        # March has nobody any more
        {"contact_id": "march", "is_deleted": "true", "updated_at": "2026-05-01T09:00:00Z"},
        _contact(
            "described", "asks", "2026-01-13T09:00:00Z", team="second", updated_at="2026-05-01"
        ),
        _contact("sold", "asks", "2026-01-14T09:00:00Z", channel="chat", updated_at="2026-05-01"),
    ],
    ("interactions", "tickets"): [_ticket("described", team="second", updated_at="2026-05-01")],
    ("billing", "customers"): [
        # what no history of segments shows: another record speaks, and a merged one is older
        {"customer_id": "first_record", "is_deleted": "true"},
        _customer("older_record", created_at="2020-01-01T09:00:00Z", updated_at="2026-05-01"),
        _customer("tested", is_test="true", updated_at="2026-05-01T09:00:00Z"),
    ],
    ("billing", "customer_merges"): [_merge("merged", "survivor")],
    ("billing", "orders"): [
        # before February, and again within the window of January
        _order("late", "late_buyer", "2026-02-10T09:00:00Z", updated_at="2026-05-01T09:00:00Z"),
        _order("later", "late_buyer", "2025-12-01T09:00:00Z", updated_at="2026-05-01T09:00:00Z"),
        # orders show now that nobody bought in the windows of January
        _order("newest", "moved_to", "2026-05-04T09:00:00Z"),
        {"order_id": "deleted", "is_deleted": "true", "updated_at": "2026-05-01T09:00:00Z"},
    ],
    ("billing", "documents"): [{"document_id": "deleted", "is_deleted": "true"}],
    ("billing", "exchange_rates"): [_rate("2026-02-01", "0.50")],
    ("surveys", "invitations"): [
        _invitation("late", "relational_nps", "buyer", "2026-02-01T09:00:00Z"),
        {"invitation_id": "taken_back", "is_deleted": "true"},
    ],
    ("surveys", "answers"): [
        _answer("late", "late", "2026-02-02T09:00:00Z"),
        # the last about the call that both were asked about
        _answer("of_one", "of_one", "2026-02-05T09:00:00Z"),
        {"answer_id": "of_nobody_later", "is_deleted": "true"},
    ],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict, dict]:
    """The facts of the first batch, of all batches one by one, and of all in one build."""
    with pytest.MonkeyPatch.context() as patch:
        parts = Warehouse(tmp_path_factory.mktemp("parts"), patch, MODELS)
        parts.land(FIRST, "1")
        parts.build()
        first = parts.published({"batch"})
        for number, rows in enumerate((ANOTHER_KIND, CHANGES), start=2):
            parts.land(rows, str(number))
            assert parts.build().full_refresh is None
        found = parts.published({"batch"})
        whole = Warehouse(tmp_path_factory.mktemp("whole"), patch, MODELS)
        for number, rows in enumerate((FIRST, ANOTHER_KIND, CHANGES), start=1):
            whole.land(rows, str(number))
        whole.build()
        return first, found, whole.published({"batch"})


@pytest.mark.parametrize("fact", FACTS)
def test_batches_give_what_one_build_gives(fact: str, built: tuple[dict, dict, dict]) -> None:
    first, found, expected = (set(tables[fact]) for tables in built)
    assert len(found) == len(built[1][fact])
    width = len(next(iter(CHANGED[fact])))

    def keys(rows: set[tuple]) -> set[tuple[str, ...]]:
        return {tuple(map(str, row[:width])) for row in rows}

    assert keys(found ^ expected) == set()
    assert keys(first ^ expected) >= CHANGED[fact]
