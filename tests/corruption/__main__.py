"""How many corrupt batches arrival checks find, and how many clean ones they complain of.

    python -m tests.corruption --seeds 20 --clean 100 [--first-world 1]

Every corrupt batch is a day or a week of one table, made corrupt by one of the classes, after the
history up to that day. A clean run is a day or a week of every table. Measure on other worlds than
those that a rule was tuned on. The worlds are kept in `.test_data/corruption`;
`tests/corruption/results.md` is written anew.
"""

import argparse
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from orchestration.system.paths import PROJECT_ROOT
from tests.corruption.classes import CLASSES, Class
from tests.corruption.world import World

FOLDER = PROJECT_ROOT / ".test_data" / "corruption"
RESULTS = Path(__file__).parent / "results.md"
CUSTOMERS, MONTHS, WORLDS = 3_000, 18, 3


def corrupt(world: World, one: Class, seed: int) -> tuple[str, tuple[str, ...]]:
    """Judge one corrupt batch; the seed chooses its day and length."""
    table, chance = world.table(one.table), random.Random(f"{one.name} {seed}")
    for _ in range(20):
        days = chance.choice(one.spans)
        begins = _day(world, chance, days)
        # a day on which hardly anybody works cannot be corrupt
        if days == 1 and not world.is_working_day(begins):
            continue
        outcome = world.judged(table, begins, days, one.query, seed, one.is_again)
        if outcome:
            return outcome.severity, outcome.checks
    raise AssertionError(f"no rows for {one.name}")


def clean(world: World, seed: int) -> list[str]:
    """Judge a day or a week of every table; return what was complained of."""
    chance = random.Random(f"clean {seed}")
    days = chance.choice((1, 7))
    begins = _day(world, chance, days)
    found = []
    for table in world.tables():
        outcome = world.judged(table, begins, days)
        if outcome and outcome.checks:
            found.append(f"{table.full_name}, {begins} + {days}: {', '.join(outcome.checks)}")
    return found


def _day(world: World, chance: random.Random, days: int) -> date:
    """A day after a year of history, so that waves that come twice a year are known."""
    rows = world.facts(world.table("interactions.contacts"))["rows"]
    first, last = date.fromisoformat(min(rows)), date.fromisoformat(max(rows))
    least = first + timedelta(days=370)
    return least + timedelta(days=chance.randrange((last - least).days - days))


def report(
    found: dict[str, Counter[str]],
    checks: dict[str, Counter[str]],
    alarms: list[list[str]],
    first_world: int,
) -> Iterable[str]:
    """Yield the lines of the page of results."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    total: Counter[str] = Counter()
    for counts in found.values():
        total += counts
    n, missed = sum(total.values()), total["nothing"]
    yield "# What arrival checks find of corrupt batches"
    yield ""
    yield (
        f"Written by `python -m tests.corruption` on {date.today()} at {commit}: {len(found)} "
        f"classes, {n} corrupt batches of a day or a week, {len(alarms)} clean runs of every dated "
        f"table, {WORLDS} worlds of {CUSTOMERS:,} customers without planted effects (seeds from "
        f"{first_world})."
    )
    yield ""
    yield f"Stopped, withheld or told: {n - missed} of {n} ({(n - missed) / n:.1%})."
    noisy = [one for one in alarms if one]
    yield f"Clean runs with a false alarm: {len(noisy)} of {len(alarms)}."
    yield ""
    yield "| class | table | refused | withheld | told | missed | by |"
    yield "|---|---|---|---|---|---|---|"
    for one in CLASSES:
        counts = found.get(one.name)
        if counts:
            by = ", ".join(check for check, _ in checks[one.name].most_common(3))
            yield (
                f"| {one.name}{' (unit)' * one.is_unit} | {one.table} | {counts['refuse']} | "
                f"{counts['withhold']} | {counts['warn']} | {counts['nothing']} | {by} |"
            )
    if noisy:
        yield ""
        yield "False alarms:"
        yield ""
        yield from (f"* {told}" for one in noisy for told in one)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.corruption")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--clean", type=int, default=100)
    parser.add_argument("--first-world", type=int, default=1, help="Its seed, and of its days.")
    parser.add_argument("--only", help="Part of a class's name; results are printed only.")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    worlds = [
        World(FOLDER, CUSTOMERS, MONTHS, seed)
        for seed in range(asked.first_world, asked.first_world + WORLDS)
    ]
    found: dict[str, Counter[str]] = {}
    checks: dict[str, Counter[str]] = {}
    started = time.process_time()
    for one in CLASSES:
        if asked.only and asked.only not in one.name:
            continue
        for seed in range(asked.first_world - 1, asked.first_world - 1 + asked.seeds):
            severity, by = corrupt(worlds[seed % WORLDS], one, seed)
            found.setdefault(one.name, Counter())[severity] += 1
            checks.setdefault(one.name, Counter()).update(by)
        print(one.name, dict(found[one.name]), dict(checks[one.name].most_common(4)), flush=True)
    alarms: list[list[str]] = []
    for number in range(0 if asked.only else asked.clean):
        seed = asked.first_world - 1 + number
        alarms.append(clean(worlds[seed % WORLDS], seed))
        for told in alarms[-1]:
            print("false alarm:", told, flush=True)
        # a run that is stopped leaves what it has
        if len(alarms) % 10 == 0 or len(alarms) == asked.clean:
            RESULTS.write_text(
                "\n".join(report(found, checks, alarms, asked.first_world)) + "\n", encoding="utf-8"
            )
    print(f"{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    main()
