"""A small contact centre on Amazon Connect: three weeks of its streams, as files in an inbox.

Written from the documented data models of contact records and agent events. Ten agents on two
sites; every way in which a contact begins, goes on and ends; records that come twice, late, in
Glue's lower case, or glued together as Firehose does without a delimiter.
"""

import copy
import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

INSTANCE = "arn:aws:connect:eu-west-3:111122223333:instance/5f0c1a2b"
FIRST_DAY = datetime(2026, 5, 4, tzinfo=UTC)
DAYS = [day for day in range(19) if (FIRST_DAY + timedelta(days=day)).weekday() < 5]
QUEUES = ("General", "Billing", "Technical")
REASONS = ("billing_error", "delivery_late", "how_to", "Résiliation")
Record = dict[str, Any]


@dataclass
class Agent:
    """An agent: where, in which profile, and until when taken."""

    number: int
    site: str
    team: str
    profile: str
    free_at: datetime = FIRST_DAY
    legs: list[tuple[datetime, datetime, datetime, Record]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"{INSTANCE}/agent/a{self.number:04d}"

    def placed(self, at: datetime) -> tuple[str, str]:
        """Site and team at an instant: on Wednesday of the second week one agent moves."""
        if self.number == 0 and at >= FIRST_DAY + timedelta(days=9):
            return "Lyon", "Front 2"
        return self.site, self.team


def stamp(at: datetime | None, millis: bool = False) -> str | None:
    if at is None:
        return None
    return f"{at:%Y-%m-%dT%H:%M:%S}" + (f".{at.microsecond // 1000:03d}" if millis else "") + "Z"


class Centre:
    """Makes contact records and agent events, in memory."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.records: list[Record] = []
        self.older: list[Record] = []
        self.front = [
            Agent(n, ("Lille", "Lyon")[n % 2], f"Front {n % 2 + 1}", "Front") for n in range(6)
        ]
        self.experts = [Agent(n, "Lille", "Experts", "Level 2 all") for n in range(6, 9)]

    def new_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def record(self, method: str, at: datetime, **said: Any) -> Record:
        """One contact record that began at `at`, without queue or agent yet."""
        caller = self.random.randrange(300)
        one: Record = {
            "AWSAccountId": "111122223333",
            "AWSContactTraceRecordFormatVersion": "2017-03-10",
            "ContactId": self.new_id(),
            "InitiationMethod": method,
            "InitiationTimestamp": stamp(at),
            "ConnectedToSystemTimestamp": stamp(at),
            "DisconnectTimestamp": stamp(at + timedelta(seconds=30)),
            "DisconnectReason": "CUSTOMER_DISCONNECT",
            "LastUpdateTimestamp": stamp(at + timedelta(seconds=95)),
            "Channel": "VOICE",
            "CustomerEndpoint": {"Address": f"+336{caller:08d}", "Type": "TELEPHONE_NUMBER"},
            "SystemEndpoint": {"Address": "+33180000000", "Type": "TELEPHONE_NUMBER"},
            "InitialContactId": None,
            "PreviousContactId": None,
            "NextContactId": None,
            "Queue": None,
            "Agent": None,
            "Attributes": {},
            "MediaStreams": [{"Type": "AUDIO"}],
            "Recordings": None,
            "TransferCompletedTimestamp": None,
        }
        one.update(said)
        self.records.append(one)
        return one

    def follow(self, before: Record, method: str, at: datetime, **said: Any) -> Record:
        one = self.record(method, at, **said)
        one["PreviousContactId"] = before["ContactId"]
        one["InitialContactId"] = before["InitialContactId"] or before["ContactId"]
        one["CustomerEndpoint"] = before["CustomerEndpoint"]
        one["Attributes"] = dict(before["Attributes"])
        before["NextContactId"] = one["ContactId"]
        return one

    def queue(self, one: Record, at: datetime, wait: int, name: str | None = None) -> datetime:
        """Put a record into a queue for `wait` seconds; it then ends, unless an agent takes it."""
        name = name or self.random.choice(QUEUES)
        one["Queue"] = {
            "ARN": f"{INSTANCE}/queue/{name.lower()}",
            "Name": name,
            "EnqueueTimestamp": stamp(at),
            "DequeueTimestamp": stamp(at + timedelta(seconds=wait)),
            "Duration": wait,
        }
        return self.end(one, at + timedelta(seconds=wait))

    def end(self, one: Record, at: datetime, reason: str | None = None) -> datetime:
        one["DisconnectTimestamp"] = stamp(at)
        one["LastUpdateTimestamp"] = stamp(at + timedelta(seconds=self.random.randrange(60, 300)))
        if reason:
            one["DisconnectReason"] = reason
        return at

    def agent(self, one: Record, agent: Agent, at: datetime, **seconds: int) -> datetime:
        """Let an agent take a record at `at`; return when the customer is out of their hands."""
        draw = self.random.randrange
        talk, hold, wrap = (
            seconds.get(part, default)
            for part, default in (("talk", draw(60, 500)), ("hold", 0), ("wrap", draw(0, 90)))
        )
        ended = at + timedelta(seconds=talk + hold)
        free = ended + timedelta(seconds=wrap)
        one["Agent"] = {
            "ARN": agent.arn,
            "Username": f"agent{agent.number}@example.com",
            "ConnectedToAgentTimestamp": stamp(at),
            "AgentInteractionDuration": talk,
            "CustomerHoldDuration": hold,
            "NumberOfHolds": int(hold > 0),
            "LongestHoldDuration": hold,
            "AfterContactWorkStartTimestamp": stamp(ended),
            "AfterContactWorkEndTimestamp": stamp(free),
            "AfterContactWorkDuration": wrap,
            "HierarchyGroups": {
                "Level1": {"ARN": f"{INSTANCE}/agent-group/1", "GroupName": agent.placed(at)[0]},
                "Level2": {"ARN": f"{INSTANCE}/agent-group/2", "GroupName": agent.placed(at)[1]},
                "Level3": None,
            },
            "RoutingProfile": {"ARN": f"{INSTANCE}/routing-profile/1", "Name": agent.profile},
        }
        self.end(one, ended)
        one["LastUpdateTimestamp"] = stamp(free + timedelta(seconds=draw(30, 300)))
        agent.free_at = free + timedelta(seconds=draw(5, 240))
        agent.legs.append((at, ended, free, one))
        return ended

    def answered(self, agent: Agent, at: datetime, **said: Any) -> Record:
        """A contact that waited and that an agent takes at `at`."""
        wait = self.random.choice((0, 3, 8, 15, 20, 21, 45, 130))
        entered = at - timedelta(seconds=wait)
        one = self.record(said.pop("method", "INBOUND"), entered - timedelta(seconds=12), **said)
        one["Attributes"] = {"reason": self.random.choice(REASONS)}
        self.queue(one, entered, wait)
        self.agent(one, agent, at, hold=self.random.choice((0, 0, 40)))
        return one

    def live(self) -> None:
        """Fill every day: what agents handle, in turn, and what reaches nobody."""
        scenarios = [
            *("plain",) * 6,
            *("transfer", "consult", "overflow", "callback", "callback", "survey", "chat"),
            *("email", "sms", "task", "outbound", "dialled", "known", "listened", "callback_moved"),
        ]
        turn = 0
        for day in DAYS:
            start = FIRST_DAY + timedelta(days=day, hours=7)
            for agent in (*self.front, *self.experts):
                agent.free_at = start + timedelta(minutes=agent.number)
            for _ in range(4):
                for agent in self.front:
                    getattr(self, scenarios[turn % len(scenarios)])(agent, agent.free_at)
                    turn += 1
            for at in (start + timedelta(minutes=17 * k, seconds=k) for k in range(14)):
                self.unanswered(turn, at)
                turn += 1

    def plain(self, agent: Agent, at: datetime) -> None:
        self.answered(agent, at + timedelta(seconds=140))

    def handed(self, before: Record, at: datetime) -> Record:
        """The record of an expert who takes over what another had, from the queue of experts."""
        expert = min(self.experts, key=lambda one: one.free_at)
        ended = datetime.fromisoformat(before["DisconnectTimestamp"])
        taken = max(ended + timedelta(seconds=9), expert.free_at)
        one = self.follow(before, "TRANSFER", ended)
        self.queue(one, ended, int((taken - ended).total_seconds()), "Technical")
        self.agent(one, expert, taken)
        return one

    def transfer(self, agent: Agent, at: datetime) -> None:
        self.handed(self.answered(agent, at + timedelta(seconds=140)), at)

    def consult(self, agent: Agent, at: datetime) -> None:
        one = self.answered(agent, at + timedelta(seconds=140))
        taken, ended, _, _ = agent.legs[-1]
        expert = min(self.experts, key=lambda one: one.free_at)
        asked = max(taken + timedelta(seconds=10), expert.free_at)
        if asked + timedelta(seconds=40) < ended:
            other = self.follow(one, "TRANSFER", asked)
            self.agent(other, expert, asked, talk=20, wrap=0)
            self.end(other, asked + timedelta(seconds=20), "AGENT_DISCONNECT")

    def overflow(self, agent: Agent, at: datetime) -> None:
        """From queue to queue, then to an agent: one wait, from the first queue on."""
        entered = at + timedelta(seconds=5)
        one = self.record(
            "INBOUND", entered - timedelta(seconds=5), Attributes={"reason": "how_to"}
        )
        self.end(one, self.queue(one, entered, 60, "General"), "CONTACT_FLOW_DISCONNECT")
        other = self.follow(one, "QUEUE_TRANSFER", entered + timedelta(seconds=60))
        self.queue(other, entered + timedelta(seconds=60), 25, "Technical")
        self.agent(other, agent, entered + timedelta(seconds=85))

    def asked_back(self, at: datetime, queued: bool) -> Record:
        one = self.record("INBOUND", at, Attributes={"reason": "billing_error"})
        if queued:
            self.queue(one, at + timedelta(seconds=10), 110)
        self.end(one, at + timedelta(seconds=120), "CONTACT_FLOW_DISCONNECT")
        return one

    def callback(self, agent: Agent, at: datetime, taken: bool | None = None) -> Record:
        queued, taken = (
            self.random.random() < 0.6,
            self.random.random() < 0.7 if taken is None else taken,
        )
        one = self.asked_back(at - timedelta(seconds=300), queued)
        back = self.follow(one, "CALLBACK", at - timedelta(seconds=181))
        self.queue(back, at - timedelta(seconds=80), 80, "Callbacks")
        if taken:
            self.agent(back, agent, at)
            back["ConnectedToSystemTimestamp"] = stamp(at + timedelta(seconds=14))
        else:
            self.agent(back, agent, at, talk=0, wrap=5)
            back["ConnectedToSystemTimestamp"] = None
            back["DisconnectReason"] = "TELECOM_PROBLEM"
        return back

    def callback_moved(self, agent: Agent, at: datetime) -> None:
        self.handed(self.callback(agent, at, taken=True), at)

    def survey(self, agent: Agent, at: datetime) -> None:
        one = self.answered(agent, at + timedelta(seconds=140))
        ended = datetime.fromisoformat(one["DisconnectTimestamp"])
        self.end(self.follow(one, "DISCONNECT", ended), ended + timedelta(seconds=50))

    def chat(self, agent: Agent, at: datetime) -> None:
        self.answered(
            agent,
            at + timedelta(seconds=140),
            method="API",
            Channel="CHAT",
            CustomerEndpoint=None,
            SegmentAttributes={"connect:Subtype": {"ValueString": "connect:Chat"}},
        )

    def sms(self, agent: Agent, at: datetime) -> None:
        self.answered(
            agent,
            at + timedelta(seconds=140),
            Channel="CHAT",
            SegmentAttributes={"connect:Subtype": {"ValueString": "connect:SMS"}},
        )

    def email(self, agent: Agent, at: datetime) -> None:
        one = self.answered(
            agent,
            at + timedelta(seconds=140),
            Channel="EMAIL",
            CustomerEndpoint={"Address": f"c{agent.number}@example.org", "Type": "EMAIL_ADDRESS"},
        )
        self.follow(one, "AGENT_REPLY", datetime.fromisoformat(one["DisconnectTimestamp"]))

    def task(self, agent: Agent, at: datetime) -> None:
        self.answered(
            agent, at + timedelta(seconds=140), method="API", Channel="TASK", CustomerEndpoint=None
        )

    def outbound(self, agent: Agent, at: datetime) -> None:
        """The agent rings: half of the customers take it."""
        one = self.record("OUTBOUND", at)
        if self.random.random() < 0.5:
            self.agent(one, agent, at + timedelta(seconds=15))
            one["ConnectedToSystemTimestamp"] = stamp(at + timedelta(seconds=15))
        else:
            self.agent(one, agent, at, talk=0, wrap=0)
            one["ConnectedToSystemTimestamp"] = None

    def dialled(self, agent: Agent, at: datetime) -> None:
        """A campaign rings: a customer, or a machine."""
        one = self.record("API", at, Campaign={"CampaignId": "c1"})
        self.agent(one, agent, at + timedelta(seconds=4))
        is_machine = self.random.random() < 0.5
        one["AnsweringMachineDetectionStatus"] = (
            "VOICEMAIL_BEEP" if is_machine else "HUMAN_ANSWERED"
        )

    def known(self, agent: Agent, at: datetime) -> None:
        one = self.answered(agent, at + timedelta(seconds=140))
        one["Attributes"] |= {
            "customer_id": f"C{self.random.randrange(50)}",
            "ticket_id": "T1",
            "brand": "nova",
        }

    def listened(self, agent: Agent, at: datetime) -> None:
        """A supervisor listens in, and the agent rings a workshop meanwhile."""
        one = self.answered(agent, at + timedelta(seconds=140))
        began = datetime.fromisoformat(one["Agent"]["ConnectedToAgentTimestamp"])
        boss = Agent(99, "Lille", "Managers", "Managers")
        for method in ("MONITOR", "EXTERNAL_OUTBOUND"):
            aside = self.follow(one, method, began + timedelta(seconds=5))
            self.agent(aside, boss, began + timedelta(seconds=5), talk=20, wrap=0)

    def unanswered(self, turn: int, at: datetime) -> None:
        """A contact that no agent has, by turn."""
        entered = at + timedelta(seconds=20)
        kind = turn % 14
        if kind in (0, 1, 2):
            self.queue(self.record("INBOUND", at), entered, (3, 40, 5)[kind])
        elif kind in (3, 4):
            self.end(self.record("INBOUND", at), entered, "CONTACT_FLOW_DISCONNECT")
        elif kind == 5:
            one = self.record("INBOUND", at, Attributes={"vm_flag": "1", "reason": "how_to"})
            self.queue(one, entered, 90)
            self.end(one, entered + timedelta(seconds=150), "CONTACT_FLOW_DISCONNECT")
        elif kind == 6:
            one = self.asked_back(at, queued=True)
            one["NextContactId"] = "not-yet-there"
        elif kind == 7:
            one = self.record("API", at, Channel="CHAT", CustomerEndpoint=None)
            self.end(one, entered, "CUSTOMER_DISCONNECT")
        elif kind == 8:
            one = self.record("API", at, Channel="CHAT", CustomerEndpoint=None)
            self.end(one, at, "CUSTOMER_CONNECTION_NOT_ESTABLISHED")
        elif kind == 9:
            one = self.record("INBOUND", at)
            self.queue(one, entered, 70, "General")
            self.end(one, entered + timedelta(seconds=70), "CONTACT_FLOW_DISCONNECT")
            other = self.follow(one, "QUEUE_TRANSFER", entered + timedelta(seconds=70))
            self.queue(other, entered + timedelta(seconds=70), 33, "Billing")
        elif kind == 10:
            one = self.record("INBOUND", at)
            self.queue(one, entered, 600)
            self.end(one, entered + timedelta(seconds=600), "TELECOM_PROBLEM")
        elif kind == 11:
            # what it continues began before the export
            one = self.record("TRANSFER", at, InitialContactId="before", PreviousContactId="before")
            self.queue(one, entered, 30)
        elif kind == 12:
            self.record("HOLOGRAM", at)
        else:
            one = self.record(
                "INBOUND", at, CustomerEndpoint={"Address": "anonymous", "Type": "TELEPHONE_NUMBER"}
            )
            self.queue(one, entered, 12)

    def events(self) -> list[Record]:
        """Each agent's stream: signed in, contacts, a break, a silence, heartbeats, signed out."""
        made: list[Record] = []
        for agent in (*self.front, *self.experts):
            for day in DAYS:
                made += self._day(agent, FIRST_DAY + timedelta(days=day))
        return made

    def _day(self, agent: Agent, day: datetime) -> Iterator[Record]:
        signed_in = day + timedelta(hours=6, minutes=50)
        legs = sorted(
            (leg for leg in agent.legs if leg[0].date() == day.date()), key=lambda one: one[0]
        )
        signed_out = max([leg[2] for leg in legs] + [day + timedelta(hours=12)]) + timedelta(
            hours=1
        )
        points: list[tuple[datetime, str, tuple[str, str], list[Record]]] = [
            (signed_in, "LOGIN", ("Available", "ROUTABLE"), [])
        ]
        for taken, ended, free, one in legs:
            for at, state in (
                (taken - timedelta(milliseconds=4500), "CONNECTING"),
                (taken, "CONNECTED"),
                (taken + (ended - taken) / 2, "CONNECTED_ONHOLD"),
                (ended, "ENDED"),
                (free + timedelta(milliseconds=250), ""),
            ):
                listed = [self._contact(one, state, taken)] if state else []
                points.append((at, "STATE_CHANGE", ("Available", "ROUTABLE"), listed))
        last = max(point[0] for point in points) + timedelta(seconds=30)
        for at, name in ((0, "Lunch"), (1500, "Coaching"), (2400, "Projet X"), (3000, "Available")):
            kind = "ROUTABLE" if name == "Available" else "CUSTOM"
            points.append((last + timedelta(seconds=at), "STATE_CHANGE", (name, kind), []))
        signed_out = last + timedelta(seconds=3900)
        points.append((signed_out, "LOGOUT", ("Offline", "OFFLINE"), []))
        points.append(
            (signed_out + timedelta(seconds=60), "HEART_BEAT", ("Offline", "OFFLINE"), [])
        )
        points.sort(key=lambda one: one[0])
        is_lost = agent.number == 2 and day.weekday() == 3
        for here, there in zip(points, [*points[1:], None], strict=True):
            yield self._event(agent, *here)
            beat = here[0] + timedelta(seconds=120)
            while there and beat < there[0] and not (is_lost and here[2][0] == "Lunch"):
                yield self._event(agent, beat, "HEART_BEAT", here[2], here[3])
                beat += timedelta(seconds=120)

    def _contact(self, one: Record, state: str, taken: datetime) -> Record:
        return {
            "Channel": one["Channel"],
            "ConnectedToAgentTimestamp": None if state == "CONNECTING" else stamp(taken, True),
            "ContactId": one["ContactId"],
            "InitialContactId": one["InitialContactId"],
            "InitiationMethod": one["InitiationMethod"],
            "Queue": None,
            "State": state,
        }

    def _event(
        self, agent: Agent, at: datetime, kind: str, status: tuple[str, str], contacts: list[Record]
    ) -> Record:
        site, team = agent.placed(at)
        groups = {"Level1": {"Name": site}, "Level2": {"Name": team}}
        return {
            "EventId": f"e{self.random.getrandbits(48):012x}",
            "EventType": kind,
            "EventTimestamp": stamp(at, True),
            "AgentARN": agent.arn,
            "InstanceARN": INSTANCE,
            "Version": "2017-10-01",
            "CurrentAgentSnapshot": {
                "AgentStatus": {
                    "Name": status[0],
                    "Type": status[1],
                    "StartTimestamp": stamp(at, True),
                },
                "Configuration": {
                    "Username": f"agent{agent.number}@example.com",
                    "FirstName": "Ada",
                    "LastName": f"N{agent.number}",
                    "AgentHierarchyGroups": groups,
                    "RoutingProfile": {"Name": agent.profile},
                },
                "Contacts": contacts,
            },
            "PreviousAgentSnapshot": None,
        }


def lower_case(record: Record) -> Record:
    """A record as Glue's table names it: nested names in lower case, maps and groups as text."""
    as_text = ("Attributes", "HierarchyGroups")

    def one(key: str, value: Any) -> Any:
        if key in as_text and value is not None:
            return json.dumps(value)
        if isinstance(value, dict) and key != "SegmentAttributes":
            return {inner.lower(): one(inner, cell) for inner, cell in value.items()}
        return value

    return {key.lower(): one(key, value) for key, value in record.items()}


def older_version(record: Record) -> Record:
    """What Connect delivered first: before something was added, after-contact work going on."""
    first = copy.deepcopy(record)
    updated = datetime.fromisoformat(record["LastUpdateTimestamp"]) - timedelta(seconds=20)
    first["LastUpdateTimestamp"] = stamp(updated)
    first["Attributes"] = {}
    if first["Agent"]:
        first["Agent"] |= {"AfterContactWorkEndTimestamp": None, "AfterContactWorkDuration": None}
    return first


def write(inbox: Path, seed: int = 7) -> Centre:
    """Write three weeks of streams below `inbox`, a vendor's folder."""
    centre = Centre(seed)
    centre.live()
    events = centre.events()
    draw = centre.random
    weeks: list[list[Record]] = [[], [], []]
    for record in sorted(centre.records, key=lambda one: one["LastUpdateTimestamp"]):
        began = datetime.fromisoformat(record["InitiationTimestamp"])
        week = weeks[(began - FIRST_DAY).days // 7]
        week.append(record)
        if draw.random() < 0.15:
            week.append(older_version(record))
        if draw.random() < 0.05:
            week.append(copy.deepcopy(record))
    for week in weeks:
        draw.shuffle(week)
    folder = inbox / "contact_records"
    _put(
        folder / "2026/05/04/delivery-1.json", "".join(json.dumps(one) for one in weeks[0]).encode()
    )
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in weeks[1])
    _put(folder / "2026/05/11/delivery-2.jsonl.gz", gzip.compress(lines.encode()))
    glued = "".join(json.dumps(lower_case(one)) + "\n" for one in weeks[2])
    _put(inbox / "connect_ctr-1.jsonl", glued.encode())
    events += draw.sample(events, 40)
    draw.shuffle(events)
    half = len(events) // 2
    _put(inbox / "agent_events/a.json", "".join(json.dumps(one) for one in events[:half]).encode())
    _put(
        inbox / "agent_events/b.jsonl", "\n".join(json.dumps(one) for one in events[half:]).encode()
    )
    return centre


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
