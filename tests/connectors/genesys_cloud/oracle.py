"""What should come out of conversation details, worked out conversation by conversation."""

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]
CHANNELS = {"voice": "phone", "message": "chat", "email": "email"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def lasted(segments: list[Row], kind: str) -> float:
    return sum(
        (instant(one["segmentEnd"]) - instant(one["segmentStart"])).total_seconds()
        for one in segments
        if one["segmentType"] == kind
    )


class Details:
    """Contacts and legs of all pages."""

    def __init__(self, inbox: Path) -> None:
        self.names: dict[str, str] = {}
        for name in ("queues", "wrapupcodes"):
            for one in json.loads((inbox / f"{name}.json").read_text("utf-8"))["entities"]:
                self.names[one["id"]] = one["name"]
        self.contacts: dict[str, Row] = {}
        self.legs: dict[str, Row] = {}
        self.figures: dict[tuple[str, str], float] = {}
        whole: dict[str, Row] = {}
        for path in sorted(inbox.glob("conversations*.json")):
            for one in json.loads(path.read_text("utf-8"))["conversations"]:
                if one["conversationEnd"]:
                    whole[one["conversationId"]] = one
        for one in whole.values():
            self.read(one)

    def read(self, one: Row) -> None:
        key, began, over = (
            one["conversationId"],
            instant(one["conversationStart"]),
            instant(one["conversationEnd"]),
        )
        parts = [(part, part["sessions"][0]) for part in one["participants"]]
        customer = next(session for part, session in parts if part["purpose"] == "customer")
        channel = CHANNELS[customer["mediaType"]]
        is_out = one["originatingDirection"] == "outbound"
        queues = [
            session["segments"][0]
            for part, session in parts
            if part["purpose"] == "acd" and session["mediaType"] != "callback"
        ]
        backs = [
            instant(segment["segmentStart"])
            for _, session in parts
            if session["mediaType"] == "callback"
            for segment in session["segments"]
        ]
        talks = []
        for part, session in parts:
            said = [s for s in session["segments"] if s["segmentType"] == "interact"]
            if part["purpose"] == "agent" and said and session["mediaType"] != "callback":
                talks.append((instant(said[0]["segmentStart"]), part["userId"], session))
        talks.sort(key=lambda talk: talk[0])
        asked = min(backs, default=None)
        answered = talks[0][0] if talks and (asked is None or talks[0][0] < asked) else None
        entered = instant(queues[0]["segmentStart"]) if queues else None
        if answered:
            disposition = "answered"
        elif is_out:
            disposition = "no_answer"
        elif asked:
            disposition = "callback_requested"
        elif any(part["purpose"] == "voicemail" for part, _ in parts):
            disposition = "voicemail"
        elif entered:
            disposition = "abandoned"
        else:
            disposition = "ivr_contained" if channel == "phone" else "bot_contained"
        codes = [
            (segment["segmentStart"], self.names[segment["wrapUpCode"]])
            for _, session in parts
            for segment in session["segments"]
            if "wrapUpCode" in segment
        ]
        reasons = [name.lower() for _, name in sorted(codes) if not name.startswith("ININ")]
        address = customer.get("dnis" if is_out else "ani") or customer.get("addressFrom")
        if is_out:
            address = customer["dnis"]
        left = instant(queues[-1]["segmentEnd"]) if queues else None
        is_live = channel in ("phone", "chat")
        self.contacts[key] = {
            "contact_id": key,
            "customer_ref": address.removeprefix("tel:") if address else None,
            "channel": channel,
            "direction": "outbound" if is_out else "inbound",
            "reason": reasons[-1] if reasons else None,
            "queue": self.names[queues[0]["queueId"]] if queues else None,
            "queue_entered_at": entered if entered and is_live and not is_out else began,
            "answered_at": answered,
            "ended_at": asked or over,
            "wait_seconds": ((answered or left) - entered).total_seconds()
            if entered and is_live
            else None,
            "disposition": disposition,
            "parent_contact_id": None,
        }
        if disposition == "callback_requested":
            self.contacts[f"{key}:callback"] = self.contacts[key] | {
                "contact_id": f"{key}:callback",
                "direction": "outbound",
                "queue_entered_at": asked,
                "answered_at": talks[0][0] if talks else None,
                "ended_at": over,
                "wait_seconds": None,
                "disposition": "answered" if talks else "no_answer",
                "parent_contact_id": key,
            }
        self.add_legs(key, talks, asked)
        if not is_out:
            self.add_figures(key, parts)

    def add_legs(self, key: str, talks: list[Any], asked: datetime | None) -> None:
        until: datetime | None = None
        for number, (began, user, session) in enumerate(talks, start=1):
            segments = session["segments"]
            over = max(
                instant(s["segmentEnd"])
                for s in segments
                if s["segmentType"] in ("interact", "hold")
            )
            if number == 1:
                entry = "callback" if asked else "queue"
            else:
                entry = "consult" if until and until > over else "transfer"
            self.legs[f"{key}-{number}"] = {
                "leg_id": f"{key}-{number}",
                "contact_id": key,
                "agent_id": user,
                "entry_type": entry,
                "started_at": began,
                "ended_at": over,
                "talk_seconds": pytest.approx(lasted(segments, "interact")),
                "hold_seconds": pytest.approx(lasted(segments, "hold")),
                "wrap_seconds": pytest.approx(lasted(segments, "wrapup")),
            }
            until = max(until or over, over)

    def add_figures(self, key: str, parts: list[Any]) -> None:
        for _, session in parts:
            for metric in session["metrics"]:
                if metric["name"] == "tHandle":
                    before = self.figures.get((key, "handle_seconds"), 0)
                    self.figures[key, "handle_seconds"] = before + metric["value"] / 1000
                else:
                    self.figures[key, "queue_seconds"] = metric["value"] / 1000

    def kpis(self) -> dict[str, tuple[float, float | None]]:
        """Numerators and denominators over everything, by the definitions of the catalogue."""
        roots = [one for one in self.contacts.values() if one["direction"] == "inbound"]
        called = {
            one["parent_contact_id"]
            for one in self.contacts.values()
            if one["parent_contact_id"] and one["disposition"] == "answered"
        }
        offered = [
            one
            for one in roots
            if not one["disposition"].endswith("contained")
            and not (one["disposition"] == "abandoned" and one["wait_seconds"] < 5)
        ]
        live = [one for one in offered if one["channel"] in ("phone", "chat")]
        answered = [one for one in live if one["disposition"] == "answered"]
        base = len(answered) + sum(one["disposition"] == "abandoned" for one in live)
        handled = [
            one for one in roots if one["disposition"] == "answered" or one["contact_id"] in called
        ]
        legs: dict[str, list[Row]] = defaultdict(list)
        for leg in self.legs.values():
            legs[leg["contact_id"]].append(leg)
        moved = [
            one
            for one in handled
            if any(leg["entry_type"] == "transfer" for leg in legs[one["contact_id"]])
        ]
        handle = sum(
            leg[part].expected
            for one in handled
            for leg in legs[one["contact_id"]]
            for part in ("talk_seconds", "hold_seconds", "wrap_seconds")
        )
        return {
            "contacts_offered": (len(offered), None),
            "answer_rate": (len(answered), base),
            "service_level_20s": (sum(one["wait_seconds"] <= 20 for one in answered), base),
            "asa_seconds": (sum(one["wait_seconds"] for one in answered), len(answered)),
            "aht_seconds": (handle, len(handled)),
            "transfer_rate": (len(moved), len(handled)),
        }
