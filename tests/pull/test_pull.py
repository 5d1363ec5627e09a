"""Pulling from a vendor: every page once, limits waited for, goes on where it stopped."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dlt", reason="dlt is an extra")

from orchestration.landing.connectors.declared import load_connectors
from orchestration.landing.connectors.files import named
from orchestration.landing.contract import load_contract
from orchestration.landing.marks import journal
from orchestration.pull import run, walks
from orchestration.pull.run import pull
from orchestration.pull.vendors import VENDORS, Endpoint, Vendor
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.terminal.pulling import pull_vendor
from tests.connectors.world import Landing
from tests.pull.server import FakeVendor, Stripe, Zendesk, serving

SECRET = "s3cret-of-a-test"
TICKETS = "/api/v2/incremental/tickets/cursor.json"
T0 = 1_700_000_000


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    for name, value in {
        "PILOTAGE_ZENDESK_SUBDOMAIN": "acme",
        "PILOTAGE_ZENDESK_EMAIL": "admin@example.org",
        "PILOTAGE_ZENDESK_API_TOKEN": SECRET,
        "PILOTAGE_STRIPE_API_KEY": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    # files in the working directory must not decide anything
    monkeypatch.chdir(tmp_path)
    return DataPaths(tmp_path / "data")


@pytest.fixture
def zendesk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendor]:
    with serving(Zendesk(secret=SECRET)) as vendor:
        monkeypatch.setenv("PILOTAGE_ZENDESK_URL", vendor.url)
        yield vendor


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendor]:
    with serving(Stripe(secret=SECRET)) as vendor:
        monkeypatch.setenv("PILOTAGE_STRIPE_URL", vendor.url)
        yield vendor


def only(vendor: str, *names: str) -> Vendor:
    """A vendor with some of its endpoints."""
    whole = VENDORS[vendor]
    kept = tuple(one for one in whole.endpoints if one.name in names)
    assert len(kept) == len(names)
    return Vendor(whole.name, whole.secrets, whole.address, whole.authentication, kept)


def tickets(*numbers: int) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "generated_timestamp": T0 + number,
            "subject": "Réglé à l'amiable\nmerci",
            "via": {"channel": "web", "source": {"to": None}},
            "external_id": number if number % 2 else f"x{number}",
        }
        for number in numbers
    ]


def landed(paths: DataPaths, vendor: str, name: str) -> list[dict[str, Any]]:
    folder = paths.inbox / vendor / name
    files = sorted(folder.glob("*.jsonl"))
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()
    ]


def test_records_land_as_the_vendor_sent_them(paths: DataPaths, zendesk: FakeVendor) -> None:
    zendesk.records["tickets"] = tickets(1, 2, 3, 4, 5)
    done = pull(paths, only("zendesk", "tickets"))
    assert done.records == {"tickets": 5}
    assert landed(paths, "zendesk", "tickets") == zendesk.records["tickets"]
    assert [file.stat().st_mode & 0o077 for file in done.files] == [0]


def test_no_moment_lets_others_read_what_comes(
    paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk.records["tickets"] = tickets(1, 2)
    modes = []
    create = run.create_private

    def seen(path: Path) -> None:
        create(path)
        # whoever writes it keeps the file that was made, and with it the mode
        modes.append((path.stat().st_ino, path.stat().st_mode & 0o777))

    monkeypatch.setattr(run, "create_private", seen)
    before = os.umask(0)
    try:
        (file,) = pull(paths, only("zendesk", "tickets")).files
    finally:
        os.umask(before)
    assert modes == [(file.stat().st_ino, 0o600)]


def test_files_by_name_are_files_by_age_and_the_last_says_what_counts(
    paths: DataPaths, stripe: FakeVendor
) -> None:
    note = {
        **{"id": "in_1", "object": "invoice", "customer": "cus_1", "currency": "eur"},
        **{"created": T0, "total": 100, "status": "open", "livemode": True},
    }
    landing = Landing(paths.root, load_contract(PROJECT_ROOT), "stripe")
    names: list[str] = []
    for status in ("open", "draft", "open", "draft", "open", "void"):
        stripe.records["invoices"] = [note | {"status": status}]
        names += [file.name for file in pull(paths, only("stripe", "invoices")).files]
    assert names == sorted(names)
    landing.convert()
    assert landing.rows("billing.documents", "document_id, is_deleted") == [("in_1", True)]


def test_a_part_written_again_after_a_crash_is_the_same_file(
    paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk.records["tickets"] = tickets(1, 2)
    with monkeypatch.context() as broken:
        broken.setattr(run, "sync", lambda path: path.suffix == ".partial" or 1 / 0)
        with pytest.raises(PilotageError):
            pull(paths, only("zendesk", "tickets"))
    (name,) = [file.name for file in (paths.inbox / "zendesk" / "tickets").glob("pull-*")]
    pull(paths, only("zendesk", "tickets"))
    assert name in [file.name for file in (paths.inbox / "zendesk" / "tickets").glob("pull-*")]
    assert [one["id"] for one in landed(paths, "zendesk", "tickets")] == [1, 2]


def test_a_list_out_of_the_order_of_its_cursor_loses_nothing(
    paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PART", 1)
    # the first was changed last
    zendesk.records["satisfaction_ratings"] = [
        {
            "id": number,
            "created_at": f"2026-03-0{number}T10:00:00Z",
            "updated_at": f"2026-04-{30 - number}T10:00:00Z",
        }
        for number in range(1, 8)
    ]
    pull(paths, only("zendesk", "satisfaction_ratings"))
    found = [one["id"] for one in landed(paths, "zendesk", "satisfaction_ratings")]
    assert found == [1, 2, 3, 4, 5, 6, 7]
    # who rates again does it within weeks: those are asked for once more
    zendesk.asked.clear()
    pull(paths, only("zendesk", "satisfaction_ratings"))
    since = datetime(2026, 3, 7, 10, tzinfo=UTC) - timedelta(days=35)
    assert zendesk.asked[0][1]["start_time"] == str(int(since.timestamp()))


def test_a_pull_stops_for_a_forgetting_before_its_next_part(
    paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PART", 1)
    zendesk.records["tickets"] = tickets(*range(1, 9))
    answer = zendesk.answer

    def begins(path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        journal(paths).parent.mkdir(parents=True, exist_ok=True)
        journal(paths).write_text("{}")
        return answer(path, query)

    monkeypatch.setattr(zendesk, "answer", begins)
    with pytest.raises(PilotageError, match="forgetting was interrupted"):
        pull(paths, only("zendesk", "tickets"))
    # the part under way landed whole
    assert [one["id"] for one in landed(paths, "zendesk", "tickets")] == [1, 2]
    zendesk.asked.clear()
    with pytest.raises(PilotageError, match="forgetting was interrupted"):
        pull(paths, only("zendesk", "tickets"))
    assert zendesk.asked == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("2026-01-31", 1_769_817_600), ("2026-01-31T10:00:00+02:00", 1_769_846_400)],
)
def test_since_keeps_its_offset(
    said: str, seconds: int, paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VENDORS, "zendesk", only("zendesk", "tickets"))
    pull_vendor(paths, "zendesk", said)
    assert zendesk.asked[0][1]["start_time"] == str(seconds)


def test_the_next_pull_asks_for_what_is_new(paths: DataPaths, zendesk: FakeVendor) -> None:
    zendesk.records["tickets"] = tickets(1, 2, 3)
    pull(paths, only("zendesk", "tickets"))
    zendesk.asked.clear()
    zendesk.records["tickets"] += tickets(4)
    pull(paths, only("zendesk", "tickets"))
    assert zendesk.paths_asked(TICKETS)[0]["start_time"] == str(T0 + 3)
    assert [one["id"] for one in landed(paths, "zendesk", "tickets")] == [1, 2, 3, 4]


def test_a_first_pull_can_begin_at_a_day(paths: DataPaths, zendesk: FakeVendor) -> None:
    zendesk.records["tickets"] = tickets(1, 2, 3)
    pull(paths, only("zendesk", "tickets"), datetime.fromtimestamp(T0 + 2, UTC))
    assert [one["id"] for one in landed(paths, "zendesk", "tickets")] == [2, 3]


def test_a_limit_is_waited_for(paths: DataPaths, zendesk: FakeVendor) -> None:
    zendesk.records["tickets"] = tickets(1, 2, 3)
    zendesk.faults = [429, 503, 429]
    assert pull(paths, only("zendesk", "tickets")).records == {"tickets": 3}
    assert zendesk.faults == []


def test_a_pull_that_was_cut_goes_on_where_it_stopped(
    paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PART", 2)
    monkeypatch.setattr(run, "ATTEMPTS", 2)
    zendesk.records["tickets"] = tickets(*range(1, 21))
    zendesk.dies_after = 5
    with pytest.raises(PilotageError, match="goes on where it stopped"):
        pull(paths, only("zendesk", "tickets"))
    before = [one["id"] for one in landed(paths, "zendesk", "tickets")]
    assert before and before == list(range(1, len(before) + 1))
    zendesk.dies_after = None
    zendesk.asked.clear()
    pull(paths, only("zendesk", "tickets"))
    assert int(zendesk.paths_asked(TICKETS)[0]["start_time"]) == T0 + before[-1]
    assert sorted({one["id"] for one in landed(paths, "zendesk", "tickets")}) == list(range(1, 21))


def objects(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Objects of Stripe, a day apart; the list of them has the newest first."""
    return [
        {"id": f"x_{number}", "created": T0 + number * 86_400, "status": "active"}
        for number in range(first, first + count)
    ]


def cut(vendor: FakeVendor, paths: DataPaths, asked: Vendor, answers: int) -> None:
    """Pull until the line is cut after so many answers."""
    vendor.dies_after = answers
    with pytest.raises(PilotageError, match="goes on where it stopped"):
        pull(paths, asked)
    vendor.dies_after = None
    vendor.asked.clear()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of three pages, of two records each."""
    monkeypatch.setattr(run, "PART", 3)
    monkeypatch.setattr(run, "ATTEMPTS", 2)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", ["customers", "charges"])
def test_a_list_that_was_cut_goes_on_after_its_last_part(
    name: str, paths: DataPaths, stripe: FakeVendor
) -> None:
    stripe.records[name] = objects(41)
    cut(stripe, paths, only("stripe", name), 10)
    before = [one["id"] for one in landed(paths, "stripe", name)]
    assert before == [f"x_{number}" for number in range(40, 22, -1)]
    done = pull(paths, only("stripe", name))
    assert stripe.asked[0][1]["starting_after"] == "x_23"
    assert done.records == {name: 41 - len(before)}
    # every record once, the newest first as they came, and no part holds more than its pages do
    found = [one["id"] for one in landed(paths, "stripe", name)]
    assert found == [f"x_{number}" for number in range(40, -1, -1)]
    sizes = [
        len(file.read_text().splitlines()) for file in (paths.inbox / "stripe" / name).iterdir()
    ]
    assert sorted(sizes) == [5, 6, 6, 6, 6, 6, 6]


@pytest.mark.usefixtures("small_parts")
def test_what_came_while_a_list_was_cut_comes_with_the_next_pull(
    paths: DataPaths, stripe: FakeVendor
) -> None:
    asked = only("stripe", "charges")
    stripe.records["charges"] = objects(41)
    cut(stripe, paths, asked, 10)
    stripe.records["charges"] += objects(1, first=41)
    pull(paths, asked)
    assert "x_41" not in {one["id"] for one in landed(paths, "stripe", "charges")}
    stripe.asked.clear()
    pull(paths, asked)
    # since the newest of the whole walk, which its first part had
    assert int(stripe.asked[0][1]["created[gte]"]) == T0 + 40 * 86_400 - 35 * 86_400
    assert "starting_after" not in stripe.asked[0][1]
    assert "x_41" in {one["id"] for one in landed(paths, "stripe", "charges")}


@pytest.mark.usefixtures("small_parts")
def test_a_list_begins_anew_where_its_place_is_gone_or_old(
    paths: DataPaths, stripe: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = only("stripe", "customers")
    stripe.records["customers"] = objects(21)
    cut(stripe, paths, asked, 4)
    stripe.records["customers"] = [one for one in objects(21) if one["id"] != "x_15"]
    pull(paths, asked)
    assert stripe.asked[0][1]["starting_after"] == "x_15"
    assert "starting_after" not in stripe.asked[1][1]
    ids = {one["id"] for one in landed(paths, "stripe", "customers")}
    assert ids == {one["id"] for one in objects(21)}
    cut(stripe, paths, asked, stripe.answered + 4)
    monkeypatch.setattr(walks, "LASTS", timedelta(0))
    pull(paths, asked)
    assert "starting_after" not in stripe.asked[0][1]


@pytest.mark.usefixtures("small_parts")
def test_a_list_that_a_vendor_refuses_midway_has_an_end(
    paths: DataPaths, stripe: FakeVendor
) -> None:
    stripe.records["customers"] = objects(21)
    stripe.refuses = "x_13"
    with pytest.raises(PilotageError):
        pull(paths, only("stripe", "customers"))
    # at the start of a pull it is the place that is gone: once, and not again
    stripe.asked.clear()
    with pytest.raises(PilotageError):
        pull(paths, only("stripe", "customers"))
    assert sum("starting_after" not in query for _, query in stripe.asked) == 1
    stripe.refuses = ""
    pull(paths, only("stripe", "customers"))
    ids = {one["id"] for one in landed(paths, "stripe", "customers")}
    assert ids == {one["id"] for one in objects(21)}


@pytest.mark.usefixtures("small_parts")
def test_what_a_killed_pull_wrote_down_keeps_no_endpoint_from_being_asked(
    paths: DataPaths, stripe: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe.records["customers"] = objects(21)
    asked = only("stripe", "customers")
    with monkeypatch.context() as killed:
        # as far as a kill between the two lets it come: asked and written, nothing landed
        def ends(*_: object, **__: object) -> None:
            raise SystemExit

        killed.setattr(import_module("dlt.pipeline.pipeline").Pipeline, "normalize", ends)
        killed.setattr(run.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(SystemExit):
            pull(paths, asked)
    assert landed(paths, "stripe", "customers") == []
    assert pull(paths, asked).records == {"customers": 21}
    ids = {one["id"] for one in landed(paths, "stripe", "customers")}
    assert ids == {one["id"] for one in objects(21)}


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", ["ticket_metrics", "survey_responses", "satisfaction_ratings"])
def test_zendesk_s_lists_go_on_after_their_last_part(
    name: str, paths: DataPaths, zendesk: FakeVendor
) -> None:
    zendesk.records[name] = [
        {"id": number, "created_at": "2026-03-01T10:00:00Z"} for number in range(21)
    ]
    cut(zendesk, paths, only("zendesk", name), 5)
    assert len(landed(paths, "zendesk", name)) == 6
    pull(paths, only("zendesk", name))
    assert zendesk.asked[0][1]["page[after]"] == "6"
    assert [one["id"] for one in landed(paths, "zendesk", name)] == list(range(21))
    # where a list goes on names no host, and nobody else may read it
    kept = paths.pull / "zendesk" / "walks.json"
    assert "127.0.0.1" not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("small_parts")
def test_a_pull_of_an_earlier_version_goes_on_since_its_newest(
    paths: DataPaths, stripe: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_cursor", lambda *_: T0)
    pull(paths, only("stripe", "charges"))
    assert int(stripe.asked[0][1]["created[gte]"]) == T0 - 35 * 86_400


def test_many_records_of_one_second_have_an_end(
    paths: DataPaths, zendesk: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PART", 2)
    zendesk.records["tickets"] = [
        one | {"generated_timestamp": T0} for one in tickets(*range(1, 21))
    ]
    pull(paths, only("zendesk", "tickets"))
    assert {one["id"] for one in landed(paths, "zendesk", "tickets")} == set(range(1, 21))


def test_lists_with_links_end_with_their_last_page(paths: DataPaths, zendesk: FakeVendor) -> None:
    zendesk.records["groups"] = [{"id": number, "name": f"g{number}"} for number in range(5)]
    pull(paths, only("zendesk", "groups"))
    assert [one["id"] for one in landed(paths, "zendesk", "groups")] == [0, 1, 2, 3, 4]
    assert len(zendesk.asked) == 3


def test_events_with_another_clock_begin_at_the_second(
    paths: DataPaths, zendesk: FakeVendor
) -> None:
    zendesk.records["users"] = [
        {"id": number, "stamp": T0 + number, "updated_at": f"2023-11-14T22:13:{20 + number}Z"}
        for number in range(3)
    ]
    pull(paths, only("zendesk", "users"))
    zendesk.asked.clear()
    pull(paths, only("zendesk", "users"))
    assert zendesk.asked[0][1]["start_time"] == str(T0 + 2)
    assert {one["id"] for one in landed(paths, "zendesk", "users")} == {0, 1, 2}


def test_stripe_is_asked_after_the_last_id_and_again_for_five_weeks(
    paths: DataPaths, stripe: FakeVendor
) -> None:
    day = 86_400
    stripe.records["charges"] = [
        {"id": f"ch_{number}", "created": T0 + number * day, "metadata": {}} for number in range(5)
    ]
    pull(paths, only("stripe", "charges"))
    assert len(landed(paths, "stripe", "charges")) == 5
    assert stripe.asked[1][1]["starting_after"] == "ch_3"
    stripe.asked.clear()
    pull(paths, only("stripe", "charges"))
    assert int(stripe.asked[0][1]["created[gte]"]) == T0 + 4 * day - 35 * day


def test_what_changes_without_a_date_is_asked_for_every_time(
    paths: DataPaths, stripe: FakeVendor
) -> None:
    stripe.records["subscriptions"] = [{"id": "sub_1", "created": T0, "status": "active"}]
    pull(paths, only("stripe", "subscriptions"))
    stripe.records["subscriptions"][0]["status"] = "canceled"
    pull(paths, only("stripe", "subscriptions"))
    assert [one["status"] for one in landed(paths, "stripe", "subscriptions")] == [
        "active",
        "canceled",
    ]
    assert stripe.asked[0][1]["status"] == "all"


def test_wrong_credentials_are_named_and_never_shown(
    paths: DataPaths, zendesk: FakeVendor, capfd: pytest.CaptureFixture[str]
) -> None:
    zendesk.secret = "another"
    with pytest.raises(PilotageError, match="refuses these credentials") as raised:
        pull(paths, only("zendesk", "tickets"))
    out = capfd.readouterr()
    assert SECRET not in str(raised.value) + out.out + out.err


def test_a_secret_that_is_not_set_is_named(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PILOTAGE_STRIPE_API_KEY")
    with pytest.raises(UsageError, match="PILOTAGE_STRIPE_API_KEY is not set"):
        pull(paths, VENDORS["stripe"])


def test_settings_of_the_working_directory_have_no_say(
    paths: DataPaths, zendesk: FakeVendor, tmp_path: Path
) -> None:
    # in a process of its own: dlt looks for settings once
    settings = tmp_path / ".dlt"
    settings.mkdir()
    (settings / "config.toml").write_text('[load]\nworkers = "many"\n')
    zendesk.records["groups"] = [{"id": 1, "name": "g"}]
    program = (
        "from pathlib import Path\n"
        "from orchestration.pull.run import pull\n"
        "from orchestration.pull.vendors import VENDORS\n"
        "from orchestration.system.paths import DataPaths\n"
        "from dataclasses import replace\n"
        "vendor = VENDORS['zendesk']\n"
        "groups = tuple(one for one in vendor.endpoints if one.name == 'groups')\n"
        f"pull(DataPaths(Path({str(paths.root)!r})), replace(vendor, endpoints=groups))\n"
    )
    path = os.pathsep.join([str(PROJECT_ROOT), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=os.environ | {"PYTHONPATH": path}
    )
    assert landed(paths, "zendesk", "groups") == [{"id": 1, "name": "g"}]


def test_neither_secrets_nor_records_stay_beside_the_inbox(
    paths: DataPaths, zendesk: FakeVendor
) -> None:
    zendesk.records["tickets"] = tickets(1, 2, 3)
    pull(paths, only("zendesk", "tickets"))
    for path in paths.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content, path
            assert paths.inbox in path.parents or "Réglé".encode() not in content, path


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_endpoint_has_a_table_of_the_vendors_connector(vendor: str) -> None:
    connector = load_connectors(DataPaths(Path("nowhere")), load_contract(PROJECT_ROOT))[vendor]
    for endpoint in VENDORS[vendor].endpoints:
        tables = named(connector, f"{endpoint.name}/pull-1.jsonl")
        assert any(table.layout == "native" for table in tables), endpoint.name
        assert isinstance(endpoint, Endpoint)
