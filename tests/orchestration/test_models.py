"""What the models say of each other, asked of the parsed project."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.registry.semantic_layer import computed_kpis
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse.marts import drop_tables_that_left
from tests.orchestration.parsed import parsed_once

# From the ground up; what stands in one line reads none of the others in it. Beside and below each
# room its steps, which belong to it.
FLOORS = (
    ("staging",),
    ("intermediate",),
    ("core",),
    ("journeys", "kpis"),
    ("steering",),
    ("reports",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Before a model is built again key by key, its rows of these keys are deleted by this condition.
KEY_OF = {"everything_changed": "person", "of_changed_tickets": "ticket"}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return parsed_once()


@pytest.fixture(scope="module")
def models(manifest: Any) -> dict[str, Any]:
    return {
        key: node
        for key, node in manifest.nodes.items()
        if node.resource_type.value == "model" and node.path.endswith((".sql", ".py"))
    }


def room_of(model: Any) -> str:
    folders = model.path.split("/")
    return folders[1] if folders[0] == "marts" else folders[0]


def macros_behind(manifest: Any, text: str) -> Iterator[str]:
    """Yield the names of the project's macros that a hook's text calls, near or far."""
    waiting = [
        macro
        for macro in manifest.macros.values()
        if macro.package_name == "pilotage" and f"{macro.name}(" in text
    ]
    for macro in waiting:
        yield macro.name
        waiting += [
            manifest.macros[key]
            for key in macro.depends_on.macros
            if manifest.macros[key] not in waiting
        ]


def test_every_room_has_its_floor() -> None:
    folders = PROJECT_ROOT / "models"
    rooms = {path.name for path in folders.iterdir() if path.is_dir()} - {"marts"}
    marts = {path.name for path in (folders / "marts").iterdir() if path.is_dir()}
    assert rooms | marts == set(FLOOR_OF)


def test_models_read_only_from_their_own_room_and_from_those_below(
    models: dict[str, Any],
) -> None:
    """A failure means that a model stands in the wrong room."""
    back = [
        f"{model.name} ({room_of(model)}) reads {models[key].name} ({room_of(models[key])})"
        for model in models.values()
        for key in model.depends_on.nodes
        if key in models
        and room_of(models[key]) != room_of(model)
        and FLOOR_OF[room_of(models[key])] >= FLOOR_OF[room_of(model)]
    ]
    assert back == []


def test_a_fact_built_by_keys_says_so(manifest: Any, models: dict[str, Any]) -> None:
    """A failure means that a fact built from nothing would hold what changed, and nothing else."""
    wrong = {}
    for model in models.values():
        hooks = " ".join(hook.sql for hook in model.config.pre_hook)
        keys = {KEY_OF[name] for name in macros_behind(manifest, hooks) if name in KEY_OF}
        said = {model.config.meta["built_by"]} if "built_by" in model.config.meta else set()
        if keys != said:
            wrong[model.name] = (keys, said)
    assert wrong == {}


def test_a_list_of_changes_is_no_source_of_figures(models: dict[str, Any]) -> None:
    """A failure means that figures would be said to change with tables that they do not show."""
    forgotten = [
        model.name
        for model in models.values()
        if model.name.startswith("int_")
        and model.name.endswith("_changed")
        and not model.config.meta.get("gives_no_figures")
    ]
    assert forgotten == []


def test_no_data_test_warns(manifest: Any) -> None:
    """Nobody would read it: what is odd and stops nothing is a row of `kpis.findings`."""
    tests = [node for node in manifest.nodes.values() if node.resource_type.value == "test"]
    assert len(tests) > 100
    assert [test.name for test in tests if test.config.severity.lower() != "error"] == []


def test_measures_behind_kpis_about_people_are_not_published(models: dict[str, Any]) -> None:
    """Their sums would reveal what kpi_values hides."""
    about_people = {kpi["family"] for kpi in computed_kpis() if kpi["is_about_people"] == "true"}
    measures = {model.name: model for model in models.values() if "/measures/" in model.path}
    assert about_people < {name.removeprefix("measures_") for name in measures}
    published = {name for name, model in measures.items() if model.database == "marts"}
    assert published == measures.keys() - {f"measures_{family}" for family in about_people}


def test_what_the_project_no_longer_publishes_leaves_the_marts(
    manifest: Any, tmp_path: Path
) -> None:
    marts = tmp_path / "marts.duckdb"
    with duckdb.connect(str(marts)) as connection:
        connection.execute("create schema kpis")
        for table in ("kpi_values", "measures_orders", "measures_surveys"):
            connection.execute(f"create table kpis.{table} (kpi_id varchar)")
    drop_tables_that_left(marts, manifest)
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute("select table_name from duckdb_tables() order by all").fetchall()
    assert found == [("kpi_values",), ("measures_orders",)]
