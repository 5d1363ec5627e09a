"""Aircall: landing rows as the oracle's, drifts of the exports, and published KPIs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.connectors.aircall import world
from tests.connectors.aircall.oracle import Exports
from tests.connectors.trials import Trial, kpis, same, tried
from tests.connectors.world import Landing
from tests.published import publish

pytestmark = pytest.mark.builds(1)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aircall") / "landing" / "inbox" / "aircall"
    world.write(folder)
    return folder


@pytest.fixture(scope="module")
def exports(inbox: Path) -> Exports:
    return Exports(inbox)


@pytest.fixture(scope="module")
def trial(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return tried("aircall", inbox, tmp_path_factory.mktemp("trial"), codes=world.CODES)


def test_every_call_is_as_worked_out_by_hand(trial: Trial, exports: Exports) -> None:
    right = list(exports.contacts.values())
    assert {one["disposition"] for one in right} == {
        "answered",
        "abandoned",
        "callback_requested",
        "no_answer",
        "ivr_contained",
        "voicemail",
    }
    rows = [
        row | {"queue_entered_at": datetime.fromisoformat(row["queue_entered_at"])}
        for row in trial.rows["interactions.contacts"]
    ]
    same(rows, right, "contact_id")


def test_every_leg_is_as_worked_out_by_hand(trial: Trial, exports: Exports) -> None:
    same(trial.rows["interactions.contact_legs"], list(exports.legs.values()), "leg_id")


def test_people_are_in_their_teams(trial: Trial) -> None:
    rows = trial.rows["workforce.agents"]
    assert {(row["agent_id"], row["team"]) for row in rows} == {
        (str(n), "Niveau 1" if n < 105 else "Niveau 2") for n in world.PEOPLE
    }


@pytest.fixture(scope="module")
def edition(inbox: Path) -> Path:
    data = inbox.parents[2]
    said = data / "connectors" / "aircall" / "options.yml"
    said.parent.mkdir(parents=True)
    said.write_text(yaml.safe_dump({"codes": world.CODES}, allow_unicode=True), encoding="utf-8")
    return publish(data)


def test_published_kpis_follow_from_the_exports(edition: Path, exports: Exports) -> None:
    found = kpis(edition, "month", "2026-10-01")
    for kpi, right in exports.kpis().items():
        numerator, denominator = found[kpi]
        assert numerator == pytest.approx(right[0], abs=0.01), kpi
        if right[1] is not None:
            assert denominator == pytest.approx(right[1], abs=0.01), kpi


LINE = world.Service().history(
    {
        "id": 1,
        "direction": "inbound",
        "line": "Service client",
        "customer": "+33612345678",
        "tags": [],
        "started": datetime(2026, 10, 5, 8, tzinfo=UTC),
        "menu": 10,
        "missed": None,
        "voicemail": False,
        "asked_back": False,
        "ended": datetime(2026, 10, 5, 8, 2, tzinfo=UTC),
        "segments": [
            (
                101,
                datetime(2026, 10, 5, 8, 0, 30, tzinfo=UTC),
                datetime(2026, 10, 5, 8, 2, tzinfo=UTC),
                0,
            )
        ],
    }
)


def csv_of(folder: Path, *lines: dict[str, Any], name: str = "calls.csv", **said: Any) -> Trial:
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    (inbox / name).write_text(world.as_csv(list(lines)), encoding="utf-8")
    return tried("aircall", inbox, folder / "work", **said)


def without(line: dict[str, Any], *columns: str, **called: str) -> dict[str, Any]:
    return {called.get(name, name): cell for name, cell in line.items() if name not in columns}


def test_a_line_as_documented_is_read(tmp_path: Path) -> None:
    trial = csv_of(tmp_path, LINE)
    (contact,), (leg,) = (
        trial.rows["interactions.contacts"],
        trial.rows["interactions.contact_legs"],
    )
    assert contact["queue_entered_at"] == "2026-10-05T08:00:10Z"
    assert contact["answered_at"] == datetime(2026, 10, 5, 8, 0, 30, tzinfo=UTC)
    assert leg["talk_seconds"] == 90


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (without(LINE, "direction"), "lacks column direction"),
        (without(LINE, answered="picked up"), "lacks column answered"),
        (without(LINE, "duration (total)"), "lacks column duration (total)"),
        (LINE | {"answered": "perhaps"}, "answered (true or false"),
        (
            LINE | {"datetime (tz offset incl.)": "05/10/26 10h"},
            "datetime (tz offset incl.) (a local time",
        ),
        (LINE | {"duration (total)": "2 min"}, "duration (total) (a whole number"),
        (LINE | {"Call ID (internal)": ""}, "call id (internal)"),
    ],
)
def test_an_export_that_changed_is_refused_by_name(
    tmp_path: Path, line: dict[str, Any], said: str
) -> None:
    trial = csv_of(tmp_path, line)
    assert said in trial.refused
    assert "interactions.contacts" in trial.done.waiting
    assert not trial.rows.get("interactions.contacts")


@pytest.mark.parametrize(
    "said",
    [
        {"Waiting time": "30000"},
        {"Waiting time": "soon"},
        {"Waiting time": "00:00:05"},
        {"duration (in call)": "90000"},
        {"duration (total)": "2"},
    ],
)
def test_a_call_whose_times_cannot_be_is_left_out(tmp_path: Path, said: dict[str, str]) -> None:
    trial = csv_of(tmp_path, LINE | said, LINE | {"Call ID (internal)": "2"})
    assert [row["contact_id"] for row in trial.rows["interactions.contacts"]] == ["aircall:2"]
    assert [row["contact_id"] for row in trial.rows["interactions.contact_legs"]] == ["aircall:2"]
    assert trial.notes["calls_unreadable", None] == 1


@pytest.mark.parametrize("waiting", ["30", "00:30", "00:00:30"])
def test_a_duration_is_read_however_it_is_written(tmp_path: Path, waiting: str) -> None:
    (contact,) = csv_of(tmp_path, LINE | {"Waiting time": waiting}).rows["interactions.contacts"]
    assert contact["answered_at"] == datetime(2026, 10, 5, 8, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "zone", "began"),
    [
        ("2026-10-25 02:30:00", "Europe/Paris", "2026-10-25T00:30:10Z"),
        ("2026-10-25 03:30:00", "Europe/Paris", "2026-10-25T02:30:10Z"),
        ("2026-03-29 01:59:55", "Europe/Paris", "2026-03-29T01:00:05Z"),
        ("2026-03-29 02:30:00", "Europe/Paris", "2026-03-29 02:30:00"),
        ("2026-07-01 10:00:00", "America/Martinique", "2026-07-01T14:00:10Z"),
        ("2026-07-01 10:00:00", "", "2026-07-01T08:00:10Z"),
        ("2026-03-08 02:30:00", "America/New_York", None),
    ],
)
def test_local_times_are_of_the_lines_zone(
    tmp_path: Path, written: str, zone: str, began: str
) -> None:
    """Autumn's doubled hour is the first; one that does not exist stays as it is written."""
    line = without(LINE, "datetime (utc)")
    line |= {"datetime (tz offset incl.)": written, "number timezone": zone}
    (contact,) = csv_of(tmp_path, line).rows["interactions.contacts"]
    assert contact["queue_entered_at"] == began


def test_the_second_of_autumns_hours_is_known_by_its_time_in_utc(tmp_path: Path) -> None:
    said = {
        "datetime (tz offset incl.)": "2026-10-25 02:30:00",
        "datetime (utc)": "2026-10-25 01:30:00",
    }
    (contact,) = csv_of(tmp_path, LINE | said).rows["interactions.contacts"]
    assert contact["queue_entered_at"] == "2026-10-25T01:30:10Z"


def test_an_hour_that_does_not_exist_is_quarantined(land: Callable[[str], Landing]) -> None:
    landing = land("aircall")
    local = without(LINE, "datetime (utc)")
    gone = {"datetime (tz offset incl.)": "2026-03-29 02:30:00"}
    landing.drop("calls.csv", world.as_csv([local | gone, local | {"Call ID (internal)": "2"}]))
    assert landing.accept().quarantined == 1
    assert landing.rows("interactions.contacts", "contact_id") == [("aircall:2",)]


def test_the_wait_counts_from_the_first_ring(tmp_path: Path) -> None:
    """The time to answer leaves out whatever came before; without a wait there is the talk."""
    rung = LINE | {"Time to answer": "00:00:12"}
    untold = without(rung, "Waiting time") | {"Time in IVR": ""}
    for line, entered in ((rung, 18), (untold, 18), (untold | {"Time to answer": ""}, 0)):
        trial = csv_of(tmp_path / f"{entered}{'Waiting time' in line}", line)
        (contact,) = trial.rows["interactions.contacts"]
        assert contact["queue_entered_at"] == f"2026-10-05T08:00:{entered:02d}Z"
        assert contact["answered_at"].second == 30


def test_a_missed_call_without_its_wait_is_left_out(tmp_path: Path) -> None:
    trial = csv_of(tmp_path, without(MISSED, "Waiting time"))
    assert not trial.rows["interactions.contacts"]
    assert trial.notes["calls_unreadable", None] == 1


MISSED = LINE | {
    "answered": "No",
    "user": "[No associated user]",
    "duration (in call)": "",
    "Call type": "Missed",
    "duration (total)": 120,
    "Waiting time": "00:02:00",
}


@pytest.mark.parametrize(
    ("said", "disposition"),
    [
        ({"missed_call_reason": "short_abandoned"}, "abandoned"),
        ({"missed_call_reason": "agents_did_not_answer"}, "abandoned"),
        ({"missed_call_reason": "abandoned_in_ivr"}, "ivr_contained"),
        ({"missed_call_reason": "no_available_agent", "voicemail": "https://x"}, "voicemail"),
        ({"missed_call_reason": "out_of_opening_hours"}, None),
        ({"missed_call_reason": "out_of_opening_hours", "Call type": "Voicemail"}, "voicemail"),
        (
            {"missed_call_reason": "no_available_agent", "Callback details": "x"},
            "callback_requested",
        ),
        ({"direction": "outbound"}, "no_answer"),
        ({"missed_call_reason": "eaten_by_dog"}, None),
        ({"missed_call_reason": ""}, "abandoned"),
    ],
)
def test_what_became_of_a_call_that_nobody_answered(
    tmp_path: Path, said: dict[str, str], disposition: str | None
) -> None:
    trial = csv_of(tmp_path, MISSED | said)
    found = [row["disposition"] for row in trial.rows["interactions.contacts"]]
    assert found == ([disposition] if disposition else [])
    assert not trial.rows["interactions.contact_legs"]
    if said.get("missed_call_reason") == "eaten_by_dog":
        assert trial.notes["calls_without_outcome", "eaten_by_dog"] == 1


def test_a_user_counts_calls_out_of_hours(tmp_path: Path) -> None:
    said = {"codes": {"outcome": {"out_of_opening_hours": "abandoned"}}}
    trial = csv_of(tmp_path, MISSED | {"missed_call_reason": "out_of_opening_hours"}, **said)
    assert [row["disposition"] for row in trial.rows["interactions.contacts"]] == ["abandoned"]


def test_a_name_is_never_a_key(trial: Trial) -> None:
    assert not [
        row
        for row in trial.rows["interactions.contact_legs"]
        if "martin" in row["agent_id"].lower()
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"started_at": 1791187200000}, "started_at (seconds since 1970"),
        ({"started_at": "2026-10-05T08:00:00Z"}, "started_at (seconds since 1970"),
        ({"id": None}, "id"),
    ],
)
def test_an_api_page_that_changed_is_refused_by_name(
    tmp_path: Path, said: dict[str, Any], reason: str
) -> None:
    call = world.Service().api(world.Service().calls[1]) | said
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "calls.json").write_text(json.dumps({"calls": [call]}), encoding="utf-8")
    assert reason in tried("aircall", inbox, tmp_path / "work").refused


def test_a_duration_in_another_unit_leaves_the_call_out(tmp_path: Path) -> None:
    call = world.Service().api(world.Service().calls[1])
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    content = {"calls": [call | {"duration": call["duration"] * 1000}]}
    (inbox / "calls.json").write_text(json.dumps(content), encoding="utf-8")
    trial = tried("aircall", inbox, tmp_path / "work")
    assert not trial.rows["interactions.contacts"]
    assert trial.notes["calls_unreadable", None] == 1
