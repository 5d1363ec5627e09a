"""Agents by Erlang C: against published figures, the project's SQL, and a simulated queue."""

import importlib.util
import math
from typing import Any

import duckdb
import jinja2
import numpy
import pytest

from orchestration.system.paths import PROJECT_ROOT
from tests.real_data.queueing import waiting_probability

MODEL = PROJECT_ROOT / "models" / "marts" / "steering" / "steps" / "int_staffing_required.py"
MACRO = PROJECT_ROOT / "macros" / "engine" / "erlang_blocking.sql"
SETTINGS = {
    "service_level_seconds": 20.0,
    "interval_target_rate": 0.8,
    "staffing_occupancy_cap": 0.85,
}


@pytest.fixture(scope="module")
def model() -> Any:
    spec = importlib.util.spec_from_file_location(MODEL.stem, MODEL)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def one(value: float) -> numpy.ndarray:
    return numpy.array([value])


@pytest.mark.parametrize(
    ("contacts", "seconds", "limit", "agents", "level"),
    [
        # worked example WE-P14: 360 calls of four minutes in half an hour
        (360, 240, 15, 55, 0.845883),
        # 100 calls of three minutes: ten agents are always busy, and eleven serve 39 % in 20 s
        (100, 180, 20, 11, 0.389614),
        (100, 180, 20, 10, 0.0),
    ],
)
def test_service_level_is_that_of_published_cases(
    model: Any, contacts: int, seconds: int, limit: int, agents: int, level: float
) -> None:
    load = one(contacts * seconds / 1800)
    found = model.service_level(load, numpy.array([agents]), one(limit / seconds))
    assert found[0] == pytest.approx(level, abs=1e-6)


def fewest(load: float, patience: float, target: float, cap: float) -> int:
    """Look for the agents one by one, with another program's probability of waiting."""
    agents = 0
    while True:
        if load == 0:
            return 0
        agents += 1
        waiting = waiting_probability(agents, load)
        in_time = 1 - waiting * math.exp(-(agents - load) * patience) if agents > load else 0
        if in_time >= target and load <= cap * agents:
            return agents


def test_agents_are_the_fewest_that_do(model: Any) -> None:
    dice = numpy.random.default_rng(7)
    load = numpy.concatenate([[0.0, 0.001, 0.85, 1.0], dice.gamma(0.8, 12, 300)])
    patience = dice.uniform(0.01, 0.4, len(load))
    found = model.agents_needed(load, patience, 0.8, 0.85)
    searched = [fewest(*case, 0.8, 0.85) for case in zip(load, patience, strict=True)]
    assert found.tolist() == searched


def test_the_probability_is_that_of_the_sql_beside_it(model: Any) -> None:
    """The rule stands twice, in two languages: here they must agree."""
    macro = jinja2.Environment().from_string(MACRO.read_text(encoding="utf-8")).module
    blocking = macro.duckdb__erlang_blocking("load", "agents")
    cases = [(load / 7, agents) for load in range(1, 300, 17) for agents in range(1, 60, 5)]
    stable = [(load, agents) for load, agents in cases if load < agents]
    assert len(stable) > 50
    with duckdb.connect() as connection:
        values = ", ".join(f"({load}::double, {agents})" for load, agents in stable)
        waits = connection.execute(
            f"select blocking / (1 - load / agents * (1 - blocking)) "
            f"from (select load, agents, {blocking} as blocking "
            f"from (values {values}) as cases (load, agents))"
        ).fetchall()
    load, agents = (numpy.array(column) for column in zip(*stable, strict=True))
    found = model.service_level(load, agents, numpy.zeros(len(load)))
    assert found == pytest.approx([1 - wait for (wait,) in waits], abs=1e-12)


def simulated(load: float, agents: int, patience: float, contacts: int) -> float:
    """Return the share of contacts answered in time, of contacts that come one by one."""
    dice = numpy.random.default_rng(11)
    arrivals = numpy.cumsum(dice.exponential(1 / load, contacts))
    handled = dice.exponential(1.0, contacts)
    free = [0.0] * agents
    in_time = 0
    for at, takes in zip(arrivals, handled, strict=True):
        first = min(range(agents), key=free.__getitem__)
        begins = max(at, free[first])
        free[first] = begins + takes
        in_time += begins - at <= patience
    return in_time / contacts


@pytest.mark.parametrize(("load", "agents", "patience"), [(4.0, 5, 0.1), (0.6, 1, 0.2)])
def test_the_prediction_is_what_a_simulated_queue_gives(
    model: Any, load: float, agents: int, patience: float
) -> None:
    predicted = model.service_level(one(load), numpy.array([agents]), one(patience))[0]
    assert simulated(load, agents, patience, 60_000) == pytest.approx(predicted, abs=0.02)


def test_a_large_service_overflows_nowhere(model: Any) -> None:
    load = one(2_000.0)
    agents = model.agents_needed(load, one(0.1), 0.8, 1.0)
    assert 2_000 < agents[0] < 2_060
    assert 0.8 <= model.service_level(load, agents, one(0.1))[0] < 0.85


def half_hours(**columns: Any) -> dict[str, numpy.ndarray]:
    rows = {
        "slice_type": ["queue", "queue", "total"],
        "slice_value": ["patient", "usual", "all"],
        "half_hour": [985698] * 3,
        "agent_seconds_per_contact": [180.0] * 3,
        "contacts_expected": [100.0] * 3,
        "contacts_low": [80] * 3,
        "contacts_high": [120] * 3,
    } | columns
    return {name: numpy.array(values) for name, values in rows.items()}


def test_a_queue_with_a_limit_of_its_own_needs_agents_for_that(model: Any) -> None:
    found = model.required(half_hours(), {"patient": 60.0, "unused": 300.0}, SETTINGS)
    patient, usual, total = found["agents_expected"]
    assert patient == fewest(10.0, 60 / 180, 0.8, 0.85)
    assert patient < usual == total == fewest(10.0, 20 / 180, 0.8, 0.85)


def test_nobody_is_planned_to_be_busier_than_the_cap(model: Any) -> None:
    anytime = SETTINGS | {"service_level_seconds": 1_000_000.0}
    found = model.required(half_hours(), {}, anytime)
    # any wait is in time: the cap alone asks for more than the ten who would always be busy
    assert found["agents_expected"].tolist() == [12, 12, 12]
    assert (found["occupancy_expected"] <= 0.85).all()


def test_both_ends_of_the_volume_have_their_agents_and_their_service_level(model: Any) -> None:
    found = model.required(half_hours(), {}, SETTINGS)
    assert found["agents_low"][0] == fewest(8.0, 20 / 180, 0.8, 0.85)
    assert found["agents_high"][0] == fewest(12.0, 20 / 180, 0.8, 0.85)
    assert (found["service_level_low"] < found["service_level_expected"]).all()
    assert (found["service_level_expected"] < found["service_level_high"]).all()
    assert (found["occupancy_low"] < found["occupancy_high"]).all()


def test_more_than_the_agents_can_carry_serves_nobody_in_time(model: Any) -> None:
    found = model.required(half_hours(contacts_high=[900] * 3), {}, SETTINGS)
    assert found["service_level_low"].tolist() == [0, 0, 0]
    assert found["occupancy_high"].tolist() == [1, 1, 1]


def test_hardly_anybody_needs_one_agent_and_nobody_none(model: Any) -> None:
    few = half_hours(
        contacts_expected=[0.01, 0.0, 0.01], contacts_low=[0] * 3, contacts_high=[0] * 3
    )
    found = model.required(few, {}, SETTINGS)
    assert found["agents_expected"].tolist() == [1, 0, 1]
    assert found["agents_high"].tolist() == [1, 0, 1]
    assert found["agents_low"].tolist() == [0, 0, 0]


def test_nothing_to_come_needs_nobody(model: Any) -> None:
    nothing = {name: column[:0] for name, column in half_hours().items()}
    assert {len(column) for column in model.required(nothing, {}, SETTINGS).values()} == {0}
