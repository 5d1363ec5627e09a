"""What should come out of Aircall's exports, worked out call by call from the files alone."""

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
REASONS = {
    "facture": "billing_error",
    "livraison": "delivery_late",
    "résiliation": "cancellation",
    "vip": None,
}
NOBODY = "[No associated user]"


def seconds(text: str) -> int:
    total = 0
    for part in (text or "0").split(":"):
        total = total * 60 + int(part)
    return total


def key_of(name: str) -> str:
    return "u" + hashlib.md5(name.strip().lower().encode()).hexdigest()[:12]


def reason(tags: list[str]) -> str | None:
    found = [tag.lower() for tag in tags if REASONS.get(tag.lower(), tag)]
    known = [tag for tag in found if tag in REASONS]
    return REASONS[known[0]] if known else (found[0] if found else None)


def instant(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)


class Exports:
    """Contacts and legs of all files; `contacts` and `legs` are rows by key."""

    def __init__(self, inbox: Path) -> None:
        self.contacts: dict[str, Row] = {}
        self.legs: dict[str, Row] = {}
        for path in sorted(inbox.rglob("calls*.json")):
            for call in json.loads(path.read_text("utf-8"))["calls"]:
                self.api(call)
        for path in sorted(inbox.rglob("*.jsonl")):
            by_call: dict[int, list[Row]] = defaultdict(list)
            for line in path.read_text("utf-8").splitlines():
                event = json.loads(line)
                if event not in by_call[event["data"]["id"]]:
                    by_call[event["data"]["id"]].append(event)
            for events in by_call.values():
                self.webhooks(events)
        for path in sorted(inbox.rglob("*.csv")):
            text = path.read_text("utf-8-sig")
            delimiter = ";" if text.partition("\n")[0].count(";") else ","
            for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
                self.line({name.lower(): value for name, value in row.items()})

    def add(self, call_id: str, **said: Any) -> None:
        tags = said.pop("tags")
        missed, message, back = said.pop("missed"), said.pop("message"), said.pop("back", False)
        is_in = said["direction"] == "inbound"
        if said["answered_at"]:
            disposition = "answered"
        elif not is_in:
            disposition = "no_answer"
        elif back:
            disposition = "callback_requested"
        elif message:
            disposition = "voicemail"
        elif missed == "out_of_opening_hours":
            return
        else:
            disposition = "ivr_contained" if missed == "abandoned_in_ivr" else "abandoned"
        self.contacts[call_id] = {
            "contact_id": call_id,
            "reason": reason(tags),
            "initiated_by": "customer" if is_in else "company",
            "disposition": disposition,
            **said,
        }

    def leg(self, call_id: str, number: int, agent: str, entry: str, **times: Any) -> None:
        self.legs[f"{call_id}-{number}"] = {
            "leg_id": f"{call_id}-{number}",
            "contact_id": call_id,
            "agent_id": agent,
            "entry_type": entry,
            **times,
        }

    def api(self, call: Row) -> None:
        call_id, began = f"aircall:{call['id']}", instant(call["started_at"])
        answered, over = instant(call["answered_at"]), instant(call["ended_at"])
        self.add(
            call_id,
            direction=call["direction"],
            customer_ref=call["raw_digits"],
            queue=call["number"]["name"],
            tags=[tag["name"] for tag in call["tags"]],
            missed=call["missed_call_reason"],
            message=call["voicemail"] is not None,
            queue_entered_at=began,
            answered_at=answered,
            ended_at=over,
        )
        if not answered:
            return
        times = {"started_at": answered, "ended_at": over, "hold_seconds": None}
        talk = (over - answered).total_seconds()
        if call["transferred_by"]:
            self.leg(
                call_id, 1, str(call["transferred_by"]["id"]), "queue", **times, talk_seconds=0
            )
            self.leg(
                call_id,
                2,
                str(call["transferred_to"]["id"]),
                "transfer",
                **times,
                talk_seconds=talk,
            )
        else:
            self.leg(call_id, 2, str(call["user"]["id"]), "queue", **times, talk_seconds=talk)

    def webhooks(self, events: list[Row]) -> None:
        events.sort(key=lambda one: (one["timestamp"], one["event"] == "call.ended"))
        last = events[-1]["data"]
        call_id, over = f"aircall:{last['id']}", instant(last["ended_at"])
        rung = [one["timestamp"] for one in events if one["event"] == "call.ringing_on_agent"]
        taken = [one for one in events if one["event"] == "call.answered"]
        self.add(
            call_id,
            direction=last["direction"],
            customer_ref=last["raw_digits"],
            queue=last["number"]["name"],
            tags=[tag["name"] for tag in last["tags"]],
            missed=last["missed_call_reason"],
            message=last["voicemail"] is not None,
            queue_entered_at=instant(min(rung, default=last["started_at"])),
            answered_at=instant(last["answered_at"]),
            ended_at=over,
        )
        moved = [instant(one["timestamp"]) for one in events if one["event"] == "call.transferred"]
        holds = [one["timestamp"] for one in events if one["event"] == "call.hold"]
        backs = [one["timestamp"] for one in events if one["event"] == "call.unhold"]
        for number, one in enumerate(taken, start=1):
            began = instant(one["timestamp"])
            ended = moved[number - 1] if number <= len(moved) else over
            held = sum(
                back - hold
                for hold, back in zip(holds, backs, strict=True)
                if began <= instant(hold) < ended
            )
            self.leg(
                call_id,
                number,
                str(one["data"]["user"]["id"]),
                "queue" if number == 1 else "transfer",
                started_at=began,
                ended_at=ended,
                hold_seconds=held,
                talk_seconds=(ended - began).total_seconds() - held,
            )

    def line(self, row: Row) -> None:
        began = datetime.fromisoformat(row["datetime (utc)"]).replace(tzinfo=UTC)
        total = int(row["duration (total)"])
        is_answered = row["answered"] == "Yes"
        if "waiting time" in row:
            call_id, waited = f"aircall:{row['call id (internal)']}", seconds(row["waiting time"])
            menu, customer = seconds(row["time in ivr"]), row["customer number"]
            message = row["call type"] == "Voicemail"
        else:
            said = "|".join((row["line"], row["from"], row["to"], f"{began:%Y-%m-%d %H:%M:%S}+00"))
            call_id = f"aircall:{hashlib.md5(said.encode()).hexdigest()}"
            waited, menu = total - int(row["duration (in call)"]), 0
            customer = "+" + (row["from"] if row["direction"] == "inbound" else row["to"])
            message = bool(row["voicemail"])
        answered = began + timedelta(seconds=waited) if is_answered else None
        over = began + timedelta(seconds=total)
        self.add(
            call_id,
            direction=row["direction"],
            customer_ref=customer,
            queue=row["line"],
            tags=[tag for tag in re.split(r"\s*[,;]\s*", row["tags"]) if tag],
            missed=row["missed_call_reason"] or None,
            message=message,
            back=bool(row.get("callback details")),
            queue_entered_at=began + timedelta(seconds=menu),
            answered_at=answered,
            ended_at=over,
        )
        if is_answered and row["user"] != NOBODY:
            self.leg(
                call_id,
                2,
                key_of(row["user"]),
                "queue",
                started_at=answered,
                ended_at=over,
                hold_seconds=None,
                talk_seconds=int(row["duration (in call)"]),
            )

    def kpis(self) -> dict[str, tuple[float, float | None]]:
        """Numerators and denominators over everything, by the definitions of the catalogue."""
        roots = [one for one in self.contacts.values() if one["direction"] == "inbound"]

        def wait(one: Row) -> float:
            until = one["answered_at"] or one["ended_at"]
            return (until - one["queue_entered_at"]).total_seconds()

        short = [one for one in roots if one["disposition"] == "abandoned" and wait(one) < 5]
        offered = [
            one for one in roots if one["disposition"] != "ivr_contained" and one not in short
        ]
        answered = [one for one in offered if one["disposition"] == "answered"]
        base = len(answered) + sum(one["disposition"] == "abandoned" for one in offered)
        legs: dict[str, list[Row]] = defaultdict(list)
        for leg in self.legs.values():
            legs[leg["contact_id"]].append(leg)
        parts = [leg for one in answered for leg in legs[one["contact_id"]]]
        moved = [
            one
            for one in answered
            if any(leg["entry_type"] == "transfer" for leg in legs[one["contact_id"]])
        ]
        return {
            "contacts_offered": (len(offered), None),
            "answer_rate": (len(answered), base),
            "abandonment_rate": (base - len(answered), base),
            "service_level_20s": (sum(wait(one) <= 20 for one in answered), base),
            "asa_seconds": (sum(map(wait, answered)), len(answered)),
            "aht_seconds": (
                sum(leg["talk_seconds"] + (leg["hold_seconds"] or 0) for leg in parts),
                len(answered),
            ),
            "transfer_rate": (len(moved), len(answered)),
        }
