"""Amazon Connect: landing rows as the oracle's, drifts of the export, and published KPIs."""

from pathlib import Path

import pytest

from tests.connectors.amazon_connect import world
from tests.connectors.amazon_connect.oracle import Streams
from tests.connectors.trials import Trial, kpis, published, same, tried

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
        "answered", "abandoned", "callback_requested", "no_answer", "ivr_contained",
        "bot_contained", "bot_failed", "voicemail",
    }  # fmt: skip
    same(trial.rows["interactions.contacts"], right, "contact_id")


def test_every_leg_is_as_worked_out_by_hand(trial: Trial, streams: Streams) -> None:
    right = streams.legs()
    assert {one["entry_type"] for one in right} == {"queue", "transfer", "consult", "callback"}
    same(trial.rows["interactions.contact_legs"], right, "leg_id")


def test_every_stretch_of_activity_is_as_worked_out_by_hand(trial: Trial, streams: Streams) -> None:
    right = streams.activity()
    assert {one["state"] for one in right} == {"contact", "available", "break", "training", "offline"}
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
    return published(inbox.parents[2])


def test_published_kpis_follow_from_the_streams(edition: Path, streams: Streams) -> None:
    found = kpis(edition, "month", "2026-05-01")
    for kpi, right in streams.kpis().items():
        numerator, denominator = found[kpi]
        assert numerator == pytest.approx(right[0], abs=0.01), kpi
        if right[1] is not None:
            assert denominator == pytest.approx(right[1], abs=0.01), kpi
