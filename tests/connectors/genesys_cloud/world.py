"""A small contact centre on Genesys Cloud: two weeks of conversation details, as pages of its API.

Written from the documented model: conversations of participants, their sessions, and the segments
of those.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

Row = dict[str, Any]
FIRST = datetime(2026, 6, 1, 8, tzinfo=UTC)
QUEUES = {"q-1": "General", "q-2": "Billing"}
WRAP_UPS = {"w-1": "billing_error", "w-2": "ININ-WRAP-UP-TIMEOUT", "w-3": "How to"}
USERS = {f"u-{n}": ("Lille", "Front")[n % 2] for n in range(6)}


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def segment(kind: str, start: datetime, end: datetime, **said: Any) -> Row:
    return {"segmentType": kind, "segmentStart": stamp(start), "segmentEnd": stamp(end), **said}


def participant(purpose: str, *segments: Row, **said: Any) -> Row:
    user = {"userId": said.pop("userId")} if "userId" in said else {}
    session = {
        "mediaType": "voice",
        "direction": "inbound",
        "segments": list(segments),
        "metrics": [],
    }
    return {"participantId": "p", "purpose": purpose, **user, "sessions": [session | said]}


class Centre:
    """Makes conversations, by what becomes of them."""

    def __init__(self, seed: int = 5) -> None:
        self.random = random.Random(seed)
        self.conversations: list[Row] = []
        kinds = (
            *("plain",) * 5,
            *("transfer", "consult", "abandoned", "short", "ivr", "bot", "callback", "missed_back"),
            *("voicemail", "outbound", "unreached", "email", "ended", "chat"),
        )
        for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11):
            for turn, kind in enumerate(kinds):
                at = FIRST + timedelta(days=day, minutes=20 * turn, milliseconds=7 * turn)
                getattr(self, kind)(at)

    def conversation(
        self, at: datetime, over: datetime, *parts: Row, direction: str = "inbound"
    ) -> Row:
        one = {
            "conversationId": str(UUID(int=self.random.getrandbits(128), version=4)),
            "conversationStart": stamp(at),
            "conversationEnd": stamp(over),
            "originatingDirection": direction,
            "divisionIds": ["d"],
            "participants": list(parts),
        }
        self.conversations.append(one)
        return one

    def customer(self, at: datetime, over: datetime, **said: Any) -> Row:
        number = f"tel:+336{self.random.randrange(10**8):08d}"
        where = {"ani": number, "dnis": "tel:+33180000000"}
        return participant("customer", segment("interact", at, over), **(where | said))

    def acd(
        self,
        at: datetime,
        over: datetime,
        metric: str = "",
        disconnect: str = "transfer",
        **said: Any,
    ) -> Row:
        queue = self.random.choice(list(QUEUES))
        wait = int((over - at).total_seconds() * 1000)
        metrics = [{"name": metric, "value": wait, "emitDate": stamp(over)}] if metric else []
        one = segment("interact", at, over, queueId=queue, disconnectType=disconnect)
        return participant("acd", one, metrics=metrics, **said)

    def agent(self, user: str, at: datetime, talk: int, hold: int = 0, **said: Any) -> Row:
        half = at + timedelta(seconds=talk // 2)
        again = half + timedelta(seconds=hold)
        over = again + timedelta(seconds=talk - talk // 2)
        done = over + timedelta(seconds=15)
        parts = [segment("alert", at - timedelta(seconds=3), at), segment("interact", at, half)]
        parts += [segment("hold", half, again)] if hold else []
        code = self.random.choice(list(WRAP_UPS))
        parts += [segment("interact", half if not hold else again, over)]
        parts += [segment("wrapup", over, done, wrapUpCode=code)]
        handled = {"name": "tHandle", "value": (talk + hold + 15) * 1000, "emitDate": stamp(done)}
        return participant("agent", *parts, userId=user, metrics=[handled], **said)

    def answered(
        self, at: datetime, *others: Row, talk: int = 200, hold: int = 0, **said: Any
    ) -> Row:
        wait = self.random.choice((0, 4, 20, 21, 60))
        entered = at + timedelta(seconds=10)
        taken = entered + timedelta(seconds=wait)
        over = taken + timedelta(seconds=talk + hold)
        medium = {"mediaType": said["mediaType"]} if "mediaType" in said else {}
        ends = [one["sessions"][0]["segments"][-2]["segmentEnd"] for one in others]
        return self.conversation(
            at,
            max([over, *map(datetime.fromisoformat, ends)]),
            self.customer(at, over, **said),
            participant("ivr", segment("ivr", at, entered)),
            self.acd(entered, taken, "tAnswered", **medium),
            self.agent("u-1", taken, talk, hold, **medium),
            *others,
        )

    def plain(self, at: datetime) -> None:
        self.answered(at, talk=self.random.randrange(60, 400), hold=self.random.choice((0, 30)))

    def transfer(self, at: datetime) -> None:
        self.answered(at, self.agent("u-2", at + timedelta(seconds=400), 100))

    def consult(self, at: datetime) -> None:
        self.answered(at, self.agent("u-3", at + timedelta(seconds=120), 30), talk=300)

    def lost(self, at: datetime, wait: int, disconnect: str) -> None:
        entered = at + timedelta(seconds=10)
        over = entered + timedelta(seconds=wait)
        self.conversation(
            at, over, self.customer(at, over), self.acd(entered, over, "tAbandon", disconnect)
        )

    def abandoned(self, at: datetime) -> None:
        self.lost(at, 45, "peer")

    def short(self, at: datetime) -> None:
        self.lost(at, 3, "peer")

    def ended(self, at: datetime) -> None:
        self.lost(at, 300, "system")

    def ivr(self, at: datetime) -> None:
        over = at + timedelta(seconds=50)
        self.conversation(
            at, over, self.customer(at, over), participant("ivr", segment("ivr", at, over))
        )

    def bot(self, at: datetime) -> None:
        over = at + timedelta(seconds=70)
        parts = (
            self.customer(at, over, mediaType="message"),
            participant("bot", segment("interact", at, over), mediaType="message"),
        )
        self.conversation(at, over, *parts)

    def asked_back(self, at: datetime, *parts: Row) -> None:
        entered, asked = at + timedelta(seconds=10), at + timedelta(seconds=100)
        taken = at + timedelta(seconds=1000)
        self.conversation(
            at,
            at + timedelta(seconds=1400),
            self.customer(at, asked),
            self.acd(entered, asked, disconnect="system"),
            participant(
                "acd", segment("interact", asked, taken, queueId="q-1"), mediaType="callback"
            ),
            participant(
                "agent",
                segment("interact", taken, taken + timedelta(seconds=9)),
                userId="u-4",
                mediaType="callback",
            ),
            *parts,
        )

    def callback(self, at: datetime) -> None:
        self.asked_back(
            at, self.agent("u-4", at + timedelta(seconds=1020), 200, direction="outbound")
        )

    def missed_back(self, at: datetime) -> None:
        self.asked_back(at)

    def voicemail(self, at: datetime) -> None:
        entered, left = at + timedelta(seconds=10), at + timedelta(seconds=90)
        over = left + timedelta(seconds=30)
        self.conversation(
            at,
            over,
            self.customer(at, over),
            self.acd(entered, left),
            participant("voicemail", segment("voicemail", left, over)),
        )

    def outbound(self, at: datetime) -> None:
        over = at + timedelta(seconds=200)
        self.conversation(
            at,
            over,
            self.customer(at, over, direction="outbound"),
            self.agent("u-5", at + timedelta(seconds=8), 150, direction="outbound"),
            direction="outbound",
        )

    def unreached(self, at: datetime) -> None:
        over = at + timedelta(seconds=30)
        dialling = participant(
            "agent", segment("dialing", at, over), userId="u-5", direction="outbound"
        )
        self.conversation(
            at, over, self.customer(at, over, direction="outbound"), dialling, direction="outbound"
        )

    def email(self, at: datetime) -> None:
        self.answered(at, mediaType="email", ani=None, addressFrom="ann@example.org")

    def chat(self, at: datetime) -> None:
        self.answered(at, mediaType="message", ani=None)


def write(inbox: Path, seed: int = 5) -> Centre:
    """Write the pages of two weeks below `inbox`, a vendor's folder."""
    centre = Centre(seed)
    half = len(centre.conversations) // 2
    # the first page was fetched while some went on
    running = [one | {"conversationEnd": None} for one in centre.conversations[half : half + 20]]
    _put(inbox / "conversations_1.json", {"conversations": centre.conversations[:half] + running})
    _put(inbox / "conversations_2.json", {"conversations": centre.conversations[half:]})
    _put(inbox / "queues.json", {"entities": [{"id": k, "name": v} for k, v in QUEUES.items()]})
    _put(
        inbox / "wrapupcodes.json",
        {"entities": [{"id": k, "name": v} for k, v in WRAP_UPS.items()]},
    )
    _put(
        inbox / "users.json",
        {
            "entities": [
                {"id": k, "department": v, "email": "x@example.com"} for k, v in USERS.items()
            ]
        },
    )
    return centre


def _put(path: Path, content: Row) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
