"""What Zendesk's own exports mean, row by row: slow, and without any of the connector's SQL."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]
AGENTS = ("agent", "admin")
OPEN = ("new", "open", "pending", "hold")
CHANNELS = {"web": "form", "email": "email", "voice": "phone", "chat": "chat",
            "side_conversation": "email", "sample_ticket": "form"}  # fmt: skip
OUTCOMES = {"completed": "answered", "abandoned_in_queue": "abandoned",
            "abandoned_in_voicemail": "voicemail", "not_answered": "no_answer"}  # fmt: skip


def read(folder: Path, name: str) -> list[Record]:
    """All records of one kind, files by name."""
    found: list[Record] = []
    for path in sorted(folder.glob(f"{name}*")):
        # ticket_metrics are no tickets
        if not re.fullmatch(rf"{name}(_\d+)?", path.stem):
            continue
        if path.suffix == ".jsonl":
            found += [json.loads(line) for line in path.read_text().splitlines()]
        else:
            page = json.loads(path.read_text())
            found += next(value for value in page.values() if isinstance(value, list))
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def key(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


@dataclass
class Meaning:
    """Rows by key, of what was not deleted."""

    tickets: dict[str, Record] = field(default_factory=dict)
    events: dict[str, Record] = field(default_factory=dict)
    contacts: dict[str, Record] = field(default_factory=dict)
    legs: dict[str, Record] = field(default_factory=dict)
    invitations: dict[str, Record] = field(default_factory=dict)
    answers: dict[str, Record] = field(default_factory=dict)
    agents: dict[tuple[str, datetime], Record] = field(default_factory=dict)
    figures: dict[str, Record] = field(default_factory=dict)


class Reading:
    """The raw records, looked up as often as need be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tickets: dict[str, Record] = {}
        for one in read(folder, "tickets"):
            known = tickets.get(str(one["id"]))
            if known is None or known["updated_at"] <= one["updated_at"]:
                tickets[str(one["id"])] = one
        self.tickets = tickets
        audits = {one["id"]: one for one in read(folder, "ticket_audits")}
        self.audits: dict[str, list[Record]] = {}
        for audit in sorted(audits.values(), key=lambda one: one["id"]):
            self.audits.setdefault(str(audit["ticket_id"]), []).append(audit)
        for told in self.audits.values():
            told.sort(key=lambda one: one["created_at"])
        self.people: dict[str, list[Record]] = {}
        for one in read(folder, "users"):
            self.people.setdefault(str(one["id"]), []).append(one)
        for versions in self.people.values():
            versions.sort(key=lambda one: one["updated_at"])
        self.evident = {str(one["assignee_id"]) for one in tickets.values() if one["assignee_id"]}
        for told in self.audits.values():
            for audit in told:
                for event in audit["events"]:
                    if event.get("field_name") == "assignee_id" and event["value"]:
                        self.evident.add(str(event["value"]))
        # a note is written by agents alone
        for told in self.audits.values():
            for audit in told:
                for event in audit["events"]:
                    if event["type"] == "Comment" and not self.was_public(told, event):
                        self.evident.add(str(event["author_id"]))
        self.names = {
            kind: sorted(read(folder, kind), key=lambda one: one["updated_at"])
            for kind in ("groups", "brands")
        }

    @staticmethod
    def was_public(told: list[Record], said: Record) -> bool:
        """Public when it was sent, whatever was done to it later."""
        for audit in told:
            for event in audit["events"]:
                if event["type"] == "CommentPrivacyChange" and event["comment_id"] == said["id"]:
                    return not event["public"]
        return bool(said["public"])

    def name_of(self, kind: str, number: Any, when: datetime) -> str | None:
        if number is None:
            return None
        called = [one for one in self.names[kind] if str(one["id"]) == str(number)]
        if not called:
            return str(number)
        known = [one for one in called if moment(one["updated_at"]) <= when]
        # the oldest name known also counts for the time before it
        return str((known or called[:1])[-1]["name"])

    def is_agent(self, number: Any, when: datetime) -> bool:
        versions = self.people.get(str(number), [])
        if not versions:
            return str(number) in self.evident
        if all(one["role"] not in AGENTS for one in versions):
            return str(number) in self.evident
        known = [one for one in versions if moment(one["updated_at"]) <= when]
        # the oldest version known also speaks of the time before it
        return str((known or versions[:1])[-1]["role"]) in AGENTS

    def reference(self, number: Any) -> tuple[str | None, str | None]:
        if number is None:
            return None, None
        versions = self.people.get(str(number))
        if not versions:
            return f"zendesk:{number}", "handle"
        newest = versions[-1]
        if any(one["role"] in AGENTS for one in versions) or str(number) in self.evident:
            return (newest["email"] or str(number)).lower(), "account"
        if newest["email"]:
            return newest["email"].lower(), "email"
        if newest["phone"]:
            return newest["phone"], "phone"
        return f"zendesk:{number}", "handle"


def is_merge(via: Any) -> bool:
    return isinstance(via, dict) and via.get("source", {}).get("rel") == "merge"


def values_of(told: list[Record], name: str) -> list[tuple[datetime, str | None]]:
    """What a field was set to, once an instant: the last word of it."""
    found: dict[datetime, str | None] = {}
    for audit in told:
        for event in audit["events"]:
            if event["type"] in ("Create", "Change") and event["field_name"] == name:
                found[moment(audit["created_at"])] = (
                    None if event["value"] is None else str(event["value"])
                )
    return sorted(found.items())


def meaning(folder: Path) -> Meaning:
    """Everything that should land, by hand."""
    raw = Reading(folder)
    made = Meaning()
    merged: dict[str, str] = {}
    for number, told in raw.audits.items():
        closings = {when for when, value in values_of(told, "status") if value == "closed"}
        for audit in told:
            if is_merge(audit["via"]):
                whence = audit["via"]["source"]["from"]
                others = [
                    str(one)
                    for one in whence.get("ticket_ids", [whence.get("ticket_id")])
                    if one is not None
                ]
                for other in others:
                    if moment(audit["created_at"]) in closings:
                        merged[number] = other
                    else:
                        merged[other] = number
    for number, told in raw.audits.items():
        tags = raw.tickets[number]["tags"] if number in raw.tickets else []
        for audit in told if "closed_by_merge" in tags and number not in merged else ():
            for event in audit["events"]:
                if event["type"] == "Comment" and is_merge(event.get("via")):
                    merged[number] = event["body"].partition("#")[2].rstrip(".")
    for number, ticket in raw.tickets.items():
        told = raw.audits.get(number, [])
        if ticket["status"] == "deleted":
            continue
        rows = {row["event_id"]: row for row in _events(raw, number, ticket, told)}
        made.events |= rows
        made.tickets[number] = _ticket(raw, number, ticket, told, rows, merged)
    _contacts(raw, made)
    _opinions(raw, made)
    _surveys(raw, made)
    for versions in raw.people.values():
        for one in versions:
            _agent(raw, made, one)
    _figures(raw, made)
    return made


def _ticket(
    raw: Reading,
    number: str,
    ticket: Record,
    told: list[Record],
    rows: dict[str, Record],
    merged: dict[str, str],
) -> Record:
    created = moment(ticket["created_at"])
    submitter, requester = str(ticket["submitter_id"]), str(ticket["requester_id"])
    channel = ticket["via"]["channel"]
    if channel == "sample_ticket":
        author = "system"
    elif channel == "side_conversation":
        author = "agent"
    elif submitter == requester:
        author = "customer"
    else:
        author = "agent" if raw.is_agent(submitter, created) else "customer"
    groups = [value for _, value in values_of(told, "group_id") if value]
    reference, kind = raw.reference(requester)
    versions = raw.people.get(requester, [])
    answered = any(row["event_type"] == "public_reply" for row in rows.values())
    return {
        "customer_ref": reference,
        "customer_ref_type": kind,
        "channel": CHANNELS[channel],
        "team": (raw.name_of("groups", (groups or [ticket["group_id"]])[0], created) or "").lower()
        or None,
        "brand": raw.name_of("brands", ticket["brand_id"], created),
        "priority": ticket["priority"],
        "created_at": created,
        "created_by": author,
        "is_spam": bool(versions and versions[-1]["suspended"]) and not answered,
        "merged_into_ticket_id": merged.get(number),
        "is_reply_expected": channel not in ("side_conversation", "sample_ticket"),
    }


def _events(raw: Reading, number: str, ticket: Record, told: list[Record]) -> list[Record]:
    rows: list[Record] = []

    def add(event_id: str, when: datetime, kind: str, agent: Any, team: Any, text: Any) -> None:
        rows.append(
            {
                "event_id": event_id,
                "ticket_id": number,
                "event_at": when,
                "event_type": kind,
                "agent_id": agent,
                "team": team.lower() if team else None,
                "text": text,
            }
        )

    requester = str(ticket["requester_id"])
    created = moment(ticket["created_at"])
    replied: list[datetime] = []
    for audit in told:
        when = moment(audit["created_at"])
        for event in audit["events"]:
            if event["type"] != "Comment":
                continue
            name, author = f"comment:{event['id']}", str(event["author_id"])
            public = raw.was_public(told, event)
            agent = author if raw.is_agent(author, when) else None
            if is_merge(event.get("via")) or is_merge(audit["via"]):
                add(name, when, "auto_reply" if public else "internal_note", None, None, None)
            elif not public:
                add(name, when, "internal_note", agent, None, None)
            elif author != requester and agent:
                if when - created > timedelta(seconds=2):
                    add(name, when, "public_reply", agent, None, None)
                    replied.append(when)
            else:
                add(name, when, "customer_message", None, None, event["body"])
    for audit in told:
        when = moment(audit["created_at"])
        for event in audit["events"]:
            is_told = event["type"] == "Notification" and when not in replied
            if is_told and int(requester) in event["recipients"]:
                add(f"notice:{event['id']}", when, "auto_reply", None, None, None)
    before: str | None = None
    for when, value in values_of(told, "status"):
        name = f"{number}:status:{key(when)}"
        if value in ("solved", "closed") and value != before:
            add(name, when, value, None, None, None)
        elif value in OPEN and before in ("solved", "closed"):
            add(name, when, "reopened", None, None, None)
        before = value
    _hand_overs(raw, number, told, replied, add)
    for aside in read(raw.folder, "side_conversations"):
        if str(aside["ticket_id"]) == number:
            add(
                f"side_conversation:{aside['id']}",
                moment(aside["created_at"]),
                "internal_note",
                None,
                None,
                None,
            )
    return rows


def _hand_overs(
    raw: Reading, number: str, told: list[Record], replied: list[datetime], add: Any
) -> None:
    agents, groups = dict(values_of(told, "assignee_id")), dict(values_of(told, "group_id"))
    group: str | None = None
    is_high = False
    reached: datetime | None = None
    previous_agent: str | None = None
    for when in sorted(agents.keys() | groups.keys()):
        new_group = when in groups and groups[when] != group
        new_agent = when in agents and agents[when] != previous_agent
        group = groups.get(when) or group
        previous_agent = agents.get(when, previous_agent)
        team = raw.name_of("groups", group, when)
        if (new_agent and (agents[when] or team)) or (new_group and team):
            add(
                f"{number}:assigned:{key(when)}",
                when,
                "assigned",
                agents[when] if new_agent else None,
                team,
                None,
            )
        high = team == "Tier 2"
        if new_group and high and not is_high and reached is not None:
            add(f"{number}:escalated:{key(when)}", when, "escalated", None, team, None)
        is_left = new_group and is_high and not high
        if is_left and not any(reached <= one <= when for one in replied if reached):
            name = f"{number}:given_back:{key(when)}"
            add(name, when, "escalation_rejected", None, team, None)
        if new_group:
            is_high, reached = high, when


def _contacts(raw: Reading, made: Meaning) -> None:
    legs = [
        one for one in read(raw.folder, "legs") if one["type"] == "agent" and one["talk_time"] > 0
    ]
    for call in read(raw.folder, "calls"):
        name = f"call:{call['id']}"
        begun = moment(call["created_at"])
        queued = begun + timedelta(seconds=call.get("ivr_time_spent") or 0)
        outcome = OUTCOMES[call["completion_status"]]
        reference, kind = raw.reference(call["customer_id"])
        made.contacts[name] = {
            "customer_ref": reference,
            "customer_ref_type": kind,
            "channel": "phone",
            "direction": call["direction"],
            "queue_entered_at": queued,
            "answered_at": queued + timedelta(seconds=call["wait_time"])
            if outcome == "answered"
            else None,
            "ended_at": begun + timedelta(seconds=call["duration"]),
            "disposition": outcome,
            "wait_seconds": call["wait_time"],
            "ticket_id": str(call["ticket_id"]) if call.get("ticket_id") else None,
        }
        own = [one for one in legs if one["call_id"] == call["id"]]
        if call["talk_time"] and not own:
            made.legs[name] = {
                "contact_id": name,
                "agent_id": str(call["agent_id"]),
                "entry_type": None,
                "talk_seconds": call["talk_time"],
                "wrap_seconds": call["wrap_up_time"],
            }
        for leg in own:
            made.legs[f"leg:{leg['id']}"] = {
                "contact_id": name,
                "agent_id": str(leg["agent_id"]),
                "entry_type": "transfer" if leg.get("transferred_from") else None,
                "talk_seconds": leg["talk_time"],
                "wrap_seconds": leg["wrap_up_time"],
            }
    for chat in read(raw.folder, "chats"):
        if chat["type"] != "chat":
            continue
        begun = moment(chat["timestamp"])
        ticket = raw.tickets.get(str(chat.get("zendesk_ticket_id")))
        reference, kind = raw.reference(ticket["requester_id"]) if ticket else (None, None)
        made.contacts[f"chat:{chat['id']}"] = {
            "customer_ref": reference,
            "customer_ref_type": kind,
            "channel": "chat",
            "direction": "inbound",
            "queue_entered_at": begun,
            "answered_at": None
            if chat["missed"]
            else begun + timedelta(seconds=chat["response_time"]["first"]),
            "ended_at": begun + timedelta(seconds=chat["duration"]),
            "disposition": "abandoned" if chat["missed"] else "answered",
            "wait_seconds": None,
            "ticket_id": str(chat["zendesk_ticket_id"]) if ticket else None,
        }


def _opinions(raw: Reading, made: Meaning) -> None:
    by_ticket: dict[str, list[Record]] = {}
    for rating in read(raw.folder, "satisfaction_ratings"):
        by_ticket.setdefault(str(rating["ticket_id"]), []).append(rating)
    for number, ratings in by_ticket.items():
        ticket = raw.tickets.get(number)
        reference, kind = raw.reference(ticket["requester_id"]) if ticket else (None, None)
        name = f"satisfaction:{number}"
        made.invitations[name] = {
            "customer_ref": reference,
            "customer_ref_type": kind,
            "ticket_id": number,
            "sent_at": min(moment(one["created_at"]) for one in ratings),
        }
        given = [one for one in ratings if one["score"].split("_")[0] in ("good", "bad")]
        if given:
            last = max(given, key=lambda one: one["updated_at"])
            when = moment(last["updated_at"])
            score = 5 if last["score"].startswith("good") else 1
            made.answers[f"{name}:{key(when)}"] = {
                "invitation_id": name,
                "question_code": "csat",
                "score": score,
                "text": None,
                "answered_at": when,
            }
            if last["comment"]:
                made.answers[f"{name}:{key(when)}:comment"] = {
                    "invitation_id": name,
                    "question_code": "verbatim",
                    "score": None,
                    "text": last["comment"],
                    "answered_at": when,
                }


def _surveys(raw: Reading, made: Meaning) -> None:
    """CSAT surveys take the place of the rating of their ticket."""
    subjects: dict[str, dict[str, list[Record]]] = {}
    for response in read(raw.folder, "survey_responses"):
        subject = response["subject_zrns"][0].removeprefix("zen:")
        kind, _, number = subject.partition(":")
        about = f"survey:{response['id']}" if kind == "conversation" else f"satisfaction:{number}"
        subjects.setdefault(about, {}).setdefault(response["id"], []).append(response)
    for about, by_response in subjects.items():
        number = about.partition(":")[2] if about.startswith("satisfaction:") else None
        # the newest word to each question, of the response that was answered last
        said: dict[str, dict[str, Record]] = {}
        for name, exports in by_response.items():
            every = [one for export in exports for one in export["answers"]]
            for one in sorted(every, key=lambda answer: answer["updated_at"]):
                said.setdefault(name, {})[one["question"]["id"]] = one
            first = min((moment(one["created_at"]) for one in every), default=None)
            words = [one for one in every if one["type"] in ("rating_scale", "open_ended")]
            if any(one["question"].get("sub_type") != "other" for one in words) and first:
                ticket = raw.tickets.get(number or "")
                who = ticket["requester_id"] if ticket else exports[0]["responder_id"]
                reference, kind = raw.reference(who)
                known = made.invitations.get(about)
                made.invitations[about] = {
                    "customer_ref": reference,
                    "customer_ref_type": kind,
                    "ticket_id": number,
                    "sent_at": min(first, known["sent_at"]) if known else first,
                }

        def latest(name: str, said: dict[str, dict[str, Record]] = said) -> str:
            return max(
                (one["updated_at"] for one in said[name].values() if one["type"] != "skipped"),
                default="",
            )

        if not said:
            continue
        name = max(said, key=latest)
        for question, one in said[name].items():
            is_rating = one["type"] == "rating_scale" and one["question"]["sub_type"] != "other"
            when = moment(one["updated_at"])
            if is_rating:
                gone = [key for key in made.answers if key.startswith(f"{about}:")]
                for key_gone in gone:
                    del made.answers[key_gone]
            if is_rating or one["type"] == "open_ended":
                short = is_rating and one["rating_category"] == "good" and one["rating"] < 4
                made.answers[f"survey:{name}:{question}:{key(when)}"] = {
                    "invitation_id": about,
                    "question_code": "csat" if is_rating else "verbatim",
                    "score": (5 if short else one["rating"]) if is_rating else None,
                    "text": one.get("value"),
                    "answered_at": when,
                }


def _agent(raw: Reading, made: Meaning, version: Record) -> None:
    number = str(version["id"])
    versions = raw.people[number]
    if all(one["role"] not in AGENTS for one in versions) and number not in raw.evident:
        return
    when = moment(version["updated_at"])
    team = raw.name_of("groups", version["default_group_id"], when)
    gone = version["role"] not in AGENTS or version["suspended"] or not version["active"]
    made.agents[number, when] = {
        "team": team.lower() if team else None,
        "role": "agent",
        "support_level": None if not team else 2 if team == "Tier 2" else 1,
        "hired_on": moment(version["created_at"]).date(),
        "left_on": when.date() if gone else None,
    }


def _figures(raw: Reading, made: Meaning) -> None:
    minutes = {
        "first_reply_seconds": "reply_time_in_minutes",
        "first_resolution_seconds": "first_resolution_time_in_minutes",
        "full_resolution_seconds": "full_resolution_time_in_minutes",
    }
    for one in read(raw.folder, "ticket_metrics"):
        number = str(one["ticket_id"])
        for metric, name in minutes.items():
            if one[name]["calendar"] is not None:
                made.figures[f"ticket:{number}:{metric}"] = {
                    "subject_id": number,
                    "metric": metric,
                    "value": one[name]["calendar"],
                    "unit": "minutes",
                }
        for metric in ("reopens", "replies"):
            made.figures[f"ticket:{number}:{metric}"] = {
                "subject_id": number,
                "metric": metric,
                "value": one[metric],
                "unit": "count",
            }
