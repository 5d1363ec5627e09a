"""Small worlds full of doubt about who is who, each with names of its own.

A world has a handful of customers, references that are shared, handed over, unknown or written in
many ways, records merged in chains and late, other ids of customers, and the contacts, tickets,
invitations and reviews that name them. Every id holds the world's name (`w017`) and every reference
its number, so that many worlds land in one warehouse without touching each other.

As in `shuffled_world`, the rows of a table may land in any order and in any number of batches.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta

from tests.orchestration.shuffled_world import Row, World

START = datetime(2026, 2, 1)
HOURS = 24 * 60
BRAND = "north"


def identity_world(number: int, seed: int) -> World:
    """Return the rows of world `number`, by (source, table); same arguments, same rows."""
    return _World(number, random.Random(f"{seed}/{number}")).build()


def world_name(number: int) -> str:
    """What every id of a world begins with."""
    return f"w{number:03d}"


class _World:
    """One world while it is made. `people` are the ids of records that may be named."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.number, self.name, self.dice = number, world_name(number), dice
        self.rows: World = defaultdict(list)
        self.people = [self.id("c", at) for at in range(dice.randrange(3, 8))]
        self.other_ids = [self.id("x", at) for at in range(dice.randrange(0, 4))]

    def build(self) -> World:
        self.customers()
        self.merges()
        self.declare_other_ids()
        self.declare_references()
        for at in range(self.dice.randrange(1, 5)):
            self.ticket(at)
        for at in range(self.dice.randrange(5, 13)):
            self.contact(at)
        for at in range(self.dice.randrange(1, 4)):
            self.invitation(at)
            self.review(at)
        return self.rows

    # What things are called

    def id(self, kind: str, at: int) -> str:
        return f"{self.name}-{kind}{at}"

    def email(self, at: int) -> str:
        plain = f"{self.name}.person{at}@example.org"
        return self.dice.choice([plain, plain.upper(), f" {plain}", f"Person <{plain}>"])

    def phone(self, at: int) -> str:
        digits = f"6{self.number:03d}{at:05d}"
        pairs = " ".join(["0" + digits[0], *(digits[i : i + 2] for i in range(1, 9, 2))])
        return self.dice.choice(
            [
                "0" + digits,
                "+33" + digits,
                "0033" + digits,
                pairs,
                pairs.replace(" ", "."),
                f"+33 (0){digits[0]}-{digits[1:]}",
            ]
        )

    def handle(self, at: int) -> str:
        plain = f"{self.name}_{at}"
        return self.dice.choice([plain, f"@{plain}", plain.upper()])

    def account(self, at: int) -> str:
        plain = f"{self.name} a{at}"
        return self.dice.choice([plain, plain.upper(), plain.replace(" ", "")])

    def written(self, kind: str, at: int) -> str:
        """A reference of a kind: the same one for the same number, written somehow."""
        return getattr(self, kind)(at)

    # When things happen

    def moment(self) -> datetime:
        """A full hour, so that touches often meet the very instant of a hand-over."""
        return START + timedelta(hours=12 * self.dice.randrange(HOURS // 12))

    def instant(self, moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z"

    # The rows

    def add(self, source: str, table: str, row: Row) -> None:
        self.rows[source, table].append(row)

    def versions(self, chances: tuple[int, ...]) -> list[str]:
        """The updated_at of each version of a row, oldest first."""
        return [
            self.instant(START + timedelta(days=90, hours=at))
            for at in range(self.dice.choice(chances))
        ]

    def customers(self) -> None:
        for customer_id in self.people:
            if self.dice.random() < 0.15:
                continue  # known from what others say of it alone
            for version, updated_at in enumerate(self.versions((1, 1, 2, 3))):
                row: Row = {
                    "customer_id": customer_id,
                    "created_at": self.instant(START - timedelta(days=30)),
                    "updated_at": updated_at,
                    "brand": BRAND,
                    "segment": self.dice.choice(("consumer", "business")),
                }
                if self.dice.random() < 0.7:
                    row["email"] = self.email(self.dice.randrange(4))
                if self.dice.random() < 0.7:
                    row["phone"] = self.phone(self.dice.randrange(4))
                if version == 2 and self.dice.random() < 0.5:
                    row = {
                        "customer_id": customer_id,
                        "updated_at": updated_at,
                        "is_deleted": "true",
                    }
                self.add("billing", "customers", row)

    def merges(self) -> None:
        """Chains of merges: each record into one that stands before it, so that none is a cycle."""
        order = self.dice.sample(self.people, len(self.people))
        for at, customer_id in enumerate(order):
            if not at or self.dice.random() < 0.5:
                continue
            # mostly into the one before, for long chains; sometimes into itself, which says nothing
            survivor = order[at - 1] if self.dice.random() < 0.6 else self.dice.choice(order[:at])
            survivor = customer_id if self.dice.random() < 0.05 else survivor
            merge: Row = {
                "merged_customer_id": customer_id,
                "survivor_customer_id": survivor,
                "merged_at": self.instant(self.moment()),
            }
            self.add("billing", "customer_merges", merge)
            if self.dice.random() < 0.1:
                key = {"merged_customer_id": customer_id, "is_deleted": "true"}
                self.add("billing", "customer_merges", key)
            elif self.dice.random() < 0.1:
                # the other way round: the merge decides
                self.declare("customer_id", survivor, customer_id)

    def declare_other_ids(self) -> None:
        for at, other_id in enumerate(self.other_ids):
            # of a customer, or of an id that is another's in turn; two may claim it
            holders = self.people + self.other_ids[:at]
            for holder in set(self.dice.choices(holders, k=self.dice.choice((1, 1, 2)))):
                self.declare("customer_id", other_id, holder)
        if self.dice.random() < 0.2:
            pair = [self.id("y", 0), self.id("y", 1)]
            self.declare("customer_id", *pair)
            self.declare("customer_id", *reversed(pair))
            self.other_ids += pair

    def declare_references(self) -> None:
        for kind, count in (("email", 4), ("phone", 4), ("handle", 3), ("account", 2)):
            for at in range(count):
                holders = self.dice.sample(
                    self.people + self.other_ids, self.dice.choice((0, 0, 1, 1, 2, 3))
                )
                first, second = sorted((self.moment(), self.moment()))
                times = [("", ""), ("", first), (first, ""), (first, second), (second, "")]
                for holder in holders:
                    since, until = self.dice.choice(times)
                    self.declare(kind, self.written(kind, at), holder, since, until)

    def declare(
        self,
        kind: str,
        value: str,
        customer_id: str,
        since: datetime | str = "",
        until: datetime | str = "",
    ) -> None:
        key = {"ref_type": kind, "ref_value": value, "customer_id": customer_id}
        row: Row = {
            **key,
            "valid_from": self.instant(since) if isinstance(since, datetime) else since,
            "valid_to": self.instant(until) if isinstance(until, datetime) else until,
        }
        self.add("billing", "customer_refs", row)
        if self.dice.random() < 0.05:
            self.add("billing", "customer_refs", {**key, "is_deleted": "true"})

    def reference(self) -> Row:
        """How a touch names its customer; the last number of a kind is known to nobody."""
        kind = self.dice.choice(("customer_id", "email", "phone", "handle", "account", ""))
        if kind == "customer_id":
            known = [*self.people, *self.other_ids, self.id("c", 99)]
            return {"customer_ref": self.dice.choice(known), "customer_ref_type": kind}
        if not kind:
            return {"customer_ref": "", "customer_ref_type": ""}
        value = self.written(kind, self.dice.randrange(5))
        return {"customer_ref": value, "customer_ref_type": kind}

    def ticket(self, at: int) -> None:
        ticket_id = self.id("t", at)
        for updated_at in self.versions((1, 1, 2)):
            row: Row = {
                "ticket_id": ticket_id,
                **self.reference(),
                "channel": "email",
                "brand": BRAND,
                "created_at": self.instant(self.moment()),
                "created_by": self.dice.choice(("customer", "customer", "agent")),
                "updated_at": updated_at,
            }
            self.add("interactions", "tickets", row)
        if self.dice.random() < 0.5:
            event: Row = {
                "event_id": f"{ticket_id}-reply",
                "ticket_id": ticket_id,
                "event_at": self.instant(START + timedelta(days=70)),
                "event_type": "public_reply",
            }
            self.add("interactions", "ticket_events", event)

    def contact(self, at: int) -> None:
        contact_id = self.id("k", at)
        for version, updated_at in enumerate(self.versions((1, 1, 2, 3))):
            row: Row = {
                "contact_id": contact_id,
                **self.reference(),
                "channel": self.dice.choice(("phone", "chat", "email")),
                "direction": "inbound",
                "reason": self.dice.choice(("billing_question", "invoice_dispute", "parcel", "")),
                "brand": BRAND,
                "queue_entered_at": self.instant(self.moment()),
                "disposition": self.dice.choice(("answered", "answered", "abandoned")),
                "updated_at": updated_at,
            }
            if self.dice.random() < 0.15:
                row["parent_contact_id"] = self.id("k", self.dice.randrange(13))
            if self.dice.random() < 0.25:
                row["ticket_id"] = self.id("t", self.dice.randrange(4))
            if version == 2 and self.dice.random() < 0.5:
                row = {"contact_id": contact_id, "updated_at": updated_at, "is_deleted": "true"}
            self.add("interactions", "contacts", row)
        if self.dice.random() < 0.7 and "queue_entered_at" in row:
            self.come_back(row)

    def come_back(self, contact: Row) -> None:
        """The same reference about the same thing again, before the first contact or after it."""
        entered = datetime.fromisoformat(str(contact["queue_entered_at"]).removesuffix("Z"))
        entered += timedelta(hours=self.dice.randrange(-50, 300))
        again = {
            **contact,
            "contact_id": f"{contact['contact_id']}b",
            "queue_entered_at": self.instant(
                entered + timedelta(hours=self.dice.randrange(-50, 300))
            ),
            "disposition": self.dice.choice(("answered", "answered", "abandoned")),
        }
        again.pop("parent_contact_id", None)
        self.add("interactions", "contacts", again)

    def invitation(self, at: int) -> None:
        row: Row = {
            "invitation_id": self.id("i", at),
            "survey_code": "post_contact",
            **self.reference(),
            "sent_at": self.instant(self.moment()),
        }
        if self.dice.random() < 0.6:
            row["contact_id"] = self.id("k", self.dice.randrange(13))
        if self.dice.random() < 0.3:
            row["ticket_id"] = self.id("t", self.dice.randrange(5))
        self.add("surveys", "invitations", row)

    def review(self, at: int) -> None:
        row: Row = {
            "feedback_id": self.id("f", at),
            "platform": "stars",
            "author_ref": self.dice.choice([self.handle(self.dice.randrange(4)), ""]),
            "posted_at": self.instant(self.moment()),
            "brand": BRAND,
        }
        self.add("interactions", "public_feedback", row)
