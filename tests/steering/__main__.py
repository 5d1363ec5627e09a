"""Whether steering finds what was planted, and nothing where nothing was: many small worlds.

    python -m tests.steering --seeds 20

Each seed makes three worlds: one with the planted effects of the demonstration, the same one in
which nothing was decided, and one with no effect at all. All are landed, built and published as
anybody's files would be; what their edition says is kept in a file per world, so that a run that
was stopped goes on. At the end `tests/steering/results.md` is written anew. No part of `make test`:
it takes more than an hour of two cores.

All chance of a world is drawn by the names of its things. So the first two differ by what the
decision did, and nothing else: the KPI of its team in the one less that in the other is the effect
that an analysis should find.
"""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.demo.effects import NO_EFFECTS, Effects
from orchestration.system.paths import PROJECT_ROOT
from tests.demo_worlds import built, kept, records, seeds_asked

FINDINGS = PROJECT_ROOT / ".test_data" / "steering"
RESULTS = Path(__file__).parent / "results.md"
WORLDS = {
    "planted": Effects(),
    "undecided": Effects().without("decision"),
    "quiet": NO_EFFECTS,
}
# as large as it takes to see what the planted decision changed in its team
CUSTOMERS, MONTHS = 6_000, 9
WEEKS_OF_A_QUARTER, MONTHS_OF_A_QUARTER = 13, 3

SERIES = """
select 'kpi_chart' as kind, period_grain, count(*) as periods
from build.intermediate.int_kpi_charts
where upper_limit is not null
group by all
union all
select subject_type || '_surge', 'week', count(*) from build.intermediate.int_subject_surges
group by all
"""
SIGNALS = """
select kind, kpi_id, subject, cast(began_on as varchar) as began_on,
    cast(raised_on as varchar) as raised_on
from steering.signals
where kind <> 'saturation'
order by all
"""
LEADS = """
select cause_kpi_id, effect_kpi_id, lag_months, verdict
from steering.lead_lags
where verdict in ('predictive', 'contrary')
order by all
"""

DECISIONS = """
select decision_id, verdict, verdict_reason, effect, effect_low, effect_high, treated_after
from steering.decisions
where decision_id in ('DEC-001', 'DEC-002')
order by all
"""
QUERIES = {"series": SERIES, "signals": SIGNALS, "leads": LEADS, "decisions": DECISIONS}


def look_at(kind: str, seed: int) -> dict[str, Any]:
    """Return what the edition of one world says."""
    file = FINDINGS / f"{kind}_{seed}_{CUSTOMERS}.json"
    found: dict[str, Any] = kept(file, lambda: edition_of(kind, seed))
    return found


def edition_of(kind: str, seed: int) -> dict[str, Any]:
    with (
        built(CUSTOMERS, MONTHS, seed, WORLDS[kind], lambda _: [("pilotage", "run")]) as paths,
        duckdb.connect(str(paths.marts_db), read_only=True) as connection,
    ):
        connection.execute(f"attach '{paths.build_db}' as build (read_only)")
        truth = json.loads(paths.demo_truth.read_text(encoding="utf-8"))["planted"]
        return {"truth": truth} | {
            name: records(connection, query) for name, query in QUERIES.items()
        }


def surge_was_signalled(world: dict[str, Any]) -> bool:
    """Whether the reason that surges was signalled for the week in which it began."""
    surge = world["truth"]["surge"]
    began = date.fromisoformat(surge["from"])
    monday = began - timedelta(days=began.weekday())
    return any(
        signal["kind"] == "reason_surge"
        and signal["subject"] == surge["reason"]
        and date.fromisoformat(signal["raised_on"]) == monday + timedelta(days=7)
        for signal in world["signals"]
    )


def decision(world: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what is said of the decision that worked (`effective`), or of the idle one."""
    wanted = world["truth"]["decision"][name]["decision_id"]
    [found] = [one for one in world["decisions"] if one["decision_id"] == wanted]
    return dict(found)


def covers(one: dict[str, Any], effect: float) -> bool:
    """Whether the interval that a decision is given holds that effect."""
    return bool(one["effect_low"] <= effect <= one["effect_high"])


def effects_planted(worlds: dict[str, list[dict[str, Any]]]) -> list[tuple[dict[str, Any], float]]:
    """Return the decisions that worked and were measured, each with its effect on the KPI."""
    pairs = (
        (decision(planted, "effective"), decision(undecided, "effective"))
        for planted, undecided in zip(worlds["planted"], worlds["undecided"], strict=True)
    )
    return [
        (one, one["treated_after"] - without["treated_after"])
        for one, without in pairs
        if one["effect"] is not None and without["treated_after"] is not None
    ]


def without_effect(worlds: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the measured decisions that changed nothing, of all worlds."""
    names = {"planted": ["without_effect"]}
    found = [
        decision(world, name)
        for kind, its_worlds in worlds.items()
        for world in its_worlds
        for name in names.get(kind, ["effective", "without_effect"])
    ]
    return [one for one in found if one["effect"] is not None]


def quarters_of_series(world: dict[str, Any], kind: str) -> float:
    """Return how many quarters of one series each were looked at."""
    return sum(
        series["periods"]
        / (WEEKS_OF_A_QUARTER if series["period_grain"] == "week" else MONTHS_OF_A_QUARTER)
        for series in world["series"]
        if series["kind"] == kind
    )


def alarms(worlds: Iterable[dict[str, Any]], kind: str) -> int:
    """Return how many signals were raised of a kind of subject, or of charts of KPIs."""
    return sum(
        (signal["kind"] if signal["kind"].endswith("_surge") else "kpi_chart") == kind
        for world in worlds
        for signal in world["signals"]
    )


def report(worlds: dict[str, list[dict[str, Any]]]) -> str:
    """Return the page of results."""
    planted, quiet = worlds["planted"], worlds["quiet"]
    seen = sum(surge_was_signalled(world) for world in planted)
    lines = [
        "# What steering finds in worlds whose truth is known",
        "",
        f"Written by `python -m tests.steering`: {len(planted)} worlds with the planted effects of "
        "the demonstration, as many in which nothing was decided, and as many with no effect at "
        f"all, {CUSTOMERS:,} customers and {MONTHS} months each.",
        "",
        "| question | found |",
        "|---|---|",
        "| the reason that surges is signalled for the week in which it began "
        f"| {seen} of {len(planted)} worlds |",
    ]
    for kind, label in (
        ("reason_surge", "reason"),
        ("topic_surge", "topic"),
        ("trigger_surge", "sign of leaving"),
        ("kpi_chart", "KPI"),
    ):
        quarters = sum(quarters_of_series(world, kind) for world in quiet)
        raised = alarms(quiet, kind)
        lines.append(
            f"| false alarms of a {label} and quarter in quiet worlds "
            f"| {raised} in {quarters:,.0f}: {raised / quarters:.1%} |"
        )
    worked = [decision(world, "effective") for world in planted]
    idle = [decision(world, "without_effect") for world in planted]
    effects, nothing = effects_planted(worlds), without_effect(worlds)
    covered = sum(covers(one, effect) for one, effect in effects)
    mean_effect = sum(effect for _, effect in effects) / max(len(effects), 1)
    covered_nothing = sum(covers(one, 0) for one in nothing)
    improved = sum(one["verdict"] == "improved" for one in worked)
    not_improved = sum(one["verdict"] != "improved" for one in idle)
    judged = sum(one["verdict"] in ("no_detectable_effect", "worsened") for one in idle)
    lines += [
        f"| the decision that worked is found improved | {improved} of {len(planted)} worlds |",
        "| the one that changed nothing is not found improved "
        f"| {not_improved} of {len(planted)} worlds, {judged} of them judged |",
        f"| the interval of the first covers its effect, {100 * mean_effect:.1f} points at the "
        f"mean | {covered} of {len(effects)} measured |",
        "| the interval of a decision that changed nothing covers 0 "
        f"| {covered_nothing} of {len(nothing)} measured |",
    ]
    leads = sum(len(world["leads"]) for world in quiet)
    lines.append(f"| leads shown in quiet worlds | {leads} in {len(quiet)} worlds |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Look at the worlds and write the page."""
    worlds: dict[str, list[dict[str, Any]]] = {kind: [] for kind in WORLDS}
    for seed in seeds_asked(__doc__, 20, FINDINGS):
        for kind, found in worlds.items():
            found.append(look_at(kind, seed))
            print(f"{kind} world of seed {seed}: {len(found[-1]['signals'])} signals")
    RESULTS.write_text(report(worlds), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
