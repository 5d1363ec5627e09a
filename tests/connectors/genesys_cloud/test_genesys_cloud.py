"""Genesys Cloud: landing rows as the oracle's, drifts of the export, and published KPIs."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.genesys_cloud import world
from tests.connectors.genesys_cloud.oracle import Details
from tests.connectors.trials import Trial, kpis, same, tried
from tests.published import publish

pytestmark = pytest.mark.builds(1)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("genesys") / "landing" / "inbox" / "genesys_cloud"
    world.write(folder)
    return folder


@pytest.fixture(scope="module")
def details(inbox: Path) -> Details:
    return Details(inbox)


@pytest.fixture(scope="module")
def trial(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return tried("genesys_cloud", inbox, tmp_path_factory.mktemp("trial"))


def test_every_conversation_is_as_worked_out_by_hand(trial: Trial, details: Details) -> None:
    right = list(details.contacts.values())
    assert {one["disposition"] for one in right} == {
        "answered",
        "abandoned",
        "callback_requested",
        "no_answer",
        "ivr_contained",
        "bot_contained",
        "voicemail",
    }
    same(trial.rows["interactions.contacts"], right, "contact_id")


def test_every_leg_is_as_worked_out_by_hand(trial: Trial, details: Details) -> None:
    right = list(details.legs.values())
    assert {one["entry_type"] for one in right} == {"queue", "transfer", "consult", "callback"}
    same(trial.rows["interactions.contact_legs"], right, "leg_id")


def test_genesys_own_figures_are_in_seconds(trial: Trial, details: Details) -> None:
    found = {
        (row["subject_id"], row["metric"]): float(row["value"])
        for row in trial.rows["interactions.vendor_figures"]
    }
    assert found == details.figures


def test_published_kpis_follow_from_the_details(inbox: Path, details: Details) -> None:
    found = kpis(publish(inbox.parents[2]), "month", "2026-06-01")
    for kpi, right in details.kpis().items():
        numerator, denominator = found[kpi]
        assert numerator == pytest.approx(right[0], abs=0.01), kpi
        if right[1] is not None:
            assert denominator == pytest.approx(right[1], abs=0.01), kpi


def one_page(folder: Path, *conversations: dict[str, Any], name: str = "conversations") -> Trial:
    inbox = folder / "inbox"
    inbox.mkdir()
    content = json.dumps({"conversations": conversations})
    (inbox / f"{name}.json").write_text(content, encoding="utf-8")
    return tried("genesys_cloud", inbox, folder / "work")


def plain() -> dict[str, Any]:
    return copy.deepcopy(world.Centre().conversations[0])


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("conversationId", None, "conversationId"),
        ("conversationStart", 1780300800000, "conversationStart (an instant"),
        ("conversationStart", "01/06/2026", "conversationStart (an instant"),
        ("participants", "none", "participants (JSON"),
        ("participants", None, "participants"),
    ],
)
def test_a_page_that_changed_is_refused_by_name(
    tmp_path: Path, key: str, value: Any, said: str
) -> None:
    trial = one_page(tmp_path, plain() | {key: value})
    assert said in trial.refused
    assert "interactions.contacts" in trial.done.waiting


def renamed(part: dict[str, Any], key: str, other: str) -> None:
    part[other] = part.pop(key)


def _purpose(one: dict[str, Any]) -> None:
    for part in one["participants"]:
        renamed(part, "purpose", "role")


def _sessions(one: dict[str, Any]) -> None:
    for part in one["participants"]:
        renamed(part, "sessions", "communications")


def _segments(one: dict[str, Any]) -> None:
    renamed(one["participants"][-1]["sessions"][0], "segments", "states")


def _user(one: dict[str, Any]) -> None:
    renamed(one["participants"][-1], "userId", "user")


def _type(one: dict[str, Any]) -> None:
    renamed(one["participants"][-1]["sessions"][0]["segments"][1], "segmentType", "type")


def _epoch(one: dict[str, Any]) -> None:
    one["participants"][-1]["sessions"][0]["segments"][1]["segmentStart"] = 1780300800000


def _backwards(one: dict[str, Any]) -> None:
    one["conversationEnd"] = "2026-05-01T00:00:00.000Z"


def _customer(one: dict[str, Any]) -> None:
    one["participants"][0]["purpose"] = "guest"


@pytest.mark.parametrize(
    "change", [_purpose, _sessions, _segments, _user, _type, _epoch, _backwards, _customer]
)
def test_a_nested_part_that_changed_leaves_the_conversation_out(
    tmp_path: Path, change: Any
) -> None:
    """An agent who is not understood would else be one who did not answer."""
    changed = plain()
    change(changed)
    trial = one_page(tmp_path, changed, plain() | {"conversationId": "c2"})
    assert [row["contact_id"] for row in trial.rows["interactions.contacts"]] == ["c2"]
    assert {row["contact_id"] for row in trial.rows["interactions.contact_legs"]} == {"c2"}
    assert trial.notes["conversations_unreadable", None] == 1


def test_what_has_no_name_stands_under_its_id(tmp_path: Path) -> None:
    trial = one_page(tmp_path, plain())
    assert trial.rows["interactions.contacts"][0]["queue"] in world.QUEUES
    assert trial.notes["names_missing", "queues"] == 1


def test_a_new_medium_stands_for_itself_and_a_new_column_is_a_finding(tmp_path: Path) -> None:
    one = plain() | {"mood": "good"}
    one["participants"][0]["sessions"][0]["mediaType"] = "hologram"
    trial = one_page(tmp_path, one)
    assert trial.rows["interactions.contacts"][0]["channel"] == "hologram"
    assert trial.notes["values_without_code", "hologram"] == 1
    assert ("raw_columns_not_read", "mood") in trial.notes


def test_a_leg_waits_for_the_end_of_after_contact_work(tmp_path: Path) -> None:
    one = plain()
    one["participants"][-1]["sessions"][0]["segments"][-1].pop("segmentEnd")
    trial = one_page(tmp_path, one)
    assert [row["disposition"] for row in trial.rows["interactions.contacts"]] == ["answered"]
    assert not trial.rows["interactions.contact_legs"]
