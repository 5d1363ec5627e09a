"""Amazon Connect: landing rows as the oracle's, drifts of the export, and published KPIs."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.amazon_connect import world
from tests.connectors.amazon_connect.oracle import Streams, field, objects
from tests.connectors.trials import Trial, kpis, same, tried
from tests.connectors.world import Landing
from tests.published import publish

pytestmark = pytest.mark.builds(1)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("connect") / "landing" / "inbox" / "amazon_connect"
    world.write(folder)
    return folder


@pytest.fixture(scope="module")
def streams(inbox: Path) -> Streams:
    return Streams(inbox)


@pytest.fixture(scope="module")
def trial(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return tried("amazon_connect", inbox, tmp_path_factory.mktemp("trial"))


def test_every_contact_is_as_worked_out_by_hand(trial: Trial, streams: Streams) -> None:
    right = streams.contacts()
    assert {one["disposition"] for one in right} == {
        "answered",
        "abandoned",
        "callback_requested",
        "no_answer",
        "ivr_contained",
        "bot_contained",
        "bot_failed",
        "voicemail",
    }
    same(trial.rows["interactions.contacts"], right, "contact_id")


def test_every_leg_is_as_worked_out_by_hand(trial: Trial, streams: Streams) -> None:
    right = streams.legs()
    assert {one["entry_type"] for one in right} == {"queue", "transfer", "consult", "callback"}
    same(trial.rows["interactions.contact_legs"], right, "leg_id")


def test_every_stretch_of_activity_is_as_worked_out_by_hand(trial: Trial, streams: Streams) -> None:
    right = streams.activity()
    assert {one["state"] for one in right} == {
        "contact",
        "available",
        "break",
        "training",
        "offline",
    }
    same(trial.rows["interactions.agent_activity"], right, "activity_id")


def test_connects_own_figures_are_those_of_its_records(trial: Trial, streams: Streams) -> None:
    found = {
        (row["subject_id"], row["metric"]): row["value"]
        for row in trial.rows["interactions.vendor_figures"]
    }
    assert found == streams.figures()


def test_agents_are_those_that_were_seen(trial: Trial, streams: Streams) -> None:
    right = streams.agents()
    assert len(right) == 10, "nine agents, one of whom moved"
    same(trial.rows["workforce.agents"], right, "agent_id", "updated_at")


@pytest.fixture(scope="module")
def edition(inbox: Path) -> Path:
    return publish(inbox.parents[2])


def test_published_kpis_follow_from_the_streams(edition: Path, streams: Streams) -> None:
    found = kpis(edition, "month", "2026-05-01")
    for kpi, right in streams.kpis().items():
        numerator, denominator = found[kpi]
        assert numerator == pytest.approx(right[0], abs=0.01), kpi
        if right[1] is not None:
            assert denominator == pytest.approx(right[1], abs=0.01), kpi


def test_deliveries_in_any_order_end_in_the_same_rows(
    inbox: Path, streams: Streams, land: Callable[[str], Landing]
) -> None:
    """Two thirds first, the rest later: what was not certain waited, and no row is refused."""
    landing = land("amazon_connect")
    versions = [one for path in sorted(inbox.rglob("*.json*")) for one in objects(path)]
    records = [one for one in versions if not field(one, "EventId")]
    events = [one for one in versions if field(one, "EventId")]
    records.sort(key=lambda one: field(one, "LastUpdateTimestamp"))
    cut = 2 * len(records) // 3
    for name, part in (("b", records[:cut]), ("a", records[cut:])):
        landing.drop(
            f"contact_records/{name}.jsonl", "".join(json.dumps(one) + "\n" for one in part)
        )
        landing.drop("agent_events.jsonl", "".join(json.dumps(one) + "\n" for one in events))
        report = landing.accept()
        assert not report.quarantined
    newest = {
        row[0]: row
        for row in landing.rows("interactions.contacts", "contact_id, disposition, ended_at")
    }
    assert newest == {
        one["contact_id"]: (one["contact_id"], one["disposition"], one["ended_at"])
        for one in streams.contacts()
    }
    legs = landing.rows("interactions.contact_legs", "leg_id, entry_type, wrap_seconds")
    assert sorted(legs) == sorted(
        (one["leg_id"], one["entry_type"], one["wrap_seconds"]) for one in streams.legs()
    )


ARN = f"{world.INSTANCE}/agent/a1"


def answered(**said: Any) -> dict[str, Any]:
    """A call that waited 30 s and lasted 200 more, as documented, but for what is `said`."""
    plain: dict[str, Any] = {
        "ContactId": "c1",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": "2026-05-04T08:00:00Z",
        "ConnectedToSystemTimestamp": "2026-05-04T08:00:00Z",
        "DisconnectTimestamp": "2026-05-04T08:03:50Z",
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "LastUpdateTimestamp": "2026-05-04T08:05:00Z",
        "Channel": "VOICE",
        "CustomerEndpoint": {"Address": "+33612345678", "Type": "TELEPHONE_NUMBER"},
        "Queue": {
            "ARN": "q/1",
            "Name": "General",
            "EnqueueTimestamp": "2026-05-04T08:00:00Z",
            "DequeueTimestamp": "2026-05-04T08:00:30Z",
            "Duration": 30,
        },
        "Agent": {
            "ARN": ARN,
            "ConnectedToAgentTimestamp": "2026-05-04T08:00:30Z",
            "AgentInteractionDuration": 200,
            "CustomerHoldDuration": 0,
            "AfterContactWorkDuration": 10,
        },
    }
    return plain | said


def without(record: dict[str, Any], key: str, instead: str = "") -> dict[str, Any]:
    """A record whose `key` is called `instead`, or is not there."""
    left = {(instead if name == key else name): cell for name, cell in record.items()}
    left.pop("", None)
    return left


def one_file(folder: Path, *records: dict[str, Any], name: str = "contact_records.jsonl") -> Trial:
    inbox = folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / name).write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return tried("amazon_connect", inbox, folder / "work")


def test_a_call_as_documented_is_read(tmp_path: Path) -> None:
    (contact,) = one_file(tmp_path, answered()).rows["interactions.contacts"]
    assert (contact["disposition"], contact["wait_seconds"]) == ("answered", 30)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (without(answered(), "LastUpdateTimestamp"), "lacks column LastUpdateTimestamp"),
        (without(answered(), "ContactId", "Contact_Id"), "lacks column ContactId"),
        (without(answered(), "InitiationMethod"), "lacks column InitiationMethod"),
        (answered(InitiationTimestamp=1777881600000), "InitiationTimestamp (an instant (ISO 8601)"),
        (answered(Agent="{arn=arn:x, username=ada}"), "Agent (JSON"),
        (answered(DisconnectTimestamp="today"), "DisconnectTimestamp (an instant"),
        (answered(Channel=None), "Channel"),
    ],
)
def test_a_file_that_changed_is_refused_by_name(
    tmp_path: Path, record: dict[str, Any], said: str
) -> None:
    trial = one_file(tmp_path, record)
    assert said in trial.refused
    assert "interactions.contacts" in trial.done.waiting
    assert not trial.rows.get("interactions.contacts")


QUEUE, AGENT = answered()["Queue"], answered()["Agent"]


@pytest.mark.parametrize(
    "said",
    [
        {"Agent": without(AGENT, "ConnectedToAgentTimestamp", "ConnectedAt")},
        {"Agent": without(AGENT, "ARN", "Arn2")},
        {"Agent": AGENT | {"ConnectedToAgentTimestamp": 1777881630}},
        {"Agent": AGENT | {"AgentInteractionDuration": 200_000}},
        {"Agent": AGENT | {"AgentInteractionDuration": "00:03:20"}},
        {"Agent": without(AGENT, "AgentInteractionDuration")},
        {"Queue": without(QUEUE, "EnqueueTimestamp", "QueuedAt")},
        {"Queue": QUEUE | {"EnqueueTimestamp": "08:00"}},
        {"Queue": QUEUE | {"Duration": 30_000}},
        {"Queue": without(without(QUEUE, "ARN"), "Name")},
    ],
)
def test_a_nested_part_that_changed_leaves_the_contact_out(
    tmp_path: Path, said: dict[str, Any]
) -> None:
    """A call whose agent is not understood would else be one that nobody answered."""
    trial = one_file(tmp_path, answered(**said), answered(ContactId="c2"))
    assert [row["contact_id"] for row in trial.rows["interactions.contacts"]] == ["c2"]
    assert trial.notes["records_unreadable", None] == 1


def test_what_is_new_becomes_a_finding(tmp_path: Path) -> None:
    trial = one_file(
        tmp_path,
        answered(Sentiment="+1"),
        answered(ContactId="c2", InitiationMethod="TELEPATHY"),
        answered(ContactId="c3", Channel="VIDEO"),
    )
    assert ("raw_columns_not_read", "Sentiment") in trial.notes
    assert trial.notes["values_without_code", "telepathy"] == 1
    assert trial.notes["values_without_code", "video"] == 1
    assert [row["channel"] for row in trial.rows["interactions.contacts"]] == ["phone", "video"]


def test_a_broken_line_is_set_aside(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    lines = [json.dumps(answered()), json.dumps(answered(ContactId="c2"))[:-20]]
    (inbox / "contact_records.jsonl").write_text("\n".join(lines), encoding="utf-8")
    trial = tried("amazon_connect", inbox, tmp_path / "work")
    assert len(trial.rows["interactions.contacts"]) == 1
    assert [one.set_aside for one in trial.done.taken] == [1]


@pytest.mark.parametrize(
    "name", ["ctr-1-2026-05-04-08-00-00-0a1b", "ctr-1-2026-05-04-08-00-00-0a1b.gz"]
)
def test_files_are_named_as_firehose_names_them(tmp_path: Path, name: str) -> None:
    """No suffix, and no line end between records."""
    inbox = tmp_path / "inbox"
    (inbox / "2026").mkdir(parents=True)
    content = (json.dumps(answered()) + json.dumps(answered(ContactId="c2"))).encode()
    (inbox / "2026" / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    trial = tried("amazon_connect", inbox, tmp_path / "work")
    assert len(trial.rows["interactions.contacts"]) == 2


def event(at: str, kind: str = "STATE_CHANGE", **snapshot: Any) -> dict[str, Any]:
    status = {"Name": "Available", "Type": "ROUTABLE"}
    return {
        "EventId": f"e{at}{kind}",
        "EventType": kind,
        "EventTimestamp": f"2026-05-04T{at}Z",
        "AgentARN": ARN,
        "CurrentAgentSnapshot": {"AgentStatus": status, "Contacts": []} | snapshot,
    }


@pytest.mark.parametrize(
    "snapshot",
    [
        {"Contacts": None},
        {"Contacts": "none"},
        {"AgentStatus": None},
        {"AgentStatus": {"State": "x"}},
    ],
)
def test_a_snapshot_that_changed_says_nothing_of_the_agent(
    tmp_path: Path, snapshot: dict[str, Any]
) -> None:
    events = [event("08:00:00"), event("08:05:00", **snapshot), event("08:07:00", "LOGOUT")]
    trial = one_file(tmp_path, *events, name="agent_events.jsonl")
    rows = trial.rows["interactions.agent_activity"]
    assert [(row["state"], row["ended_at"].minute) for row in rows] == [("available", 5)]
    assert (
        trial.notes["activity_unknown", "no status, or no list of contacts, in the snapshot"] == 1
    )


def test_a_user_says_levels_tasks_and_attributes(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    agent = AGENT | {"RoutingProfile": {"Name": "Experts VIP"}}
    record = answered(Agent=agent, Channel="TASK", Attributes={"motif": "facture"})
    (inbox / "ctr.jsonl").write_text(json.dumps(record), encoding="utf-8")
    said = {"level_2_profiles": "Experts", "tasks_are_contacts": "yes", "reason_attribute": "motif"}
    trial = tried("amazon_connect", inbox, tmp_path / "work", options=said)
    (contact,), (leg,) = (
        trial.rows["interactions.contacts"],
        trial.rows["interactions.contact_legs"],
    )
    assert (contact["is_internal"], contact["reason"], leg["support_level"]) == (
        False,
        "facture",
        2,
    )


def handed(last_update: str) -> list[dict[str, Any]]:
    """The record of a transfer whose first record never came, and another updated then."""
    moved = answered(
        InitiationMethod="TRANSFER", InitialContactId="c0", PreviousContactId="c0", ContactId="c1"
    )
    return [moved, answered(ContactId="c2", LastUpdateTimestamp=last_update)]


@pytest.mark.parametrize(
    ("last_update", "legs"),
    [("2026-05-04T20:00:00Z", ["c2"]), ("2026-05-06T08:00:00Z", ["c1", "c2"])],
)
def test_a_leg_waits_a_day_for_the_record_that_it_follows(
    tmp_path: Path, last_update: str, legs: list[str]
) -> None:
    trial = one_file(tmp_path, *handed(last_update))
    assert sorted(row["leg_id"] for row in trial.rows["interactions.contact_legs"]) == legs
    assert [row["contact_id"] for row in trial.rows["interactions.contacts"]] == ["c2"]


@pytest.mark.parametrize(
    ("reason", "disposition"),
    [("CUSTOMER_DISCONNECT", "abandoned"), ("CONTACT_FLOW_DISCONNECT", "callback_requested")],
)
def test_what_follows_and_is_not_there_is_a_callback_if_the_flow_hung_up(
    tmp_path: Path, reason: str, disposition: str
) -> None:
    record = answered(Agent=None, DisconnectReason=reason, NextContactId="c9")
    (contact,) = one_file(tmp_path, record).rows["interactions.contacts"]
    assert contact["disposition"] == disposition


def test_a_leg_waits_for_the_end_of_after_contact_work(tmp_path: Path) -> None:
    working = AGENT | {"AfterContactWorkStartTimestamp": "2026-05-04T08:03:50Z"}
    trial = one_file(tmp_path, answered(Agent=working))
    assert not trial.rows["interactions.contact_legs"]
    assert [row["disposition"] for row in trial.rows["interactions.contacts"]] == ["answered"]


def test_a_contact_that_still_waits_is_none_yet(tmp_path: Path) -> None:
    waiting = answered(Agent=None, DisconnectTimestamp=None)
    trial = one_file(tmp_path, waiting, answered(ContactId="c2"))
    assert [row["contact_id"] for row in trial.rows["interactions.contacts"]] == ["c2"]
