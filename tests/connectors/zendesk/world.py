"""A small service desk in Zendesk, as its exports would tell it: every awkward ticket once.

A ticket is told as a story of updates; each update is an audit with its events. The same story is
written in any layout. All instants are UTC, and lie in March 2026.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

AGNES, BRUNO, CHLOE, DORA, LEFT, RISEN = "101", "102", "103", "104", "105", "106"
ANNA, BEN, CARL, SPAMMER, RUDE, NOBODY = "201", "202", "203", "204", "205", "206"
SYSTEM = "-1"
FRONT, SECOND, BILLING = "11", "12", "13"
SHOP = "31"
RULE = {"channel": "rule", "source": {"from": {"id": 1, "title": "Notify"}, "rel": "trigger"}}


def at(day: int, hour: int = 8, minute: int = 0, second: int = 0) -> datetime:
    """That time of that day of March 2026."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


def iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Ticket:
    """One ticket; every method is an update of it, at `when`, by `who`."""

    desk: "Desk"
    ticket_id: str
    created: datetime
    requester: str
    submitter: str
    via: str = "email"
    fields: dict[str, Any] = field(default_factory=dict)
    audits: list[dict[str, Any]] = field(default_factory=list)

    def update(
        self, when: datetime, who: str, *events: dict[str, Any], via: Any = None
    ) -> "Ticket":
        audit = {
            "id": self.desk.number(),
            "ticket_id": int(self.ticket_id),
            "created_at": iso(when),
            "author_id": int(who),
            "via": via or {"channel": "web", "source": {"rel": None}},
            "events": [],
        }
        for event in events:
            kind = "Create" if not self.audits else "Change"
            one = {"id": self.desk.number(), **event}
            if one.get("type") == "field":
                one["type"] = kind
                before = self.fields.get(one["field_name"])
                if kind == "Change":
                    one["previous_value"] = before
                self.fields[one["field_name"]] = one["value"]
            audit["events"].append(one)
        self.audits.append(audit)
        self.fields["updated_at"] = iso(when)
        return self


def comment(who: str, body: str, public: bool = True, **more: Any) -> dict[str, Any]:
    return {"type": "Comment", "author_id": int(who), "body": body, "public": public, **more}


def change(name: str, value: str | None) -> dict[str, Any]:
    return {"type": "field", "field_name": name, "value": value}


def notice(*to: str) -> dict[str, Any]:
    return {"type": "Notification", "via": RULE, "recipients": [int(one) for one in to]}


def answer(
    when: datetime, kind: str, changed: datetime | None = None, **said: Any
) -> dict[str, Any]:
    """An answer of a CSAT survey; `kind` is what its question asks for."""
    given = {"rating": "rating_scale", "other": "rating_scale"}.get(kind, kind)
    asked: dict[str, Any] = {"id": f"01{kind.upper()}", "type": kind}
    if given == "rating_scale":
        subject = "customer_satisfaction" if kind == "rating" else "other"
        asked |= {"type": "rating_scale_numeric", "sub_type": subject}
    return {
        "type": given if said else "skipped",
        "created_at": iso(when).replace("Z", ".000Z"),
        "updated_at": iso(changed or when).replace("Z", ".250Z"),
        "question": asked,
        **said,
    }


def stars(
    when: datetime, rating: int, category: str, changed: datetime | None = None
) -> dict[str, Any]:
    return answer(when, "rating", changed, rating=rating, rating_category=category)


@dataclass
class Desk:
    """Everything that the vendor would export."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)
    surveys: list[dict[str, Any]] = field(default_factory=list)
    last: int = 5000

    def number(self) -> int:
        self.last += 1
        return self.last

    def opened(
        self,
        ticket_id: str,
        when: datetime,
        requester: str,
        *,
        by: str | None = None,
        via: str = "email",
        group: str | None = FRONT,
        status: str = "new",
        body: str = "Hello, it does not work.",
        public: bool = True,
        **fields: Any,
    ) -> Ticket:
        """A ticket with its opening message, and a trigger that acknowledges an e-mail."""
        who = by or requester
        ticket = Ticket(self, ticket_id, when, requester, who, via, dict(fields))
        events = [comment(who, body, public), change("status", status)]
        if group:
            events.append(change("group_id", group))
        if via == "email":
            events.append(notice(requester))
        self.tickets[ticket_id] = ticket
        return ticket.update(when, who, *events, via={"channel": via, "source": {"rel": None}})

    def rated(
        self, ticket_id: str, score: str, created: datetime, updated: datetime, said: str = ""
    ) -> None:
        self.ratings.append(
            {
                "id": self.number(),
                "ticket_id": int(ticket_id),
                "score": score,
                "created_at": iso(created),
                "updated_at": iso(updated),
                "comment": said or None,
                "requester_id": int(self.tickets[ticket_id].requester)
                if ticket_id in self.tickets
                else 1,
                "assignee_id": None,
                "group_id": None,
            }
        )

    def surveyed(
        self, name: str, subject: str, who: str, *answers: dict[str, Any], export: int = 1
    ) -> None:
        """A response to a CSAT survey about a ticket or a conversation, as one export has it."""
        kind, _, number = subject.partition(":")
        self.surveys.append(
            {
                "export": export,
                "id": name,
                "responder_id": int(who),
                "subject_zrns": [f"zen:{subject}"],
                "subjects": [{"id": number, "type": kind, "zrn": f"zen:{subject}"}],
                "survey": {"id": "01SURVEY", "state": "enabled", "version": 1},
                "expires_at": iso(at(28)),
                "answers": list(answers),
            }
        )

    def measured(
        self,
        ticket_id: str,
        when: datetime,
        *,
        reply: int | None = None,
        first: int | None = None,
        full: int | None = None,
        reopens: int = 0,
        replies: int = 0,
    ) -> None:
        """Zendesk's own figures, in minutes."""

        def minutes(value: int | None) -> dict[str, int | None]:
            return {"calendar": value, "business": value}

        self.metrics.append(
            {
                "id": self.number(),
                "ticket_id": int(ticket_id),
                "updated_at": iso(when),
                "created_at": iso(when),
                "reply_time_in_minutes": minutes(reply),
                "first_resolution_time_in_minutes": minutes(first),
                "full_resolution_time_in_minutes": minutes(full),
                "reopens": reopens,
                "replies": replies,
            }
        )


def desk() -> Desk:
    """Every story."""
    made = Desk()
    note = False

    # plain: acknowledged by a trigger, taken, answered and solved at once; the trigger that sends
    # the answer is no message more; closed by an automation
    plain = made.opened("1", at(2), ANNA)
    plain.update(at(2, 9), AGNES, change("assignee_id", AGNES))
    plain.update(
        at(2, 10), AGNES, comment(AGNES, "Try again."), change("status", "solved"), notice(ANNA)
    )
    plain.update(at(6, 10), SYSTEM, change("status", "closed"), via=RULE)
    made.rated("1", "offered", at(2, 11), at(2, 11))
    made.rated("1", "good_with_comment", at(2, 11), at(2, 12), "Thank you!")
    made.measured("1", at(6, 10), reply=120, first=120, full=120, replies=1)

    # reopened by the customer, answered twice
    again = made.opened("2", at(2, 8, 30), BEN)
    again.update(
        at(2, 9, 30),
        AGNES,
        change("assignee_id", AGNES),
        comment(AGNES, "Done."),
        change("status", "solved"),
    )
    again.update(at(3, 9), BEN, comment(BEN, "Not at all."), change("status", "open"))
    again.update(at(3, 12), BRUNO, change("assignee_id", BRUNO), comment(BRUNO, "Looking."))
    again.update(at(3, 15), BRUNO, comment(BRUNO, "Now."), change("status", "solved"))
    made.rated("2", "good", at(3, 16), at(3, 17))
    made.rated("2", "bad", at(3, 16), at(4, 17), "Took two days.")
    made.measured("2", at(4), reply=60, first=60, full=1830, reopens=1, replies=3)

    # a note is no reply; escalated, given back without a word, answered by the front line
    passed = made.opened("3", at(3), CARL, via="web")
    passed.update(at(3, 9), AGNES, comment(AGNES, "Who knows this?", note))
    passed.update(at(3, 10), AGNES, change("group_id", SECOND))
    passed.update(at(3, 11), CHLOE, change("group_id", FRONT), comment(CHLOE, "Not ours.", note))
    passed.update(at(3, 14), AGNES, comment(AGNES, "It is so."), change("status", "pending"))

    # escalated, answered by the higher level, and sent back for the rest
    raised = made.opened("4", at(4), ANNA, via="web")
    raised.update(at(4, 9), AGNES, change("assignee_id", AGNES))
    raised.update(at(4, 10), AGNES, change("group_id", SECOND), change("assignee_id", CHLOE))
    raised.update(at(4, 11), CHLOE, comment(CHLOE, "A known fault."))
    raised.update(at(4, 12), CHLOE, change("group_id", BILLING), change("assignee_id", None))
    raised.update(at(4, 13), BRUNO, comment(BRUNO, "Refunded."), change("status", "solved"))
    made.measured("4", at(5), reply=180, first=300, full=300, replies=2)

    # merged into the first: closed by it, and a public comment in the other that is no reply
    twin = made.opened("5", at(2, 8, 10), ANNA, tags=["closed_by_merge"])
    merge = {"channel": "web", "source": {"from": {"ticket_id": 1}, "rel": "merge"}}
    twin.update(
        at(2, 8, 40),
        AGNES,
        comment(AGNES, "Merged into request #1.", via=merge),
        change("status", "closed"),
        via=merge,
    )
    whence = {"channel": "web", "source": {"from": {"ticket_ids": [5]}, "rel": "merge"}}
    plain.update(
        at(2, 8, 40), AGNES, comment(AGNES, "Request #5 was merged.", via=whence), via=whence
    )
    plain.audits.sort(key=lambda one: one["created_at"])
    plain.fields["updated_at"] = iso(at(6, 10))
    made.measured("5", at(2, 9), first=30, full=30)

    # merged into the second: one that only the other's audit names, and one that only words name
    bare = {"channel": "web", "source": {"from": {}, "rel": "merge"}}
    for number, minute in (("23", 50), ("24", 52)):
        made.opened(number, at(2, 8, 45), BEN, tags=["closed_by_merge"]).update(
            at(2, 8, minute),
            AGNES,
            comment(AGNES, "Closed and merged into request #2.", note, via=bare),
            change("status", "closed"),
            via=bare,
        )
    both = {"channel": "web", "source": {"from": {"ticket_ids": [23]}, "rel": "merge"}}
    again.update(at(2, 8, 50), AGNES, comment(AGNES, "Request #23.", note, via=both), via=both)
    # what the customer and a colleague write in that very second, and who merges, a word of theirs
    again.update(at(2, 8, 50), BEN, comment(BEN, "One thing more."))
    again.update(at(2, 8, 50), BRUNO, comment(BRUNO, "Noted.", note))
    made.tickets["23"].update(at(2, 8, 50), AGNES, comment(AGNES, "See request #230.", note))
    again.audits.sort(key=lambda one: one["created_at"])
    again.fields["updated_at"] = iso(at(3, 15))

    # deleted
    made.opened("6", at(5), BEN).update(at(5, 9), AGNES, change("status", "deleted"))

    # suspended: spam where nobody answered
    made.opened("7", at(5), SPAMMER)
    made.opened("8", at(5), RUDE).update(
        at(5, 10), AGNES, comment(AGNES, "Please be civil."), change("status", "solved")
    )

    # an agent who asks; an agent who opens a ticket for a customer, and answers it later
    made.opened("9", at(5), DORA).update(
        at(5, 11), AGNES, comment(AGNES, "Here it is."), change("status", "solved")
    )
    made.opened("10", at(5), CARL, by=AGNES, via="web", body="He called about his bill.").update(
        at(5, 12), AGNES, comment(AGNES, "As promised."), change("status", "solved")
    )
    made.measured("10", at(6), reply=240, first=240, full=240, replies=2)

    # a call and a chat, each with a ticket of its own
    made.opened("11", at(6), ANNA, via="voice", group=None, body="Call from +33 1 23 45 67 89")
    made.opened("12", at(6), BEN, via="chat", body="Chat started")

    # a question to somebody outside, and the ticket that this is on the other side
    made.opened("13", at(6), CARL).update(
        at(6, 15), AGNES, comment(AGNES, "We asked."), change("status", "hold")
    )
    made.opened("14", at(6, 10), AGNES, via="side_conversation", body="Can you?")

    # answered by somebody who has left since, and whose account is an end user's now
    made.opened("15", at(9), ANNA).update(
        at(9, 10),
        LEFT,
        change("assignee_id", LEFT),
        comment(LEFT, "Yes."),
        change("status", "open"),
    )

    # a customer then, an agent now; and a reply that was made private later
    made.opened("16", at(9), RISEN).update(at(9, 12), AGNES, comment(AGNES, "No.")).update(
        at(9, 13), RISEN, comment(RISEN, "Why?")
    )
    said = made.opened("17", at(10), BEN).update(at(10, 9), AGNES, comment(AGNES, "Secret."))
    secret = said.audits[-1]["events"][0]
    secret["public"] = False
    said.update(
        at(11, 9),
        AGNES,
        {"type": "CommentPrivacyChange", "comment_id": secret["id"], "public": False},
    )

    # closed by a rule and never solved; solved and reopened by a rule in the same instant
    made.opened("18", at(10), CARL).update(at(12), SYSTEM, change("status", "closed"), via=RULE)
    made.measured("18", at(12), first=2880, full=2880)
    made.opened("19", at(10), ANNA).update(
        at(10, 12),
        AGNES,
        comment(AGNES, "Solved?"),
        change("status", "solved"),
        change("status", "open"),
    )

    # the sample that every account begins with; a follow-up of a closed ticket; a colleague of the
    # customer who writes in copy; a trigger that tells agents alone; an author nobody knows
    made.opened("20", at(2), NOBODY, by=AGNES, via="sample_ticket")
    made.opened("21", at(12), ANNA, body="Again, after #1.", follows=1).update(
        at(12, 9), BEN, comment(BEN, "Me too.")
    ).update(at(12, 10), SYSTEM, notice(AGNES, BRUNO), via=RULE)
    made.rated("21", "offered", at(13), at(13))
    # an automation that reminds the customer
    made.opened("22", at(12), BEN, via="web").update(
        at(14, 9), SYSTEM, notice(BEN), change("status", "solved"), via=RULE
    )
    # and a dozen plain ones: few ratings are not shown
    for number in range(101, 113):
        usual = made.opened(str(number), at(4, 8, number - 100), CARL, via="web")
        usual.update(
            at(4, 10, number - 100), BRUNO, comment(BRUNO, "Yes."), change("status", "solved")
        )
        made.rated(str(number), "good" if number % 3 else "bad", at(4, 11), at(4, 12))
    made.rated("999", "bad", at(14), at(14))
    # CSAT surveys: of five points, of three, changed later, of two tickets' worth; the rating of an
    # older kind says the same as good or bad, and does not count once more
    made.surveyed(
        *("01A", "ticket:101", CARL, stars(at(4, 13), 4, "good")),
        answer(at(4, 13), "open_ended", value="Quick enough."),
        answer(at(4, 13), "closed_ended", selections=[{"type": "predefined", "option_id": "01"}]),
    )
    made.surveyed("01B", "ticket:102", CARL, stars(at(4, 13), 3, "good"))
    made.surveyed("01C", "request:103", CARL, stars(at(4, 13), 2, "bad"))
    made.surveyed(
        *("01C", "request:103", CARL, stars(at(4, 13), 5, "good", at(5, 13))),
        answer(at(4, 13), "other", rating=1, rating_category="bad"),
        export=2,
    )
    # asked and rated no; a word taken back; a conversation without a ticket; two of one ticket
    made.surveyed(
        *("01D", "ticket:104", CARL, answer(at(4, 13), "rating")),
        answer(at(4, 13), "open_ended", value="No opinion."),
    )
    made.surveyed("01E", "ticket:3", CARL, answer(at(4, 9), "open_ended", value="Nobody knew."))
    made.surveyed(
        *("01E", "ticket:3", CARL, stars(at(4, 9), 1, "bad")),
        answer(at(4, 9), "open_ended", at(4, 10)),
        export=2,
    )
    made.surveyed("01F", "conversation:4295a81b-ccdd", ANNA, stars(at(7), 3, "neutral"))
    made.surveyed("01G", "ticket:4", ANNA, stars(at(5, 9), 5, "good"))
    made.surveyed("01H", "ticket:4", ANNA, stars(at(6, 9), 2, "bad"))
    made.surveyed("01I", "ticket:5", ANNA)
    made.surveyed("01J", "ticket:997", ANNA, stars(at(8), 4, "good"))
    made.measured("998", at(14), reopens=1)
    return made


PEOPLE: list[dict[str, Any]] = [
    {"id": AGNES, "role": "agent", "email": "agnes@desk.example", "default_group_id": FRONT},
    {"id": BRUNO, "role": "admin", "email": "bruno@desk.example", "default_group_id": BILLING},
    {"id": CHLOE, "role": "agent", "email": "chloe@desk.example", "default_group_id": SECOND},
    {"id": DORA, "role": "agent", "email": "dora@desk.example", "default_group_id": FRONT},
    # an agent until the 20th; the older version of the account is in no file
    {"id": LEFT, "role": "end-user", "email": "left@desk.example", "updated_at": iso(at(20))},
    {"id": RISEN, "role": "end-user", "email": "risen@home.example", "updated_at": iso(at(1))},
    {"id": RISEN, "role": "agent", "email": "risen@home.example", "updated_at": iso(at(20))},
    {"id": ANNA, "role": "end-user", "email": "Anna@home.example", "phone": "+33123456789"},
    {"id": BEN, "role": "end-user", "email": None, "phone": "+33600000002"},
    {"id": CARL, "role": "end-user", "email": "carl@home.example", "external_id": "K-3"},
    {"id": SPAMMER, "role": "end-user", "email": "win@spam.example", "suspended": True},
    {"id": RUDE, "role": "end-user", "email": "rude@home.example", "suspended": True},
    {"id": NOBODY, "role": "end-user", "email": None},
]


def people() -> list[dict[str, Any]]:
    """Every version of every account, with what all of them have."""
    plain = {
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2026-03-01T00:00:00Z",
        "phone": None,
        "external_id": None,
        "suspended": False,
        "active": True,
        "default_group_id": None,
        "name": "Somebody",
    }
    return [plain | {**one, "id": int(one["id"])} for one in PEOPLE]


GROUPS = [
    {"id": 11, "name": "Front desk", "updated_at": "2025-01-01T00:00:00Z"},
    {"id": 12, "name": "Tier 2", "updated_at": "2025-01-01T00:00:00Z"},
    {"id": 13, "name": "Billing", "updated_at": "2025-01-01T00:00:00Z"},
    # renamed at the end: what was said of the past stays as it was
    {"id": 11, "name": "First line", "updated_at": "2026-03-25T00:00:00Z"},
]
BRANDS = [{"id": 31, "name": "Shop", "updated_at": "2025-01-01T00:00:00Z"}]
CALLS = [
    # taken, transferred; hung up in the queue; a message left; nobody picked up outside
    {"id": 71, "created_at": iso(at(6)), "completion_status": "completed", "direction": "inbound",
     "ticket_id": 11, "customer_id": 201, "agent_id": 102, "duration": 400, "wait_time": 30,
     "ivr_time_spent": 10, "talk_time": 350, "hold_time": 5, "wrap_up_time": 60,
     "updated_at": iso(at(6, 9))},
    {"id": 72, "created_at": iso(at(6, 9)), "completion_status": "abandoned_in_queue",
     "direction": "inbound", "customer_id": 202, "agent_id": None, "duration": 45,
     "wait_time": 40, "ivr_time_spent": 5, "talk_time": 0, "updated_at": iso(at(6, 9))},
    {"id": 73, "created_at": iso(at(6, 10)), "completion_status": "abandoned_in_voicemail",
     "direction": "inbound", "customer_id": 203, "voicemail": True, "duration": 60,
     "wait_time": 20, "talk_time": 0, "updated_at": iso(at(6, 10))},
    {"id": 74, "created_at": iso(at(6, 11)), "completion_status": "not_answered",
     "direction": "outbound", "customer_id": 203, "agent_id": 101, "duration": 20,
     "wait_time": 20, "talk_time": 0, "updated_at": iso(at(6, 11))},
    # answered, and no leg in the export
    {"id": 75, "created_at": iso(at(6, 12)), "completion_status": "completed",
     "direction": "inbound", "customer_id": 203, "agent_id": 101, "duration": 100,
     "wait_time": 10, "talk_time": 80, "hold_time": 0, "wrap_up_time": 20,
     "updated_at": iso(at(6, 12))},
]  # fmt: skip
LEGS = [
    {"id": 81, "call_id": 71, "created_at": iso(at(6, 8, 0, 40)), "type": "agent",
     "agent_id": 101, "duration": 200, "talk_time": 150, "hold_time": 5, "wrap_up_time": 20,
     "completion_status": "completed"},
    {"id": 82, "call_id": 71, "created_at": iso(at(6, 8, 4)), "type": "agent", "agent_id": 102,
     "duration": 200, "talk_time": 200, "wrap_up_time": 40, "transferred_from": 101,
     "completion_status": "completed"},
    {"id": 83, "call_id": 71, "created_at": iso(at(6)), "type": "customer", "agent_id": None,
     "duration": 400, "talk_time": 350, "completion_status": "completed"},
    # rang, and nobody took it
    {"id": 84, "call_id": 72, "created_at": iso(at(6, 9)), "type": "agent", "agent_id": 103,
     "duration": 10, "talk_time": 0, "completion_status": "agent_missed"},
]  # fmt: skip
CHATS = [
    {"id": "c1", "type": "chat", "timestamp": iso(at(6)), "zendesk_ticket_id": 12,
     "missed": False, "duration": 600, "response_time": {"first": 15, "avg": 20},
     "visitor": {"email": "ben@home.example"}, "started_by": "visitor"},
    {"id": "c2", "type": "chat", "timestamp": iso(at(6, 9)), "missed": True, "duration": 90,
     "response_time": {"first": None}, "visitor": {"email": ""}, "started_by": "visitor"},
    {"id": "c3", "type": "offline_msg", "timestamp": iso(at(6, 10)), "missed": True,
     "visitor": {"email": ""}, "started_by": "visitor"},
]  # fmt: skip
SCHEDULES = [
    {"id": 1, "name": "Weekdays", "time_zone": "Paris", "updated_at": iso(at(1)),
     "intervals": [{"start_time": 1980, "end_time": 2520}, {"start_time": 8580, "end_time": 8700}]},
]  # fmt: skip
HOLIDAYS = [
    {"id": 5, "name": "Easter, long", "start_date": "2026-04-05", "end_date": "2026-04-06"},
]
POLICIES = [
    {"id": 1, "title": "Standard", "updated_at": iso(at(1)),
     "policy_metrics": [
         {"priority": "high", "metric": "first_reply_time", "target": 60, "business_hours": True},
         {"priority": "high", "metric": "requester_wait_time", "target": 600,
          "business_hours": False}]},
]  # fmt: skip
ASIDES = [
    {"id": "a-1", "ticket_id": 13, "created_at": iso(at(6, 14)), "subject": "Question",
     "participants": []},
]  # fmt: skip


def ticket_record(ticket: Ticket) -> dict[str, Any]:
    fields = ticket.fields

    def number(name: str) -> int | None:
        return int(fields[name]) if fields.get(name) else None

    return {
        "id": int(ticket.ticket_id),
        "created_at": iso(ticket.created),
        "updated_at": fields["updated_at"],
        "status": fields["status"],
        "requester_id": int(ticket.requester),
        "submitter_id": int(ticket.submitter),
        "assignee_id": number("assignee_id"),
        "group_id": number("group_id"),
        "brand_id": int(SHOP),
        "priority": fields.get("priority", "normal"),
        "via": {
            "channel": ticket.via,
            "source": {
                "from": {"ticket_id": fields["follows"]} if "follows" in fields else {},
                "to": {},
                "rel": "follow_up" if "follows" in fields else None,
            },
        },
        "tags": fields.get("tags", []),
        "custom_fields": [{"id": 9001, "value": "delivery_delay"}, {"id": 9002, "value": None}],
        "subject": "Help",
        "url": "https://desk.example/1",
    }


def lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def page(name: str, records: list[dict[str, Any]]) -> str:
    return json.dumps({name: records, "count": len(records), "end_of_stream": True}, indent=1)


def native() -> dict[str, str]:
    """Files of Zendesk's own exports: pages and lines, and pages that overlap."""
    made = desk()
    tickets = [ticket_record(one) for one in made.tickets.values()]
    older = [
        one | {"updated_at": one["created_at"], "status": "new", "assignee_id": None}
        for one in tickets[:4]
    ]
    audits = [audit for ticket in made.tickets.values() for audit in ticket.audits]
    return {
        "tickets_1.json": page("tickets", older + tickets[4:9]),
        "tickets_2.jsonl": lines([*tickets[:4], *tickets[9:]]),
        "ticket_audits_1.json": page("audits", audits[:30]),
        "ticket_audits_2.json": page("audits", audits[20:]),
        "users.json": page("users", people()),
        "groups.json": page("groups", GROUPS),
        "brands.json": page("brands", BRANDS),
        "satisfaction_ratings.json": page("satisfaction_ratings", made.ratings),
        "survey_responses_1.json": page("survey_responses", responses(made, 1)),
        "survey_responses_2.jsonl": lines(responses(made, 2)),
        "holidays.json": page("holidays", HOLIDAYS),
        "ticket_metrics.jsonl": lines(made.metrics),
        "calls.json": page("calls", CALLS),
        "legs.json": page("legs", LEGS),
        "chats.json": page("chats", CHATS),
        "schedules.json": page("schedules", SCHEDULES),
        "sla_policies.json": page("sla_policies", POLICIES),
        "side_conversations.json": page("side_conversations", ASIDES),
    }


def responses(made: Desk, export: int) -> list[dict[str, Any]]:
    """Survey responses as that export has them."""
    return [
        {name: value for name, value in one.items() if name != "export"}
        for one in made.surveys
        if one["export"] == export
    ]


def incremental() -> dict[str, str]:
    """The same without audits: the incremental export of ticket events, with its comments."""
    files = native()
    events = []
    for ticket in desk().tickets.values():
        for audit in ticket.audits:
            children = []
            for event in audit["events"]:
                child = {"id": event["id"], "event_type": event["type"], "via_reference_id": None}
                if event["type"] in ("Create", "Change"):
                    child[event["field_name"]] = event["value"]
                    child["previous_value"] = event.get("previous_value")
                else:
                    child |= {k: v for k, v in event.items() if k not in ("id", "type")}
                children.append(child)
            moment = datetime.fromisoformat(audit["created_at"])
            events.append(
                {
                    "id": audit["id"],
                    "ticket_id": audit["ticket_id"],
                    "timestamp": int(moment.timestamp()),
                    "created_at": audit["created_at"],
                    "updater_id": audit["author_id"],
                    "event_type": "Audit",
                    "via": audit["via"] if "merge" in str(audit["via"]) else "Web form",
                    "child_events": children,
                }
            )
    del files["ticket_audits_1.json"], files["ticket_audits_2.json"]
    return files | {"ticket_events.jsonl": lines(events)}


def airbyte() -> dict[str, str]:
    """Airbyte's streams: the same records, with its own columns."""
    made = desk()

    def stamped(records: Iterable[dict[str, Any]]) -> str:
        return lines(
            {"_airbyte_raw_id": str(i), "_airbyte_extracted_at": "2026-04-01T00:00:00Z", **one}
            for i, one in enumerate(records)
        )

    audits = [audit for ticket in made.tickets.values() for audit in ticket.audits]
    comments = [
        {
            **{k: event[k] for k in ("id", "author_id", "body", "public")},
            "type": "Comment",
            "ticket_id": audit["ticket_id"],
            "created_at": audit["created_at"],
            "via": event.get("via", audit["via"]),
        }
        for audit in audits
        for event in audit["events"]
        if event["type"] == "Comment"
    ]
    return {
        "tickets.jsonl": stamped(ticket_record(one) for one in made.tickets.values()),
        "ticket_audits.jsonl": stamped(audits),
        "ticket_comments.jsonl": stamped(comments),
        "users.jsonl": stamped(people()),
        "groups.jsonl": stamped(GROUPS),
        "brands.jsonl": stamped(BRANDS),
        "satisfaction_ratings.jsonl": stamped(made.ratings),
        "survey_responses.jsonl": stamped(responses(made, 1) + responses(made, 2)),
        "ticket_metrics.jsonl": stamped(made.metrics),
        "schedules.jsonl": stamped(SCHEDULES),
        "sla_policies.jsonl": stamped(POLICIES),
    }


def table(records: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for record in records for name in record))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def fivetran() -> dict[str, str]:
    """Fivetran's tables: comments and a history of fields, without any audit."""
    made = desk()
    tickets, comments, history = [], [], []
    into = {"1": "[5]", "2": "[23, 24]"}
    for ticket in made.tickets.values():
        record = ticket_record(ticket)
        via = record.pop("via")
        for name in ("tags", "custom_fields", "url"):
            record.pop(name)
        record |= {
            "via_channel": via["channel"],
            "merged_ticket_ids": into.get(ticket.ticket_id, "[]"),
            "custom_reason": "delivery_delay",
            "_fivetran_synced": "2026-04-01 00:00:00.000",
        }
        tickets.append(record)
        for audit in ticket.audits:
            for event in audit["events"]:
                when = audit["created_at"].replace("T", " ").rstrip("Z")
                if event["type"] == "Comment":
                    comments.append(
                        {
                            "id": event["id"],
                            "ticket_id": audit["ticket_id"],
                            "created": when,
                            "user_id": event["author_id"],
                            "public": str(event["public"]).upper(),
                            "body": event["body"],
                            "voice_comment": "FALSE",
                        }
                    )
                elif event["type"] in ("Create", "Change"):
                    history.append(
                        {
                            "ticket_id": audit["ticket_id"],
                            "field_name": event["field_name"],
                            "updated": when,
                            "user_id": audit["author_id"],
                            "value": event["value"],
                        }
                    )
    # the last value of an instant alone is kept
    kept = {(one["ticket_id"], one["field_name"], one["updated"]): one for one in history}
    return {
        "ticket.csv": table(tickets),
        "ticket_comment.csv": table(comments),
        "ticket_field_history.csv": table(list(kept.values())),
        "user.csv": table(people()),
        "group.csv": table(GROUPS),
        "brand.csv": table(BRANDS),
    }
