"""Hundreds of small worlds full of doubt about who is who, landed together in one warehouse.

Built whole, built in batches of shuffled rows, and looked up one by one in Python, each touch must
have the same person, each contact the same issue, and be in one journey. A failure names the first
worlds that differ; `identity_world(number, SEED)` gives their rows.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from orchestration.landing.pseudonyms import load_key
from tests.orchestration.identity_oracle import Oracle
from tests.orchestration.identity_worlds import identity_world, world_name
from tests.orchestration.issue_oracle import issues_of
from tests.orchestration.shuffled_world import World, split
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(4)

WORLDS = 240
SEED = 7
BATCHES = 3
SHOWN = 3
# One line a table: what is compared, beginning with a key that holds the world's name.
COMPARED = {
    "core.contacts": (
        "select contact_id, customer_id, identity_rule, reason_group, is_in_scope, is_handled,"
        " queue_entered_at, answered_at, ended_at"
    ),
    "core.tickets": "select ticket_id, customer_id, identity_rule",
    "core.customers": "select customer_id, segment, merged_record_count",
    "build.intermediate.int_survey_invitations_described": (
        "select invitation_id, customer_id, identity_rule, segment"
    ),
    "build.intermediate.int_feedback_described": "select feedback_id, customer_id, identity_rule",
    "build.staging.stg_interactions__contacts": "select contact_id",
    "core.issue_contacts": "select contact_id, issue_id, is_handled, is_repeat, is_mature",
    "core.issues": (
        "select issue_id, customer_id, reason_group, contact_count, unhandled_contact_count,"
        " channel_count, ended_at, ticket_id, is_resolved_at_first_contact"
    ),
    "journeys.customer_events": "select event_id, customer_id, event_number, journey_id",
    "journeys.customer_journeys": (
        "select journey_id, customer_id, contact_count, touch_count, channel_path, effort_count,"
        " started_at, ended_at, outcome"
    ),
}
MODELS = [f"+{table.split('.')[-1]}" for table in COMPARED]
RULES = {
    "customer_id",
    "merge",
    "customer_refs",
    "customer_email",
    "customer_phone",
    "anonymous",
    "none",
}

ByWorld = dict[str, dict[str, list[tuple]]]


class Built(NamedTuple):
    """The compared rows of every world, by the way in which they were built."""

    worlds: dict[str, World]
    whole: ByWorld
    parts: ByWorld
    key: bytes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    root: Path = tmp_path_factory.mktemp("identity")
    worlds = {world_name(number): identity_world(number, SEED) for number in range(WORLDS)}
    rows = together(worlds.values())
    with pytest.MonkeyPatch.context() as patch:
        whole = Warehouse(root / "whole", patch, MODELS)
        whole.land(rows, "all")
        whole.build()
        parts = Warehouse(root / "parts", patch, MODELS)
        for number, batch in enumerate(split(rows, BATCHES, SEED), start=1):
            parts.land(batch, str(number))
            parts.build(data_tests=number == BATCHES)
        yield Built(
            worlds,
            by_world(whole.tables(COMPARED)),
            by_world(parts.tables(COMPARED)),
            load_key(whole.paths.vault),
        )


def test_worlds_built_in_batches_of_shuffled_rows_are_the_worlds_built_whole(built: Built) -> None:
    differing = {
        name: difference(built.whole[name], built.parts[name])
        for name in sorted(built.whole.keys() | built.parts.keys())
        if built.whole[name] != built.parts[name]
    }
    assert not differing, report(differing)


def test_each_touch_has_the_person_that_a_slow_lookup_finds(built: Built) -> None:
    differing = {}
    for name, rows in built.worlds.items():
        oracle = Oracle(rows, built.key)
        expected = {
            "core.contacts": oracle.contacts(),
            "core.tickets": oracle.tickets(),
            "build.intermediate.int_survey_invitations_described": oracle.invitations(),
            "build.intermediate.int_feedback_described": oracle.reviews(),
        }
        found = {
            table: {row[0]: row[1:3] for row in built.whole[name][table]} for table in expected
        }
        if found != expected:
            differing[name] = difference(pairs(expected), pairs(found))
        customers = {row[0] for row in built.whole[name]["core.customers"]}
        assert customers == oracle.customers(), name
    assert not differing, report(differing)


def test_each_contact_has_the_issue_that_a_slow_lookup_finds(built: Built) -> None:
    differing = {}
    for name, tables in built.whole.items():
        expected = sorted(issues_of(tables["core.contacts"]).items())
        found = sorted((row[0], row[1]) for row in tables["core.issue_contacts"])
        if found != expected:
            differing[name] = difference({"issue": expected}, {"issue": found})
    assert not differing, report(differing)
    sizes = Counter(
        row[3] for tables in built.whole.values() for row in tables["core.issues"] if row[3] > 1
    )
    assert sum(sizes.values()) > WORLDS / 2, "too few issues of several contacts to prove anything"


def test_every_contact_that_landed_is_in_one_journey(built: Built) -> None:
    differing = {}
    for name, tables in built.whole.items():
        landed = sorted(row[0] for row in tables["build.staging.stg_interactions__contacts"])
        journeys = {row[0] for row in tables["journeys.customer_journeys"]}
        found = sorted(
            row[0].removeprefix("contact:")
            for row in tables["journeys.customer_events"]
            if row[0].startswith("contact:") and row[3] in journeys
        )
        counted = sum(row[2] for row in tables["journeys.customer_journeys"])
        if found != landed or counted != len(landed):
            differing[name] = difference({"contact": landed}, {"contact": found})
            differing[name].append(f"journeys count {counted} of {len(landed)} contacts")
    assert not differing, report(differing)


def test_worlds_hold_every_kind_of_doubt(built: Built) -> None:
    """Each rule decides about many touches, so that the tests above prove something of it."""
    rules = Counter(row[2] for tables in built.whole.values() for row in tables["core.contacts"])
    assert set(rules) == RULES
    assert min(rules.values()) > WORLDS / 10
    merged = [row for tables in built.whole.values() for row in tables["core.customers"] if row[2]]
    assert len(merged) > WORLDS / 2


def together(worlds: Iterable[World]) -> World:
    rows: World = defaultdict(list)
    for world in worlds:
        for table, table_rows in world.items():
            rows[table] += table_rows
    return rows


def by_world(tables: dict[str, list[tuple]]) -> ByWorld:
    """Rows by the world that their first column names, and by table."""
    found: ByWorld = defaultdict(lambda: {table: [] for table in tables})
    for table, rows in tables.items():
        for row in rows:
            found[re.search(r"w\d{3}", row[0])[0]][table].append(row)
    return found


def pairs(persons: dict[str, dict[str, tuple]]) -> dict[str, list[tuple]]:
    return {
        table: sorted((key, *person) for key, person in found.items())
        for table, found in persons.items()
    }


def difference(expected: dict[str, list[tuple]], found: dict[str, list[tuple]]) -> list[str]:
    """Rows that one has and the other has not, in words."""
    lines = []
    for table in expected:
        lines += [f"{table} lacks {row}" for row in expected[table] if row not in found[table]]
        lines += [f"{table} has {row}" for row in found[table] if row not in expected[table]]
    return lines


def report(differing: dict[str, list[str]]) -> str:
    lines = [f"{len(differing)} of {WORLDS} worlds differ"]
    for name in list(differing)[:SHOWN]:
        lines += [name, *(f"  {line}" for line in differing[name])]
    return "\n".join(lines)
