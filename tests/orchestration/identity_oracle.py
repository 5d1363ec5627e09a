"""Who is behind each touch of a world, found the slow way: one row after the other, in Python.

Says the same as the models' SQL, by other means: every question walks the landed rows again.
"""

import re
from dataclasses import dataclass

from orchestration.landing.pseudonyms import pseudonym
from tests.orchestration.shuffled_world import Row, World

Person = tuple[str | None, str]
FIRST, LAST = "0001", "9999"
NOBODY: Person = (None, "none")
UNKNOWN = ("anonymous", "none")
# the parameter shared_address_customers: what more people hold names none of them
MOST_HOLDERS = 3


@dataclass
class Oracle:
    """Answers questions about one world. `key` is that of its pseudonyms."""

    rows: World
    key: bytes

    def contacts(self) -> dict[str, Person]:
        """Contacts that stand for themselves, and tickets that stand for a contact."""
        contacts = self.current("interactions", "contacts", "contact_id")
        tickets = self.current("interactions", "tickets", "ticket_id")
        linked = {contact.get("ticket_id") for contact in contacts.values()}
        chains: dict[str, list[tuple[bool, str, str]]] = {}
        for contact_id, contact in contacts.items():
            root = self.root(contact_id, contacts)
            place = (contact_id != root, str(contact["queue_entered_at"]), contact_id)
            chains.setdefault(root, []).append(place)
        found = {}
        for root, chain in chains.items():
            # whom the first record that names anybody names, when the first of all began
            records = [contacts[contact_id] for *_, contact_id in sorted(chain)]
            naming = next((row for row in records if row["customer_ref"]), records[0])
            began = {"queue_entered_at": contacts[root]["queue_entered_at"]}
            found[root] = self.behind({**naming, **began}, "queue_entered_at")
        for ticket_id, ticket in tickets.items():
            if ticket["created_by"] == "customer" and ticket_id not in linked:
                found[f"ticket:{ticket_id}"] = self.behind(ticket, "created_at")
        return found

    def tickets(self) -> dict[str, Person]:
        tickets = self.current("interactions", "tickets", "ticket_id")
        return {key: self.behind(ticket, "created_at") for key, ticket in tickets.items()}

    def reviews(self) -> dict[str, Person]:
        reviews = self.current("interactions", "public_feedback", "feedback_id")
        return {
            key: self.person("handle", str(review["author_ref"]), str(review["posted_at"]))
            for key, review in reviews.items()
        }

    def invitations(self) -> dict[str, Person]:
        contacts = self.current("interactions", "contacts", "contact_id")
        exchanges, tickets = self.contacts(), self.tickets()
        found = {}
        for key, invitation in self.current("surveys", "invitations", "invitation_id").items():
            named = self.behind(invitation, "sent_at")
            contact_id = str(invitation.get("contact_id") or "")
            ticket_id = str(invitation.get("ticket_id") or "")
            asked = contact_id or f"ticket:{ticket_id}"
            if contact_id in contacts:
                asked = self.root(contact_id, contacts)
            others = [exchanges.get(asked, NOBODY), tickets.get(ticket_id, NOBODY)]
            known = [person for person in others if person[1] not in UNKNOWN]
            unknown = [person for person in [named, *others] if person[0] is not None]
            if named[1] not in UNKNOWN:
                found[key] = named
            elif known:
                found[key] = (known[0][0], "exchange")
            else:
                found[key] = unknown[0] if unknown else NOBODY
        return found

    def customers(self) -> set[str]:
        """The persons of whom a record landed."""
        records = self.current("billing", "customers", "customer_id")
        return {self.survivor(customer_id) for customer_id in records}

    # One person

    def behind(self, touch: Row, instant: str) -> Person:
        kind, value = str(touch["customer_ref_type"]), str(touch["customer_ref"])
        return self.person(kind, value, str(touch[instant]))

    def person(self, kind: str, value: str, instant: str) -> Person:
        """The person whom a reference leads to at an instant, and the rule that says so."""
        if not value:
            return NOBODY
        if kind == "customer_id":
            link = self.link(value)
            return self.survivor(value), link[1] if link and self.has_end(value) else "customer_id"
        same = normal(kind, value)
        declared = [
            (str(row["valid_to"] or LAST), str(row["valid_from"] or FIRST), self.survivor(holder))
            for (ref_type, ref_value, holder), row in self.references().items()
            if (ref_type, ref_value) == (kind, same)
        ]
        crowds = [
            since
            for since in {since for _, since, _ in declared}
            if len({holder for _, other, holder in declared if other == since}) > MOST_HOLDERS
        ]
        holders = [
            (until, since, holder)
            for until, since, holder in declared
            if since <= instant < until and since not in crowds
        ]
        if holders:
            until, since, _ = max(holders)
            alike = [holder[2] for holder in holders if holder[:2] == (until, since)]
            return min(alike), "customer_refs"
        owners = [
            self.survivor(customer_id)
            for customer_id, row in self.current("billing", "customers", "customer_id").items()
            if kind in ("email", "phone") and row.get(kind) and normal(kind, str(row[kind])) == same
        ]
        if owners and len(set(owners)) <= MOST_HOLDERS:
            return min(owners), f"customer_{kind}"
        return f"{kind}:{pseudonym(self.key, kind, value)}", "anonymous"

    def survivor(self, customer_id: str) -> str:
        """The last record that a record's links lead to; itself when they go in a circle."""
        met = [customer_id]
        while link := self.link(met[-1]):
            if link[0] in met:
                return customer_id
            met.append(link[0])
        return met[-1]

    def has_end(self, customer_id: str) -> bool:
        return self.survivor(customer_id) != customer_id

    def link(self, customer_id: str) -> tuple[str, str] | None:
        """The record that an id stands for, and why: its merge, else what declares it."""
        if into := self.merged_into(customer_id):
            return into, "merge"
        holder = self.declared_holder(customer_id)
        if holder is None or self.merged_into(holder) == customer_id:
            return None
        is_answered = not self.merged_into(holder) and self.declared_holder(holder) == customer_id
        if is_answered and customer_id < holder:
            return None
        return holder, "customer_refs"

    def merged_into(self, customer_id: str) -> str | None:
        merges = self.once("billing", "customer_merges", ("merged_customer_id",))
        merge = merges.get((customer_id,))
        survivor = str(merge["survivor_customer_id"]) if merge else None
        return survivor if survivor != customer_id else None

    def declared_holder(self, customer_id: str) -> str | None:
        holders = [
            holder
            for ref_type, value, holder in self.references()
            if (ref_type, value) == ("customer_id", customer_id) and holder != customer_id
        ]
        return min(holders, default=None)

    # What the landed rows say in the end

    def references(self) -> dict[tuple, Row]:
        return self.once("billing", "customer_refs", ("ref_type", "ref_value", "customer_id"))

    def once(self, source: str, table: str, key: tuple[str, ...]) -> dict[tuple, Row]:
        """Rows of a table whose rows never change, without those that were deleted."""
        found: dict[tuple, Row] = {}
        gone = set()
        for row in self.rows[source, table]:
            name = tuple(str(row[column]) for column in key)
            if "ref_type" in row:
                name = (name[0], normal(name[0], name[1]), name[2])
            if row.get("is_deleted"):
                gone.add(name)
            found.setdefault(name, row)
        return {name: row for name, row in found.items() if name not in gone}

    def current(self, source: str, table: str, key: str) -> dict[str, Row]:
        """The newest version of each row, unless it says that the row is gone."""
        newest: dict[str, Row] = {}
        for row in self.rows[source, table]:
            name = str(row[key])
            known = newest.get(name)
            if known is None or str(row.get("updated_at", "")) > str(known.get("updated_at", "")):
                newest[name] = row
        return {name: row for name, row in newest.items() if not row.get("is_deleted")}

    def root(self, contact_id: str, contacts: dict[str, Row]) -> str:
        """The contact that a contact is folded into."""
        met = [contact_id]
        while (parent := str(contacts[met[-1]].get("parent_contact_id") or "")) in contacts:
            if parent == met[-1]:
                break
            if parent in met:
                return contact_id
            met.append(parent)
        return met[-1]


def normal(kind: str, value: str) -> str:
    """One way of writing for the ways in which the worlds write."""
    text = value.strip().lower()
    if kind == "phone":
        return re.sub(r"[^0-9]", "", text)[-9:]
    if kind == "email":
        return re.sub(r".*<|>.*", "", text)
    if kind == "handle":
        return text.removeprefix("@")
    if kind == "account":
        return text.replace(" ", "")
    return value
