"""What is unusual is said, and what is a habit, a holiday or chance is not: by counts of days."""

from collections.abc import Callable
from datetime import date, timedelta

from orchestration.gate.past import Facts, Past
from orchestration.gate.unusual.judge import judge

FIRST, LENGTH = date(2025, 1, 6), 301
NEXT = FIRST + timedelta(days=LENGTH)
NO_HOLIDAYS: frozenset[str] = frozenset()
Counts = dict[str, int]


def history(feature: str, of: Callable[[int], Counts], length: int = LENGTH) -> Past:
    """A past of `length` days whose counts are `of` the number of the day."""
    facts: Facts = {"rows": {}, feature: {}}
    for number in range(length):
        put(facts, feature, FIRST + timedelta(days=number), of(number))
    return Past(facts, 1)


def put(facts: Facts, feature: str, day: date, counts: Counts) -> None:
    facts["rows"][day.isoformat()] = {"all": sum(counts.values())}
    facts[feature][day.isoformat()] = counts


def found(
    past: Past,
    feature: str,
    counts: Counts,
    holidays: frozenset[str] = NO_HOLIDAYS,
    day: date = NEXT,
) -> set[str]:
    now: Facts = {"rows": {}, feature: {}}
    put(now, feature, day, counts)
    return {one.key for one in judge(now, past, holidays, is_first=False)}


def waves(*numbers: int) -> Callable[[int], Counts]:
    """Sixty customers a day; on some days fewer come, and many of those are staff."""
    return lambda n: {"no": 18, "yes": 11} if n in numbers else {"no": 59 + n % 3, "yes": 1}


def test_a_wave_that_came_at_two_other_times_is_a_habit() -> None:
    wave = {"no": 31, "yes": 19}
    assert found(history("code:is_staff", waves(40, 200)), "code:is_staff", wave) == set()
    # one time may have been a fault, and so may two days of one week
    assert "mix" in found(history("code:is_staff", waves(200)), "code:is_staff", wave)
    assert "mix" in found(history("code:is_staff", waves(200, 202)), "code:is_staff", wave)


def test_a_habit_of_few_rows_excuses_no_day_of_many() -> None:
    def small_waves(number: int) -> Counts:
        return {"no": 6, "yes": 4} if number in (40, 200) else {"no": 49, "yes": 1}

    assert "mix" in found(
        history("code:is_staff", small_waves), "code:is_staff", {"no": 31, "yes": 21}
    )


def test_a_handful_of_rows_is_chance() -> None:
    past = history("filled:email", lambda n: {"yes": 40, "no": 1})
    assert found(past, "filled:email", {"yes": 16, "no": 6}) == set()
    assert "nulls" in found(past, "filled:email", {"yes": 64, "no": 24})


def test_what_waited_over_a_holiday_comes_on_the_day_after() -> None:
    monday = NEXT + timedelta(days=-NEXT.weekday() % 7)
    tuesday, length = monday + timedelta(days=1), (monday - FIRST).days

    def week(number: int) -> Counts:
        return (
            {"a": 20} if (FIRST + timedelta(days=number)).weekday() > 4 else {"a": 100 + number % 5}
        )

    past = history("code:channel", week, length)
    twice = {"a": 200}
    assert found(past, "code:channel", twice, frozenset({monday.isoformat()}), tuesday) == set()
    past = history("code:channel", week, length + 1)
    assert found(past, "code:channel", twice, NO_HOLIDAYS, tuesday) == {"volume_high"}


def test_gaps_over_a_holiday_are_longer_and_others_are_not() -> None:
    past = history("gap:answered_at", lambda n: {"8": 30, "10": 10 + n % 4})
    after = frozenset({(NEXT + timedelta(days=1)).isoformat()})
    longer = {"16": 30, "8": 5}
    assert NEXT.weekday() < 5
    assert found(past, "gap:answered_at", longer) == {"values"}
    assert found(past, "gap:answered_at", longer, after) == set()


def test_a_cut_day_is_seen_and_rows_that_come_together_are_one_chance() -> None:
    hours = range(8, 20)

    def apart(number: int) -> Counts:
        return {str(hour): 4 + (number + hour) % 2 for hour in hours}

    def together(number: int) -> Counts:
        # 54 rows as before, but of three persons
        return {str(hours[(number * 5 + turn * 4) % 12]): 18 for turn in range(3)}

    half = {str(hour): 5 for hour in range(8, 15)}
    assert "volume_cut" in found(history("hour:ended_at", apart), "hour:ended_at", half)
    one_of_three = {"8": 18, "14": 18}
    assert found(history("hour:ended_at", together), "hour:ended_at", one_of_three) == set()


def test_a_day_of_other_hours_is_no_cut_day() -> None:
    past = history("hour:ended_at", lambda n: {str(h): 9 + (n + h) % 3 for h in range(8, 19)})
    assert "volume_cut" not in found(past, "hour:ended_at", {"2": 12, "3": 12, "4": 12})


def test_a_few_rows_in_another_unit_are_seen_wherever_they_fall() -> None:
    usual = {str(place): 8 for place in range(4, 16)}
    past = history("size:wait_seconds", lambda n: {**usual, str(4 + n % 12): 9})
    # a thousand times as much is about 40 quarter octaves: each of these places has a row or two
    mixed = {str(place): 3 for place in range(4, 16)} | {str(place): 2 for place in range(44, 56)}
    assert found(past, "size:wait_seconds", mixed) == {"units"}
    assert found(past, "size:wait_seconds", {str(place): 5 for place in range(4, 16)}) == set()
