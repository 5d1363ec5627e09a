"""What a forecast makes of planted weeks, and what it cannot know.

The worlds are counts by half-hour whose expectation is known; a queue is a part of the total.
"""

import importlib.util
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy
import pytest

from orchestration.system.paths import PROJECT_ROOT

MODEL = PROJECT_ROOT / "models" / "marts" / "steering" / "steps" / "int_volume_forecasts.py"
ZONE = ZoneInfo("Europe/Paris")
AS_OF = date(2026, 2, 10)
WEEKS = 80
SLICES = [("total", "all"), ("queue", "large"), ("queue", "thin")]
# of the total
PARTS = {"large": 0.97, "thin": 0.03}
SETTINGS = {
    "forecast_trials": 6.0,
    "forecast_training_weeks": 26.0,
    "forecast_minimum_weeks": 8.0,
    "forecast_interval": 0.8,
    "handle_time_weeks": 8.0,
    "minimum_sample": 30.0,
}
Row = dict[str, Any]
Mean = Callable[[numpy.ndarray, numpy.ndarray], numpy.ndarray]


@pytest.fixture(scope="module")
def model() -> Any:
    spec = importlib.util.spec_from_file_location(MODEL.stem, MODEL)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def usual(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
    """Return what a service expects that is open from eight to eight, on Saturday until noon."""
    weekday = (days.astype(int) + 3) % 7
    of_day = numpy.array([1.2, 1.0, 1.0, 1.0, 0.9, 0.4, 0.0])[weekday]
    is_open = (places >= 16) & (places < numpy.where(weekday == 5, 24, 40))
    return 25 * of_day * is_open * (1 + 0.5 * numpy.sin(places / 48 * 8 * numpy.pi))


def world(
    mean: Mean = usual,
    as_of: date = AS_OF,
    weeks: int = WEEKS,
    holidays: tuple[date, ...] = (),
    seed: int = 5,
    known_until: date | None = None,
) -> dict[str, numpy.ndarray]:
    """Return what the model reads: half-hours of the total, and of two queues where any came."""
    first, last = as_of - timedelta(weeks=weeks), as_of + timedelta(days=15)
    begins, ends = (
        int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()) // 1800
        for day in (first, last)
    )
    numbers = numpy.arange(begins, ends)
    clocks = [datetime.fromtimestamp(int(one) * 1800, UTC).astimezone(ZONE) for one in numbers]
    days = numpy.array([clock.date() for clock in clocks], dtype="datetime64[D]")
    places = numpy.array([clock.hour * 2 + clock.minute // 30 for clock in clocks])
    is_known = days < numpy.datetime64(known_until or as_of)
    expected = mean(days, places) * is_known
    # of one slice after the other, so that a longer world begins as a shorter one does
    counts = [
        numpy.random.default_rng([seed, number]).poisson(expected * part)
        for number, part in enumerate(PARTS.values())
    ]
    calendar = {
        "half_hour": numbers,
        "business_date": days,
        "half_hour_of_day": places,
        "is_holiday": numpy.isin(days, numpy.array(holidays, dtype="datetime64[D]")),
        "is_known": is_known,
    }
    blocks = [calendar | measures(sum(counts), 0)]
    for number, its in enumerate(counts, start=1):
        came = its > 0
        blocks.append(
            {name: column[came] for name, column in (calendar | measures(its, number)).items()}
        )
    return {name: numpy.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def measures(counts: numpy.ndarray, number: int) -> dict[str, numpy.ndarray]:
    # half of the contacts take 200 seconds, half 400
    return {
        "slice": numpy.full(len(counts), number),
        "first_attempts": counts,
        "contacts_timed": counts,
        "agent_seconds": counts * 300.0,
        "agent_seconds_squared": counts * 100_000.0,
    }


def rows(model: Any, half_hours: dict[str, numpy.ndarray], **settings: float) -> list[Row]:
    found = model.forecasts(half_hours, SLICES, SETTINGS | settings)
    return found.to_pylist()


def of(found: list[Row], grain: str, value: str = "all", state: str = "coming") -> list[Row]:
    return [
        row
        for row in found
        if (row["period_grain"], row["slice_value"], row["state"]) == (grain, value, state)
    ]


def in_force(found: list[Row], value: str = "all") -> str:
    [method] = [row["method"] for row in of(found, "fortnight", value) if row["is_in_force"]]
    return str(method)


def errors_of_days(found: list[Row], mean: Mean, value: str = "all") -> numpy.ndarray:
    """Return what is expected of each day against the truth, less one."""
    part = PARTS.get(value, 1.0)
    days = of(found, "day", value)
    truth = [
        part * mean(numpy.full(48, row["starts_on"], "datetime64[D]"), numpy.arange(48)).sum()
        for row in days
    ]
    return numpy.array([row["contacts_expected"] for row in days]) / truth - 1


@pytest.fixture(scope="module")
def usual_rows(model: Any) -> list[Row]:
    return rows(model, world())


def test_a_planted_week_is_recovered(usual_rows: list[Row]) -> None:
    half_hours = of(usual_rows, "half_hour")
    # five days of 24 half-hours and a short Saturday, twice; no Sunday
    assert len(half_hours) == 2 * (5 * 24 + 8)
    truth = [
        usual(numpy.array([row["starts_on"]], "datetime64[D]"), numpy.array([place]))[0]
        for row in half_hours
        for place in [(row["half_hour"] + 2) % 48]
    ]
    found = numpy.array([row["contacts_expected"] for row in half_hours])
    assert abs(found - truth).sum() / sum(truth) < 0.05
    assert abs(errors_of_days(usual_rows, usual)).max() < 0.05
    assert in_force(usual_rows) in ("usual_week", "usual_week_fast")


def test_each_expectation_is_the_product_that_is_published(usual_rows: list[Row]) -> None:
    for row in of(usual_rows, "half_hour") + of(usual_rows, "day"):
        product = row["weekly_contacts"] * row["week_share"] * row["day_factor"]
        assert row["contacts_expected"] == pytest.approx(product, abs=0.01)
        assert row["contacts_low"] <= row["contacts_expected"] <= row["contacts_high"]


def test_intervals_hold_as_many_as_they_say(usual_rows: list[Row]) -> None:
    """By what came in the trials, and by what the planted week would bring."""
    judged = [row for row in of(usual_rows, "fortnight", state="over") if row["is_in_force"]]
    assert len(judged) == 6
    for grain in ("half_hour", "day"):
        mean = numpy.mean([row[f"{grain}_calibration"] for row in judged])
        assert 0.72 < mean < 0.88
    dice = numpy.random.default_rng(3)
    held = []
    for row in of(usual_rows, "half_hour"):
        place = (row["half_hour"] + 2) % 48
        truth = usual(numpy.array([row["starts_on"]], "datetime64[D]"), numpy.array([place]))[0]
        came = dice.poisson(truth, 200)
        held.append(((came >= row["contacts_low"]) & (came <= row["contacts_high"])).mean())
    assert 0.78 < numpy.mean(held) < 0.92


def test_days_that_scatter_more_than_chance_have_wider_intervals(
    model: Any, usual_rows: list[Row]
) -> None:
    dice = numpy.random.default_rng(8)
    of_day = dice.gamma(25, 1 / 25, 40_000)

    def restless(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        return usual(days, places) * of_day[days.astype(int)]

    found = rows(model, world(restless))
    # a variance of one in 25 of the mean squared
    scatter = [row["dispersion"] for row in of(found, "day")]
    assert 0.02 < numpy.mean(scatter) < 0.07
    assert max(row["dispersion"] for row in of(usual_rows, "day")) < 0.02
    judged = [row for row in of(found, "fortnight", state="over") if row["is_in_force"]]
    assert 0.7 < numpy.mean([row["day_calibration"] for row in judged]) < 0.9


def test_a_holiday_brings_what_earlier_ones_left(model: Any) -> None:
    holidays = (date(2025, 5, 1), date(2025, 8, 15), date(2025, 11, 11), date(2025, 12, 25))
    coming = date(2026, 2, 17)

    def kept(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        is_holiday = numpy.isin(days, numpy.array([*holidays, coming], "datetime64[D]"))
        return usual(days, places) * numpy.where(is_holiday, 0.2, 1.0)

    found = rows(model, world(kept, holidays=(*holidays, coming)))
    [row] = [row for row in of(found, "day") if row["starts_on"] == coming]
    assert row["day_factor"] == pytest.approx(0.2, abs=0.03)
    # nor do they bend the other days
    assert abs(errors_of_days(found, kept)).max() < 0.05


def test_a_holiday_on_which_nobody_ever_comes_is_closed(model: Any) -> None:
    holidays = (date(2025, 5, 1), date(2025, 8, 15), date(2025, 11, 11), date(2025, 12, 25))
    coming = date(2026, 2, 17)

    def closed(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        is_holiday = numpy.isin(days, numpy.array([*holidays, coming], "datetime64[D]"))
        return usual(days, places) * ~is_holiday

    found = rows(model, world(closed, holidays=(*holidays, coming)))
    dates = {row["starts_on"] for row in of(found, "half_hour") + of(found, "day")}
    assert coming not in dates
    assert date(2026, 2, 18) in dates


def test_a_service_that_one_holiday_showed_closed_expects_nobody_on_the_next(model: Any) -> None:
    """Of one holiday with some hundreds expected, and no contact; not of a service of few."""
    before, seen, coming = date(2025, 11, 11), date(2025, 12, 25), date(2026, 2, 17)

    def closed(part: float) -> Mean:
        def mean(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
            is_holiday = numpy.isin(days, numpy.array([before, seen, coming], "datetime64[D]"))
            return part * usual(days, places) * ~is_holiday

        return mean

    for part, is_closed in ((0.4, True), (0.004, False)):
        known = model.gridded(world(closed(part), holidays=(seen, coming)), SLICES)
        left = model.left_on_holidays(known, known["first_unknown"])
        assert (left == 0).all() == is_closed
        assert (left > 0).all() != is_closed
    found = rows(model, world(closed(0.4), holidays=(seen, coming)))
    dates = {row["starts_on"] for row in of(found, "half_hour") + of(found, "day")}
    assert coming not in dates
    # nor counts a trial the half-hours of a holiday that an earlier one showed closed
    found = rows(model, world(closed(0.4), holidays=(before, seen, coming)))
    [fortnight] = {
        row["half_hours"]
        for row in of(found, "fortnight", state="over")
        if row["starts_on"] <= seen < row["starts_on"] + timedelta(days=14)
    }
    others = {row["half_hours"] for row in of(found, "fortnight", state="over")} - {fortnight}
    assert fortnight == max(others) - 24


def test_no_trial_looks_further_back_than_the_calendar(model: Any) -> None:
    """The same with a longer calendar, whatever day it is, also after a week without news.

    As many days as `int_offered_half_hours` makes of these settings, less its week to spare.
    """
    days = 2 * 14 * int(SETTINGS["forecast_trials"]) + 364 + 14 + 7 + 13 + 1
    for later in range(14):
        as_of = AS_OF + timedelta(days=later)
        newest = as_of - timedelta(days=6)
        known = model.gridded(world(always, as_of=as_of, weeks=90, known_until=newest), SLICES)
        first = known["days"][model.past_fortnights(known, 12)[0]].item() - timedelta(days=1)
        # one of the oldest fortnight, and the furthest that it is compared with
        holidays = (first - timedelta(days=364), first + timedelta(days=3))
        long = world(always, as_of, 90, holidays, known_until=newest)
        kept = long["business_date"] >= numpy.datetime64(as_of - timedelta(days=days))
        short = {name: column[kept] for name, column in long.items()}
        whole, cut = (model.gridded(one, SLICES) for one in (long, short))
        oldest = [model.past_fortnights(one, 12)[0] for one in (whole, cut)]
        assert whole["days"][oldest[0]] == cut["days"][oldest[1]]
        tried, again = (
            model.tried_on(one, start, SETTINGS)
            for one, start in zip((whole, cut), oldest, strict=True)
        )
        for method in model.METHODS:
            assert (tried[method] == again[method]).all()


def test_a_week_of_outage_is_not_taken_for_the_usual(model: Any) -> None:
    silent = numpy.arange("2026-01-26", "2026-02-01", dtype="datetime64[D]")

    def failing(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        return usual(days, places) * ~numpy.isin(days, silent)

    found = rows(model, world(failing))
    assert in_force(found) in ("usual_week", "usual_week_fast")
    errors = errors_of_days(found, usual)
    assert abs(errors).max() < 0.08
    assert abs(errors.mean()) < 0.02


def test_a_step_is_followed(model: Any) -> None:
    """Half as much again from six weeks ago on: who follows the newest days wins the trials."""

    def stepped(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        return usual(days, places) * numpy.where(days < numpy.datetime64("2025-12-30"), 1.0, 1.5)

    found = rows(model, world(stepped))
    assert in_force(found) == "usual_week_fast"
    errors = errors_of_days(found, stepped)
    assert abs(errors).max() < 0.09
    assert abs(errors.mean()) < 0.04


def test_where_weeks_do_not_repeat_the_naive_method_stays_in_force(model: Any) -> None:
    """The busy hours move every eight weeks: half a year shows what is no longer so."""

    def wandering(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        times_moved = (days.astype(int) + 3) // 56
        return 40.0 * ((places - 11 * times_moved) % 48 < 6)

    found = rows(model, world(wandering))
    assert in_force(found) in ("last_week", "mean_of_weeks")
    assert {row["method"] for row in of(found, "half_hour")} == {in_force(found)}


def test_a_thin_queue_takes_its_shape_from_the_total(model: Any, usual_rows: list[Row]) -> None:
    """Its own counts say little of its half-hours: drawn to the total it misses by far less."""
    half_hours = of(usual_rows, "half_hour", "thin")
    truth = PARTS["thin"] * numpy.array(
        [row["contacts_expected"] for row in of(usual_rows, "half_hour")]
    )
    found = numpy.array([row["contacts_expected"] for row in half_hours])
    assert abs(found - truth).sum() / truth.sum() < 0.12
    raw = model.usual_weeks(
        model.gridded(world(), SLICES), (WEEKS * 7), SETTINGS | {"forecast_training_weeks": 26}
    )["mean_of_weeks"]
    raw_share, share = raw["shares"][2], raw["shares"][0]
    assert abs(raw_share - share).sum() > 0.4


def always(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
    """Return what a service expects that never closes."""
    return 10.0 + 5.0 * (places % 2) + 0.0 * days.astype(int)


def test_clocks_that_change_give_a_day_of_46_or_50_half_hours(model: Any) -> None:
    for as_of, sunday, count in (
        (date(2026, 3, 20), date(2026, 3, 29), 46),
        (date(2026, 10, 20), date(2026, 10, 25), 50),
    ):
        found = rows(model, world(always, as_of=as_of))
        by_day = {row["starts_on"]: row for row in of(found, "day")}
        half_hours = [row for row in of(found, "half_hour") if row["starts_on"] == sunday]
        assert len({row["half_hour"] for row in half_hours}) == len(half_hours) == count
        # by the clock the hour that comes twice is as busy both times
        assert all(9 < row["contacts_expected"] < 17 for row in half_hours)
        whole = by_day[sunday]["contacts_expected"]
        assert whole == pytest.approx(sum(row["contacts_expected"] for row in half_hours), abs=1e-3)
        assert whole / count == pytest.approx(12.5, rel=0.05)


def test_trials_know_the_days_on_which_clocks_changed(model: Any) -> None:
    half_hours = world(always, as_of=date(2026, 4, 14))
    known = model.gridded(half_hours, SLICES)
    # of the hour that came twice in October no contact is lost
    assert known["counts"][0].sum() == half_hours["first_attempts"][half_hours["slice"] == 0].sum()
    [start] = [
        one
        for one in model.past_fortnights(known, 12)
        if known["days"][one] == numpy.datetime64("2026-03-16")
    ]
    by_day = model.tried_on(known, start, SETTINGS)["usual_week"][0].sum(axis=1)
    # the second Sunday
    assert by_day[13] / by_day[6] == pytest.approx(46 / 48, abs=0.005)


def test_holidays_are_no_days_to_learn_from(model: Any) -> None:
    """Nor one that leaves half of a day, which is not odd by itself."""
    holiday = date(2025, 12, 25)

    def halved(days: numpy.ndarray, places: numpy.ndarray) -> numpy.ndarray:
        return usual(days, places) * numpy.where(days == numpy.datetime64(holiday), 0.5, 1.0)

    for holidays in ((holiday,), ()):
        known = model.gridded(world(halved, holidays=holidays), SLICES)
        days = numpy.flatnonzero(known["days"] == numpy.datetime64(holiday)) + numpy.arange(-60, 20)
        learned = model.usual_days(known, days)[0]
        assert known["days"][days[learned == 0]].tolist() == list(holidays)


def test_rows_in_any_order_give_the_same_forecasts(model: Any) -> None:
    half_hours = world()
    shuffled = numpy.random.default_rng(2).permutation(len(half_hours["slice"]))
    again = {name: column[shuffled] for name, column in half_hours.items()}
    first = model.forecasts(half_hours, SLICES, SETTINGS)
    assert first.equals(model.forecasts(again, SLICES, SETTINGS))
    changed = half_hours["first_attempts"].copy()
    newest = numpy.flatnonzero((half_hours["slice"] == 0) & (changed > 0))[-1]
    changed[newest] += 1
    other = model.forecasts(half_hours | {"first_attempts": changed}, SLICES, SETTINGS)
    prints = [set(found["fingerprint"].drop_null().to_pylist()) for found in (first, other)]
    # one contact more in the total: the queues take part of their shape from it
    assert len(prints[0]) == len(prints[1]) == 3
    assert not prints[0] & prints[1]


def test_a_trial_learns_from_nothing_that_came_later(model: Any) -> None:
    """From the day before a fortnight on the world becomes another: it expected the same."""
    half_hours = world()
    whole = rows(model, half_hours)
    starts = sorted({row["starts_on"] for row in of(whole, "fortnight", state="over")})
    last = starts[-1]
    later = half_hours["business_date"] >= numpy.datetime64(last - timedelta(days=1))
    turned = half_hours | {
        "first_attempts": numpy.where(later, 3, 1) * half_hours["first_attempts"]
    }
    other = rows(model, turned)

    def of_start(found: list[Row], start: date) -> list[Row]:
        return [row for row in of(found, "fortnight", state="over") if row["starts_on"] == start]

    for start in starts[:-1]:
        assert of_start(whole, start) == of_start(other, start)
    for before, after in zip(of_start(whole, last), of_start(other, last), strict=True):
        # what it expected follows from bias and contacts
        expected = [row["contacts"] * (1 + row["bias"]) for row in (before, after)]
        assert expected[0] == pytest.approx(expected[1], abs=0.01)
        assert before["is_in_force"] == after["is_in_force"]
        assert after["trained_until"] < last - timedelta(days=1)


@pytest.mark.parametrize(("weeks", "shared"), [(80, 4), (28, 9)])
def test_a_fortnight_that_is_over_keeps_its_scores(model: Any, weeks: int, shared: int) -> None:
    """Four weeks later they are the same, where they are still shown; in a young service, too."""
    earlier, later = (
        {
            (row["slice_value"], row["starts_on"], row["method"]): row
            for row in rows(model, world(as_of=as_of, seed=9, weeks=weeks + more))
            if row["state"] == "over"
        }
        for as_of, more in ((AS_OF, 0), (AS_OF + timedelta(days=28), 4))
    )
    both = earlier.keys() & later.keys()
    assert len({start for _, start, _ in both}) == shared
    assert {key: earlier[key] for key in both} == {key: later[key] for key in both}


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        # eight weeks before the first trial, and six fortnights
        ({"weeks": 19}, "not_enough_data"),
        ({"weeks": 24}, "coming"),
        ({"known_until": AS_OF - timedelta(days=7)}, "out_of_date"),
        ({"known_until": AS_OF - timedelta(days=6)}, "coming"),
        ({"mean": lambda days, places: 0.0 * places}, "no_data"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(
    model: Any, changed: dict[str, Any], state: str
) -> None:
    found = rows(model, world(**changed))
    fortnights = [row for row in found if row["period_grain"] == "fortnight"]
    assert {row["state"] for row in fortnights} - {"over"} == {state}
    is_forecast = bool(of(found, "half_hour"))
    assert is_forecast == (state == "coming")


def test_a_queue_that_opened_lately_waits_for_its_trials_and_a_closed_one_is_gone(
    model: Any,
) -> None:
    half_hours = world()
    days = half_hours["business_date"]
    opened, closed = numpy.datetime64("2025-11-03"), numpy.datetime64("2026-01-05")
    kept = ~((half_hours["slice"] == 1) & (days < opened))
    kept &= ~((half_hours["slice"] == 2) & (days >= closed))
    found = rows(model, {name: column[kept] for name, column in half_hours.items()})
    states = {row["slice_value"]: row["state"] for row in found if row["state"] != "over"}
    assert states == {"all": "coming", "large": "not_enough_data", "thin": "no_data"}


def test_handle_time_has_its_interval_and_a_thin_slice_that_of_all(model: Any) -> None:
    half_hours = world()
    is_thin = half_hours["slice"] == 2
    half_hours["agent_seconds"] = half_hours["agent_seconds"] * numpy.where(is_thin, 3, 1)
    half_hours["agent_seconds_squared"] *= numpy.where(is_thin, 9, 1)
    found = rows(model, half_hours)
    [total, thin] = [of(found, "day", value)[0] for value in ("all", "thin")]
    assert total["agent_seconds_per_contact"] == 300
    assert total["agent_seconds_low"] < 300 < total["agent_seconds_high"]
    # 1.28 standard errors: of contacts that take 200 or 400 seconds
    timed = half_hours["business_date"] >= numpy.datetime64(AS_OF - timedelta(weeks=8))
    count = half_hours["contacts_timed"][timed & (half_hours["slice"] == 0)].sum()
    away = 1.2815516 * 100 / (count - 1) ** 0.5
    assert total["agent_seconds_high"] == pytest.approx(300 + away, abs=1e-3)
    assert thin["agent_seconds_per_contact"] == 900
    few = rows(model, half_hours, minimum_sample=1_000_000.0)
    assert of(few, "day", "thin")[0]["agent_seconds_per_contact"] == 300


def test_nothing_observed_gives_no_row(model: Any) -> None:
    nothing = {name: column[:0] for name, column in world(weeks=1).items()}
    assert model.forecasts(nothing, [], SETTINGS).num_rows == 0
