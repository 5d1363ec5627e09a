"""Aircall: landing rows as the oracle's, drifts of the exports, and published KPIs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.connectors.aircall import world
from tests.connectors.aircall.oracle import Exports
from tests.connectors.trials import Trial, kpis, published, same, tried

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
        "answered", "abandoned", "callback_requested", "no_answer", "ivr_contained", "voicemail"
    }  # fmt: skip
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
    return published(data)


def test_published_kpis_follow_from_the_exports(edition: Path, exports: Exports) -> None:
    found = kpis(edition, "month", "2026-10-01")
    for kpi, right in exports.kpis().items():
        numerator, denominator = found[kpi]
        assert numerator == pytest.approx(right[0], abs=0.01), kpi
        if right[1] is not None:
            assert denominator == pytest.approx(right[1], abs=0.01), kpi
