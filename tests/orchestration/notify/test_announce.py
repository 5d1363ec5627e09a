"""Every outage, edition and alert is told once to each channel that wants it, however it goes."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.notify import wording
from orchestration.notify.message import sayable
from orchestration.publication.editions import EDITION_FILE, move_pointer
from orchestration.run import announce
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.files import write_json
from orchestration.system.paths import DataPaths
from tests.orchestration.notify.conftest import Hook
from tests.orchestration.small_edition import RECORD, TABLES

FRESHNESS = """
create schema kpis;
create table kpis.labels as select 'role' as kind, 'Owner' as code, 'Pilote' as label_fr;
create table kpis.source_freshness (
    source varchar, table_name varchar, owner_role varchar, freshness_hours integer,
    newest_event_at timestamptz
);
insert into kpis.source_freshness values
    ('interactions', 'contacts', 'Planning lead', 24, '2026-06-01T10:00:00Z'),
    ('billing', 'orders', 'Finance controller', 72, '2026-06-01T10:00:00Z');
"""
MORNING = datetime(2026, 6, 2, 9, tzinfo=UTC)


def publish(paths: DataPaths, name: str = "1", sql: str = FRESHNESS) -> Path:
    """Make an edition of these tables what readers open."""
    folder = paths.editions / name
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "pilotage.duckdb")) as connection:
        connection.execute(sql)
    write_json(folder / EDITION_FILE, {"edition": name, "published_at": MORNING.isoformat()})
    move_pointer(paths, name)
    return folder / "pilotage.duckdb"


@pytest.fixture
def desk(hook: Callable[..., Hook], paths: DataPaths, monkeypatch: pytest.MonkeyPatch):
    """Start a webhook that wants this, and write it into notify.yml beside the others."""
    channels: list[dict] = []

    def add(name: str, *wants: str, statuses: tuple[int, ...] = (200,)) -> Hook:
        server = hook(*statuses)
        monkeypatch.setenv(name.upper(), server.url)
        channels.append(
            {"name": name, "kind": "webhook", "form": "json", "url_env": name.upper(),
             "wants": list(wants), "timeout_seconds": 2}
        )  # fmt: skip
        write_json(paths.notify, {"channels": channels})
        return server

    return add


def titles(server: Hook) -> list[str]:
    return [body["title"] for body in server.bodies]


def late_at(paths: DataPaths, hours: float) -> announce.FreshnessReport:
    return announce.announce_freshness(paths, MORNING + timedelta(hours=hours))


def test_a_late_source_is_told_once_and_again_when_it_is_back(desk, paths: DataPaths) -> None:
    server = desk("ops", "stale_source")
    database = publish(paths)
    assert late_at(paths, 0).late == [] and server.bodies == []
    # on the hour it is fresh, a minute later it is late
    assert late_at(paths, 1).late == []
    for minutes in (1, 30, 60):
        report = late_at(paths, 1 + minutes / 60)
        assert [one.place for one in report.late] == ["interactions/contacts"]
    assert titles(server) == ["Pilotage: 1 source is late"]
    assert server.bodies[0]["sections"][0]["lines"] == [
        "interactions/contacts: promised within 24 hours, newest event 24 hours ago "
        "(1 Jun 2026, 12:00 CEST). Planning lead"
    ]
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update kpis.source_freshness set newest_event_at = '2026-06-02T12:00:00Z' "
            "where table_name = 'contacts'"
        )
    assert late_at(paths, 4).late == []
    assert late_at(paths, 5).late == []
    assert titles(server)[1:] == ["Pilotage: 1 source is fresh again"]
    # another outage is another message
    late_at(paths, 30)
    assert titles(server)[2:] == ["Pilotage: 1 source is late"]
    # one that joins it comes alone
    late_at(paths, 60)
    assert "billing/orders" in server.bodies[3]["text"]
    assert "interactions/contacts" not in server.bodies[3]["text"]


def test_what_could_not_be_sent_is_due_again(desk, paths: DataPaths) -> None:
    server, other = (
        desk("ops", "stale_source", statuses=(404, 200)),
        desk("boss", "stale_source"),
    )
    publish(paths)
    assert late_at(paths, 2).problems == ["Channel ops was not told: HTTP 404."]
    assert late_at(paths, 3).problems == []
    assert late_at(paths, 4).problems == []
    assert (len(server.bodies), len(other.bodies)) == (2, 1)


def test_a_table_that_never_came_is_late_and_one_promised_no_more_is_forgotten(
    desk, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = desk("ops", "stale_source")
    database = publish(paths)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into kpis.source_freshness values ('surveys', 'answers', 'Owner', 72, null)"
        )
    late_at(paths, 0)
    assert server.bodies[0]["sections"][0]["lines"] == [
        "surveys/answers: promised within 3 days, never came. Owner"
    ]
    line = wording.late_line(announce.freshness(paths, MORNING).late[0], MORNING)
    assert line == server.bodies[0]["sections"][0]["lines"][0]
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "fr")
    line = wording.late_line(announce.freshness(paths, MORNING).late[0], MORNING)
    assert line == "surveys/answers : promis sous 3\u00a0jours, jamais reçu. Pilote"
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from kpis.source_freshness where source = 'surveys'")
    late_at(paths, 0)
    assert len(server.bodies) == 1
    assert json.loads(paths.notified.read_text())["ops"]["late"] == {}


def test_the_clock_of_the_demonstration_stands(paths: DataPaths) -> None:
    publish(paths)
    assert len(announce.freshness(paths).late) == 2
    write_json(paths.demo_truth, {"settings": {"until": "2026-06-02"}})
    report = announce.freshness(paths)
    assert (report.late, report.now) == ([], datetime(2026, 6, 2, 6, tzinfo=UTC))


def test_a_failure_repeats_no_value(desk, paths: DataPaths) -> None:
    server, deaf = desk("ops", "failure"), desk("boss", "edition")
    error = PilotageError(
        "model stg_billing__customers failed: Conversion Error: Could not convert string Jeanne "
        "Martin to INT32, key \"33612345678\" 'jeanne' (see /data/dbt.log)"
    )
    assert announce.announce_error(paths, "pilotage run", error) == []
    announce.announce_error(paths, "pilotage run", KeyError("Jeanne"))
    refused = GateRefused("1 of 9 data tests failed: sound_contacts (3 rows).")
    announce.announce_error(paths, "pilotage run", refused)
    assert deaf.bodies == []
    assert titles(server) == [
        "Pilotage: a run has failed", "Pilotage: a run has failed",
        "Pilotage: the edition was refused",
    ]  # fmt: skip
    reasons = [body["sections"][1]["lines"] for body in server.bodies]
    assert reasons == [
        ["model stg_billing__customers failed (see /data/dbt.log)"],
        ["KeyError"],
        ["1 of 9 data tests failed"],
    ]
    assert "eanne" not in json.dumps(server.bodies)


def test_what_may_be_said_of_an_error() -> None:
    said = sayable(
        "Gate: refused. 3 of 4 checks passed.\n  failed  core.contacts · has_rows: none.\n\n"
        "no channel 'kiosk', jean@example.org, +33 6 12 34 56 78, “x”, 12 rows"
    )
    assert list(said) == [
        "Gate: refused. 3 of 4 checks passed.",
        "  failed  core.contacts · has_rows: none.",
        "no channel …, … …, “x”, 12 rows",
    ]
    assert len(list(sayable("\n".join("line" for _ in range(50))))) == 13


def test_settings_that_cannot_be_read_fail_nothing(paths: DataPaths) -> None:
    publish(paths)
    paths.notify.write_text("channels: [", encoding="utf-8")
    report = late_at(paths, 3)
    assert len(report.late) == 1
    [problem] = report.problems
    assert "is no YAML" in problem
    [problem] = announce.announce_error(paths, "pilotage run", PilotageError("broken"))
    assert problem.startswith("Nobody was told (failure)")


def test_nothing_is_read_where_nobody_is_to_be_told(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    publish(paths)
    monkeypatch.setattr("orchestration.notify.send.send", fail)
    assert announce.announce_edition(paths) == []
    assert late_at(paths, 2).problems == []
    assert not paths.notified.exists()


def publish_real(paths: DataPaths, name: str) -> Path:
    """Publish an edition with all that a digest reads."""
    database = publish(paths, name, TABLES)
    record = RECORD | {"published_at": f"2026-06-0{name}T12:00:00.000+00:00", "edition": name}
    write_json(database.parent / EDITION_FILE, record)
    return database


def test_an_edition_is_told_once_and_its_new_alerts(desk, paths: DataPaths) -> None:
    committee, ops = desk("committee", "edition"), desk("ops", "action_due", "stale_source")
    database = publish_real(paths, "1")
    for _ in range(2):
        assert announce.announce_edition(paths) == []
    [told] = committee.bodies
    assert told["title"].startswith("Pilotage, edition of 1 Jun 2026: ")
    assert {"heading": "Open signals", "lines": ["Reason that surges. Boss → Act"]} in told[
        "sections"
    ]
    assert titles(ops) == ["Pilotage: 2 new alerts call for action"]
    # one ends, and is news again when it comes back
    for number, is_due in (("2", False), ("3", True)):
        database = publish_real(paths, number)
        with duckdb.connect(str(database)) as connection:
            connection.execute("update reports.manager set is_action_due = ?", [is_due])
        assert announce.announce_edition(paths) == []
    assert len(committee.bodies) == 3
    assert titles(ops)[1:] == ["Pilotage: 1 new alert calls for action"]
    assert ops.bodies[1]["text"] == "Repeats, north: –. Boss"


def test_a_digest_that_was_not_taken_is_due_again(desk, paths: DataPaths) -> None:
    committee = desk("committee", "edition", statuses=(404, 200))
    publish_real(paths, "1")
    assert announce.announce_edition(paths) == ["Channel committee was not told: HTTP 404."]
    assert announce.announce_edition(paths) == []
    assert len(committee.bodies) == 2


def test_an_edition_that_readers_are_rolled_back_to_is_no_news(desk, paths: DataPaths) -> None:
    committee = desk("committee", "edition")
    for number in ("1", "2"):
        publish_real(paths, number)
        announce.announce_edition(paths)
    move_pointer(paths, "1")
    assert announce.announce_edition(paths) == []
    assert len(committee.bodies) == 2


def test_an_edition_that_cannot_be_read_ends_no_outage(desk, paths: DataPaths) -> None:
    server = desk("ops", "stale_source")
    publish(paths)
    late_at(paths, 2)
    database = paths.pointer.resolve()
    content = database.read_bytes()
    database.write_bytes(b"broken")
    assert late_at(paths, 3).promised == 0
    database.write_bytes(content)
    late_at(paths, 4)
    assert titles(server) == ["Pilotage: 1 source is late"]


def test_two_that_look_at_once_tell_once(desk, paths: DataPaths) -> None:
    """Two processes: the second waits for the first, and finds that all is told."""
    server = desk("ops", "stale_source")
    publish(paths)
    asked = (
        "from datetime import datetime; from orchestration.run.announce import *; "
        "from orchestration.system.paths import data_paths; "
        "print(announce_freshness(data_paths(), datetime.fromisoformat('2026-06-02T12:00Z')))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", asked], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [one.communicate()[0] for one in started]
    assert all("problems=[]" in one for one in said)
    assert titles(server) == ["Pilotage: 1 source is late"]
