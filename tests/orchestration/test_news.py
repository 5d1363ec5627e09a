"""Batches of one kind of row each, built by what they reach, give what one full build gives.

What depends on the way there, the batch numbers and the edition that last changed a value, is not
compared.
"""

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import DataPaths
from tests.orchestration.shuffled_world import World, world
from tests.orchestration.warehouse import Warehouse

pytestmark = pytest.mark.builds(6)

SEED = 5
MODELS = ("resource_type:model", "resource_type:seed")
BY_THE_WAY = {
    *("batch", "edition", "edition_number", "latest_batch", "project_fingerprint"),
    *("computed_at", "published_at", "checked_at"),
}
BATCH_OF = {
    **{"contacts": "contacts", "customer_merges": "merges", "orders": "orders"},
    **{"invitations": "surveys", "answers": "surveys"},
}
AGENTS: World = {
    ("workforce", "agents"): [
        {"agent_id": f"a{number}", "team": "desk", "role": "agent", "hired_on": "2025-01-01"}
        for number in range(4)
    ]
}


def batches(rows: World) -> dict[str, World]:
    """Deal the rows out by their table; most contacts come with all the rest, before the others."""
    dealt: dict[str, World] = defaultdict(dict)
    for (source, table), its_rows in rows.items():
        dealt[BATCH_OF.get(table, "first")][source, table] = its_rows
    contacts = ("interactions", "contacts")
    half = len(dealt["contacts"][contacts]) // 2
    dealt["first"][contacts] = dealt["contacts"][contacts][:half]
    dealt["contacts"][contacts] = dealt["contacts"][contacts][half:]
    return dealt | {"agents": AGENTS}


def published(paths: DataPaths) -> dict[str, str]:
    """Return what to compare of each table of the marts, as `select …` by its name."""
    with duckdb.connect(str(paths.marts_db), read_only=True) as marts:
        columns = marts.execute("""
            select schema_name || '.' || table_name, list(column_name order by column_index)
            from duckdb_columns()
            where database_name = current_database() and not internal
            group by all
        """).fetchall()
    kept = {table: [name for name in names if name not in BY_THE_WAY] for table, names in columns}
    return {table: f"select {', '.join(names)}" for table, names in kept.items()}


def test_batches_of_one_kind_give_what_a_full_build_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = world(SEED)
    whole = Warehouse(tmp_path / "whole", monkeypatch, MODELS)
    whole.land(rows | AGENTS, "all")
    whole.build()

    parts, dealt = Warehouse(tmp_path / "parts", monkeypatch, MODELS), batches(rows)
    parts.land(dealt["first"], "first")
    everything = parts.build().models
    for name in ("contacts", "merges", "agents"):
        parts.land(dealt[name], name)
        report = parts.build()
        assert (report.full_refresh, report.everything) == (None, None)
        assert 0 < report.models < everything, name
    # a build that fails after some of its models; the next run has other tables, too
    parts.land(dealt["surveys"], "surveys")
    parts.stop_half_way("+survey_answers")
    parts.land(dealt["orders"], "orders")
    assert "was written to" in str(parts.build().everything)

    compared = published(whole.paths)
    assert published(parts.paths) == compared
    expected, found = whole.tables(compared), parts.tables(compared)
    assert {table for table in compared if found[table] != expected[table]} == set()
