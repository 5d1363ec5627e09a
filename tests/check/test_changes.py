"""What a changed file reaches: tests through imports, and nodes of dbt through the graph."""

from pathlib import Path

import pytest

from tests.check.changes import Reach, changes, digests, nearest_tests, reach

SOURCES = {
    Path("orchestration/system/paths.py"): "import os",
    Path("orchestration/landing/__init__.py"): "from orchestration.landing.accept import accept",
    Path("orchestration/landing/accept.py"): "from orchestration.system.paths import DataPaths",
    Path("orchestration/demo/world.py"): "",
    Path("tests/test_paths.py"): "from orchestration.system import paths",
    Path("tests/landing/conftest.py"): "",
    Path("tests/landing/test_accept.py"): "def test():\n    import orchestration.landing.accept",
    Path("tests/landing/test_all.py"): "from orchestration.landing import accept",
    Path("tests/test_seeds.py"): 'FOLDER = ROOT / "seeds"',
    Path("tests/demo/test_world.py"): "from ...orchestration.demo import world",
}


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("tests/test_seeds.py", ["tests/test_seeds.py"]),
        (
            "orchestration/landing/accept.py",
            ["tests/landing/test_accept.py", "tests/landing/test_all.py"],
        ),
        # nearest only: what imports the paths through another module is not asked
        ("orchestration/system/paths.py", ["tests/test_paths.py"]),
        (
            "tests/landing/conftest.py",
            ["tests/landing/test_accept.py", "tests/landing/test_all.py"],
        ),
        ("seeds/reasons.csv", ["tests/test_seeds.py"]),
        ("orchestration/demo/sql/04_agents.sql", ["tests/demo/test_world.py"]),
        ("README.md", []),
    ],
)
def test_a_file_reaches_the_nearest_tests(changed: str, tests: list[str]) -> None:
    assert nearest_tests([Path(changed)], SOURCES) == [Path(test) for test in tests]


def node(kind: str, *parents: str, sql: str = "select 1", macros: tuple[str, ...] = ()) -> dict:
    depends_on = {"nodes": list(parents), "macros": list(macros)}
    return {"resource_type": kind, "raw_code": sql, "columns": {}, "depends_on": depends_on}


def project() -> dict:
    """a -> b -> c -> d, beside it e; a source before a; tests of b, of c with d, and of d."""
    nodes = {
        "model.p.a": node("model", "source.p.s.rows"),
        "model.p.b": node("model", "model.p.a", macros=("macro.p.outer",)),
        "model.p.c": node("model", "model.p.b"),
        "model.p.d": node("model", "model.p.c"),
        "model.p.e": node("model"),
        "test.p.of_b.1": node("test", "model.p.b"),
        "test.p.of_c_and_d.2": node("test", "model.p.c", "model.p.d"),
        "test.p.of_d.3": node("test", "model.p.d"),
    }
    unit_tests = {"unit_test.p.b.adds": node("unit_test", "model.p.b")}
    parents = {name: one["depends_on"]["nodes"] for name, one in (nodes | unit_tests).items()}
    children: dict[str, list[str]] = {}
    for name, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(name)
    inner = {"macro_sql": "1", "depends_on": {"macros": []}}
    outer = {"macro_sql": "{{ inner() }}", "depends_on": {"macros": ["macro.p.inner"]}}
    return {
        "nodes": nodes,
        "unit_tests": unit_tests,
        "sources": {"source.p.s.rows": {"meta": {"external_location": "here"}}},
        "macros": {"macro.p.inner": inner, "macro.p.outer": outer},
        "parent_map": parents,
        "child_map": children,
    }


def reach_of(manifest: dict, *again: str) -> tuple[str, list[str]]:
    """Letters of what is built, and the names of what is asked."""
    found = reach(digests(project()), manifest, again)
    asked = Reach(frozenset(), found.asked).names()
    return "".join(sorted(name.split(".")[2] for name in found.built)), asked


def test_nothing_changed_reaches_nothing() -> None:
    assert reach_of(project()) == ("", [])


def test_a_model_reaches_its_children_and_no_test_of_what_is_further_down() -> None:
    manifest = project()
    manifest["nodes"]["model.p.b"]["raw_code"] = "select 2"
    assert reach_of(manifest) == ("bc", ["adds", "of_b"])


def test_what_stands_between_two_changes_is_built() -> None:
    manifest = project()
    manifest["nodes"]["model.p.a"]["raw_code"] = "select 2"
    manifest["nodes"]["model.p.d"]["raw_code"] = "select 2"
    assert reach_of(manifest) == ("abcd", ["adds", "of_b", "of_c_and_d", "of_d"])


def test_a_rule_of_a_column_reaches_its_model() -> None:
    manifest = project()
    manifest["nodes"]["model.p.e"]["columns"] = {"id": {"constraints": [{"type": "not_null"}]}}
    assert reach_of(manifest) == ("e", [])


def test_a_macro_reaches_the_models_that_call_it_through_another() -> None:
    manifest = project()
    manifest["macros"]["macro.p.inner"]["macro_sql"] = "2"
    assert changes(digests(project()), manifest) == {"model.p.b"}


def test_a_test_that_changed_is_asked_alone() -> None:
    manifest = project()
    manifest["nodes"]["test.p.of_d.3"]["raw_code"] = "select 2"
    manifest["unit_tests"]["unit_test.p.b.adds"]["given"] = ["a row"]
    assert reach_of(manifest) == ("", ["adds", "of_d"])


def test_another_place_of_a_source_reaches_its_staging() -> None:
    manifest = project()
    manifest["sources"]["source.p.s.rows"]["meta"] = {"external_location": "there"}
    assert reach_of(manifest) == ("ab", ["adds", "of_b"])


def test_what_was_built_since_is_built_again_and_no_more() -> None:
    assert reach_of(project(), "model.p.b", "model.p.d") == (
        "bcd",
        ["adds", "of_b", "of_c_and_d", "of_d"],
    )
