"""What should come out of a contact centre's streams, worked out record by record.

Slow and plain, from the files alone: nothing here reads the connector.
"""

import gzip
import json
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
STARTS = {
    "INBOUND": "customer",
    "API": "customer",
    "OUTBOUND": "company",
    "CALLBACK": "callback",
    "TRANSFER": "follow",
    "QUEUE_TRANSFER": "follow",
    "DISCONNECT": "follow",
}
MEDIA = {
    "VOICE": "phone",
    "CHAT": "chat",
    "EMAIL": "email",
    "TASK": "task",
    "connect:Chat": "chat",
    "connect:SMS": "sms",
}
LIVE = ("phone", "chat")
HANDLING = ("CONNECTED", "CONNECTED_ONHOLD", "ENDED")
STATUSES = {"Lunch": "break", "Coaching": "training"}


def objects(path: Path) -> list[Row]:
    """The JSON objects of a file, however they are separated."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        one, at = decoder.raw_decode(text, at)
        found.append(one)
    return found


def field(record: Any, *names: str) -> Any:
    """A nested field, whatever the case of its names, and of objects that are written as text."""
    for name in names:
        if isinstance(record, str):
            record = json.loads(record)
        if record is None:
            return None
        record = next((v for key, v in record.items() if key.lower() == name.lower()), None)
    return record


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class Streams:
    """The newest version of each contact record, and every agent event once."""

    def __init__(self, inbox: Path) -> None:
        self.records: dict[str, Row] = {}
        self.events: dict[str, Row] = {}
        for path in sorted(inbox.rglob("*.json*")):
            for one in objects(path):
                if field(one, "EventId"):
                    self.events[one["EventId"]] = one
                    continue
                key, updated = field(one, "ContactId"), field(one, "LastUpdateTimestamp")
                known = self.records.get(key)
                if known is None or updated > field(known, "LastUpdateTimestamp"):
                    self.records[key] = one

    def start(self, one: Row) -> str | None:
        method = field(one, "InitiationMethod")
        if method == "API" and field(one, "Channel") == "VOICE":
            return "company"
        return STARTS.get(method)

    def root(self, one: Row) -> str:
        return field(one, "InitialContactId") or field(one, "ContactId")

    def head(self, one: Row) -> str:
        """The contact that a record belongs to: back to the callback, or to the first."""
        while self.start(one) == "follow" and field(one, "PreviousContactId") in self.records:
            one = self.records[field(one, "PreviousContactId")]
        return field(one, "ContactId")

    def channel(self, one: Row) -> str:
        subtype = field(one, "SegmentAttributes", "connect:Subtype", "ValueString")
        return MEDIA[subtype or field(one, "Channel")]

    def taken_at(self, one: Row) -> datetime | None:
        """When the customer and an agent had each other; nobody talks to a machine."""
        at = instant(field(one, "Agent", "ConnectedToAgentTimestamp"))
        if at is None or self.start(one) not in ("company", "callback"):
            return at
        reached = instant(field(one, "ConnectedToSystemTimestamp"))
        machine = str(field(one, "AnsweringMachineDetectionStatus")).startswith("VOICEMAIL")
        return None if reached is None or machine else max(at, reached)

    def parts(self) -> list[Row]:
        return sorted(
            (one for one in self.records.values() if self.start(one)),
            key=lambda one: (field(one, "InitiationTimestamp"), field(one, "ContactId")),
        )

    def contacts(self) -> list[Row]:
        by_head: dict[str, list[Row]] = defaultdict(list)
        for one in self.parts():
            if self.root(one) in self.records:
                by_head[self.head(one)].append(one)
        return [self.contact(head, parts) for head, parts in by_head.items()]

    def contact(self, head: str, parts: list[Row]) -> Row:
        first, start = self.records[head], self.start(self.records[head])
        talk = [
            one
            for one in parts
            if field(one, "InitiationMethod") != "DISCONNECT" or self.taken_at(one)
        ]
        said: Row = {}
        for one in talk:
            attributes = field(one, "Attributes")
            said |= json.loads(attributes) if isinstance(attributes, str) else attributes or {}
        queues = [one for one in talk if field(one, "Queue", "EnqueueTimestamp")]
        entered = instant(field(queues[0], "Queue", "EnqueueTimestamp")) if queues else None
        taken = [one for one in talk if self.taken_at(one)]
        answered = min((self.taken_at(one) for one in taken), default=None)
        ended = max(instant(field(one, "DisconnectTimestamp")) for one in talk)
        channel, reason = self.channel(first), field(talk[-1], "DisconnectReason")
        followers = [one for one in self.records.values() if self.root(one) == head]
        pending = field(talk[-1], "NextContactId")
        kind, ref = None, None
        if "customer_id" in said:
            kind, ref = "customer_id", said["customer_id"]
        elif endpoint := field(first, "CustomerEndpoint"):
            kind = {"TELEPHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email"}[field(endpoint, "Type")]
            ref = field(endpoint, "Address")
        if answered:
            disposition = "answered"
        elif start != "customer":
            disposition = "no_answer"
        elif any(self.start(one) == "callback" for one in followers) or (
            pending and pending not in self.records and reason != "CUSTOMER_DISCONNECT"
        ):
            disposition = "callback_requested"
        elif said.get("vm_flag") == "1":
            disposition = "voicemail"
        elif entered:
            disposition = "abandoned"
        elif channel == "phone":
            disposition = "ivr_contained"
        else:
            never = reason == "CUSTOMER_CONNECTION_NOT_ESTABLISHED"
            disposition = "bot_failed" if never else "bot_contained"
        is_live = channel in LIVE
        left = max(
            (instant(field(one, "Queue", "DequeueTimestamp")) for one in queues), default=None
        )
        began = instant(field(first, "InitiationTimestamp"))
        return {
            "contact_id": head,
            "customer_ref": ref,
            "customer_ref_type": kind,
            "channel": channel,
            "direction": "inbound" if start == "customer" else "outbound",
            "initiated_by": "company" if start == "company" else "customer",
            "reason": said.get("reason"),
            "queue": field(queues[0], "Queue", "Name") if queues else None,
            "brand": said.get("brand"),
            "site": field(taken[0], "Agent", "HierarchyGroups", "Level1", "GroupName")
            if taken
            else None,
            "queue_entered_at": entered if entered and is_live and start != "company" else began,
            "answered_at": answered,
            "ended_at": ended,
            "wait_seconds": ((answered or left) - entered).total_seconds()
            if entered and is_live and start == "customer"
            else None,
            "disposition": disposition,
            "is_internal": channel == "task",
            "parent_contact_id": self.root(first) if start == "callback" else None,
            "ticket_id": said.get("ticket_id"),
        }

    def legs(self) -> list[Row]:
        found = []
        for one in self.parts():
            if not self.taken_at(one) or not field(one, "Agent", "AfterContactWorkEndTimestamp"):
                continue
            before = self.records.get(field(one, "PreviousContactId"))
            ended = instant(field(one, "DisconnectTimestamp"))
            earlier = [
                other
                for other in self.parts()
                if self.root(other) == self.root(one)
                and field(other, "InitiationTimestamp") < field(one, "InitiationTimestamp")
                and self.taken_at(other)
            ]
            if self.start(one) == "callback":
                entry = "callback"
            elif self.start(one) != "follow" or not earlier:
                entry = "queue"
            elif before and instant(field(before, "DisconnectTimestamp")) > ended:
                entry = "consult"
            else:
                entry = "transfer"
            found.append(
                {
                    "leg_id": field(one, "ContactId"),
                    "contact_id": self.root(one),
                    "agent_id": field(one, "Agent", "ARN").split("/")[-1],
                    "support_level": None,
                    "entry_type": entry,
                    "started_at": instant(field(one, "Agent", "ConnectedToAgentTimestamp")),
                    "ended_at": ended,
                    "talk_seconds": field(one, "Agent", "AgentInteractionDuration"),
                    "hold_seconds": field(one, "Agent", "CustomerHoldDuration"),
                    "wrap_seconds": field(one, "Agent", "AfterContactWorkDuration"),
                }
            )
        return found

    def activity(self) -> list[Row]:
        by_agent: dict[str, list[Row]] = defaultdict(list)
        for event in self.events.values():
            by_agent[event["AgentARN"].split("/")[-1]].append(event)
        found = []
        for agent, events in by_agent.items():
            events.sort(
                key=lambda one: (
                    one["EventTimestamp"],
                    one["EventType"] == "LOGOUT",
                    one["EventId"],
                )
            )
            opened: Row | None = None
            last: datetime | None = None
            for event in events:
                at = instant(event["EventTimestamp"])
                state, contact = self.doing(event)
                silent = last is not None and at - last > timedelta(seconds=600)
                if opened and (
                    silent or (state, contact) != (opened["state"], opened["contact_id"])
                ):
                    found.append(opened | {"ended_at": last if silent else at})
                    opened = None
                if opened is None:
                    opened = {
                        "activity_id": event["EventId"],
                        "agent_id": agent,
                        "state": state,
                        "started_at": at,
                        "contact_id": contact,
                    }
                last = at
        return [
            one
            for one in found
            if one["state"] != "projet x" and one["ended_at"] > one["started_at"]
        ]

    def doing(self, event: Row) -> tuple[str, str | None]:
        snapshot = event["CurrentAgentSnapshot"]
        if event["EventType"] == "LOGOUT":
            return "offline", None
        for one in snapshot["Contacts"]:
            if one["State"] in HANDLING:
                return "contact", one["InitialContactId"] or one["ContactId"]
        name, kind = snapshot["AgentStatus"]["Name"], snapshot["AgentStatus"]["Type"]
        known = {"ROUTABLE": "available", "OFFLINE": "offline"}
        return known.get(kind) or STATUSES.get(name, name.lower()), None

    def agents(self) -> list[Row]:
        """Team and site of each agent, whenever they changed."""
        seen: list[tuple[str, datetime, str, str]] = []
        for one in self.parts():
            if agent := field(one, "Agent", "ARN"):
                groups = field(one, "Agent", "HierarchyGroups")
                seen.append(
                    (
                        agent.split("/")[-1],
                        instant(field(one, "Agent", "ConnectedToAgentTimestamp")),
                        field(groups, "Level2", "GroupName"),
                        field(groups, "Level1", "GroupName"),
                    )
                )
        for event in self.events.values():
            groups = event["CurrentAgentSnapshot"]["Configuration"]["AgentHierarchyGroups"]
            seen.append(
                (
                    event["AgentARN"].split("/")[-1],
                    instant(event["EventTimestamp"]),
                    groups["Level2"]["Name"],
                    groups["Level1"]["Name"],
                )
            )
        found: list[Row] = []
        first: dict[str, datetime] = {}
        current: dict[str, tuple[str, str]] = {}
        for agent, at, team, site in sorted(seen):
            first.setdefault(agent, at)
            if current.get(agent) != (team, site):
                current[agent] = (team, site)
                found.append(
                    {
                        "agent_id": agent,
                        "team": team,
                        "site": site,
                        "role": "agent",
                        "support_level": None,
                        "hired_on": first[agent].date(),
                        "updated_at": at,
                    }
                )
        return found

    def figures(self) -> dict[tuple[str, str], int]:
        """Connect's own seconds of a contact: in queues before the first answer, of handling."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        answers = {one["contact_id"]: one for one in self.contacts() if not one["is_internal"]}
        for one in self.parts():
            root = self.root(one)
            if root not in answers:
                continue
            entered = instant(field(one, "Queue", "EnqueueTimestamp"))
            answered = answers[root]["answered_at"]
            if (
                entered
                and self.start(one) in ("customer", "follow")
                and self.head(one) == root
                and (answered is None or entered < answered)
            ):
                found[root, "queue_seconds"] += field(one, "Queue", "Duration")
            if self.taken_at(one):
                found[root, "handle_seconds"] += sum(
                    field(one, "Agent", part) or 0
                    for part in (
                        "AgentInteractionDuration",
                        "CustomerHoldDuration",
                        "AfterContactWorkDuration",
                    )
                )
        return dict(found)

    def kpis(self) -> dict[str, tuple[float, float | None]]:
        """Numerators and denominators over everything, by the definitions of the catalogue."""
        contacts = {one["contact_id"]: one for one in self.contacts()}
        legs: dict[str, list[Row]] = defaultdict(list)
        for leg in self.legs():
            legs[leg["contact_id"]].append(leg)
        roots = [
            one
            for one in contacts.values()
            if one["direction"] == "inbound" and not one["is_internal"]
        ]
        called_back = {
            one["parent_contact_id"]
            for one in contacts.values()
            if one["disposition"] == "answered"
        }
        waited = [
            one
            for one in roots
            if one["disposition"] in ("answered", "abandoned", "voicemail", "callback_requested")
            and not (one["disposition"] == "abandoned" and one["wait_seconds"] < 5)
        ]
        live = [one for one in waited if one["channel"] in LIVE]
        answered = [one for one in live if one["disposition"] == "answered"]
        abandoned = [one for one in live if one["disposition"] == "abandoned"]
        base = len(answered) + len(abandoned)
        handled = [
            one
            for one in roots
            if one["disposition"] == "answered" or one["contact_id"] in called_back
        ]
        moved = [
            one
            for one in handled
            if any(leg["entry_type"] == "transfer" for leg in legs[one["contact_id"]])
        ]
        handle = sum(
            (leg["talk_seconds"] or 0) + (leg["hold_seconds"] or 0) + (leg["wrap_seconds"] or 0)
            for one in handled
            for leg in legs[one["contact_id"]]
        )
        at_work = {"contact": 0.0, "available": 0.0}
        for one in self.activity():
            if one["state"] in at_work and (
                one["contact_id"] is None or contacts[one["contact_id"]]["channel"] in LIVE
            ):
                at_work[one["state"]] += (one["ended_at"] - one["started_at"]).total_seconds()
        return {
            "contacts_offered": (len(waited), None),
            "answer_rate": (len(answered), base),
            "abandonment_rate": (len(abandoned), base),
            "service_level_20s": (sum(one["wait_seconds"] <= 20 for one in answered), base),
            "asa_seconds": (sum(one["wait_seconds"] for one in answered), len(answered)),
            "aht_seconds": (handle, len(handled)),
            "transfer_rate": (len(moved), len(handled)),
            "occupancy_rate": (at_work["contact"], sum(at_work.values())),
        }
