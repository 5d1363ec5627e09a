"""What the commands tell and exit with, as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.system.files import write_json
from orchestration.system.paths import DataPaths
from tests.orchestration.notify.conftest import HANGS, Hook
from tests.orchestration.notify.test_announce import publish_real


def pilotage(paths: DataPaths, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "orchestration", *arguments],
        env=os.environ | {"PILOTAGE_DATA_DIR": str(paths.root)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def ops(hook: Callable[..., Hook], paths: DataPaths, monkeypatch: pytest.MonkeyPatch):
    """Start a webhook that wants everything and answers so."""

    def start(*statuses: int) -> Hook:
        server = hook(*statuses)
        monkeypatch.setenv("OPS", server.url)
        channel = {"name": "ops", "kind": "webhook", "form": "json", "url_env": "OPS"}
        wants = ["failure", "stale_source", "action_due", "edition"]
        write_json(paths.notify, {"channels": [channel | {"wants": wants, "timeout_seconds": 0.5}]})
        return server

    return start


def test_check_freshness_tells_and_exits_4_while_a_source_is_late(ops, paths: DataPaths) -> None:
    server = ops(200)
    publish_real(paths, "1")
    for _ in range(2):
        done = pilotage(paths, "check-freshness", "--at", "2026-06-03T12:00:00+00:00")
        assert done.returncode == 4, done.stderr
        assert "1 of 2 fresh" in done.stdout
        assert "billing/orders is late" in done.stderr
    assert [body["title"] for body in server.bodies] == ["Pilotage: 1 source is late"]
    done = pilotage(paths, "check-freshness", "--at", "2026-06-01T12:00:00+00:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert server.bodies[1]["title"] == "Pilotage: 1 source is fresh again"


def test_status_names_the_late_source_tells_nobody_and_exits_0(ops, paths: DataPaths) -> None:
    server = ops(200)
    publish_real(paths, "1")
    write_json(paths.demo_truth, {"settings": {"until": "2026-06-03"}})
    done = pilotage(paths, "status")
    assert done.returncode == 0, done.stderr
    assert "1 of 2 fresh" in done.stdout
    assert "billing/orders is late: promised within 24 hours" in done.stderr
    assert server.bodies == []


@pytest.mark.parametrize("answer", [200, HANGS])
def test_a_run_that_fails_tells_so_and_fails_as_it_did(ops, paths: DataPaths, answer: int) -> None:
    """The channel may hang besides."""
    server = ops(answer)
    paths.published.mkdir()
    # what readers open is no pointer: nothing may be published over it
    paths.pointer.write_text("somebody's file")
    done = pilotage(paths, "run")
    assert done.returncode == 1
    assert "is a file, not the pointer" in done.stderr
    assert server.bodies[0]["kind"] == "failure"
    assert server.bodies[0]["sections"][1]["lines"][0].endswith("not the pointer to an edition.")
    said = "Channel ops was not told: no answer in time." in done.stderr
    assert said is (answer == HANGS)


def test_digest_prints_text_or_a_page(paths: DataPaths) -> None:
    done = pilotage(paths, "digest")
    assert done.returncode == 1 and "Nothing is published" in done.stderr
    publish_real(paths, "1")
    assert pilotage(paths, "digest").stdout.startswith("Pilotage, edition of 1 Jun 2026: ")
    assert pilotage(paths, "digest", "--html").stdout.startswith("<!doctype html>")


def test_a_trial_message_says_which_channel_did_not_take_it(ops, paths: DataPaths) -> None:
    assert "There is no channel" in pilotage(paths, "notify").stderr
    server = ops(200)
    done = pilotage(paths, "notify")
    assert (done.returncode, done.stdout) == (0, "ops: told\n")
    assert server.bodies[0]["title"] == "Pilotage: a trial message"
    ops(404)
    done = pilotage(paths, "notify")
    assert (done.returncode, done.stdout) == (1, "ops: HTTP 404\n")
    paths.notify.write_text("channels: 3\n")
    assert pilotage(paths, "notify").returncode == 2


def test_no_secret_reaches_the_terminal(ops, paths: DataPaths) -> None:
    publish_real(paths, "1")
    for status in (404, 500, HANGS):
        ops(status)
        for command in ("notify", "check-freshness"):
            done = pilotage(paths, command)
            assert "s3cret" not in done.stdout + done.stderr


def test_nothing_of_dagster_is_imported_without_its_home(paths: DataPaths, tmp_path: Path) -> None:
    publish_real(paths, "1")
    asked = (
        "import sys; from orchestration.system.paths import data_paths; "
        "from orchestration.terminal.telling import tell_of_run; "
        "tell_of_run(data_paths(), True); "
        "print({'dagster', 'sqlalchemy', 'smtplib', 'orchestration.notify'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")
