"""Lineage through a whole project, on a small one: renamed columns, Python models, what is kept.

A failure means that the lineage of a project would not follow its SQL.
"""

from pathlib import Path

import pytest

from orchestration.lineage import Column, RawColumn, as_svg, picture
from orchestration.lineage.kept import built_columns, load_lineage
from orchestration.system.errors import PilotageError
from orchestration.system.paths import DataPaths
from orchestration.warehouse.compiled import read_compiled
from tests.orchestration.lineage.conftest import CORE, MEASURES, STAGING, Toy
from tests.orchestration.worked_examples import Run


def raw(toy: Toy) -> dict[str, str]:
    return {one.column: one.use for one in toy.lineage().raw_columns_of("asa")}


def test_a_kpi_reaches_what_it_is_made_from(toy: Toy) -> None:
    assert raw(toy) == {
        "answered_at": "value",
        "rang_at": "value",
        "is_test": "rows",
        # what tells the rows of a landing table apart
        "call_id": "rows",
    }


def test_a_renamed_column_shows(toy: Toy) -> None:
    toy.columns["phone.calls"] = ("call_id", "picked_up_at", "rang_at", "is_test", "colour")
    toy.sql[STAGING] = toy.sql[STAGING].replace("answered_at,", "picked_up_at as answered_at,")
    assert raw(toy).keys() == {"picked_up_at", "rang_at", "is_test", "call_id"}
    assert toy.lineage().kpis_of("phone", "calls", "picked_up_at")[0].kpi_id == "asa"
    with pytest.raises(PilotageError, match=r"phone\.calls has no column answered_at"):
        toy.lineage().kpis_of("phone", "calls", "answered_at")


def test_a_column_that_nobody_reads_has_no_kpi(toy: Toy) -> None:
    assert toy.lineage().kpis_of("phone", "calls", "colour") == ()
    # added while accepting
    assert RawColumn("phone", "calls", "batch", "rows") not in toy.lineage().raw_columns_of("asa")


def test_a_column_of_a_published_table_has_its_kpis_too(toy: Toy) -> None:
    assert [one.use for one in toy.lineage().kpis_of("core", "calls", "wait")] == ["value"]
    assert toy.lineage().upstream("core.calls", "wait") == toy.lineage().upstream(CORE, "wait")


def test_what_cannot_be_followed_is_listed_by_name(toy: Toy) -> None:
    toy.sql[CORE] = 'select call_id, nowhere as wait from "build"."staging"."stg_calls"'
    assert list(toy.lineage().graph.unresolved) == [CORE]
    toy.sql[CORE] = 'select call_id, other as wait from "build"."elsewhere"."t"'
    assert "elsewhere" in toy.lineage().graph.unresolved[CORE]


def test_a_table_that_was_built_with_other_columns_is_listed(toy: Toy) -> None:
    toy.columns[CORE] = ("call_id", "wait", "site")
    assert "site" in toy.lineage().graph.unresolved[CORE]


def test_a_python_model_is_never_guessed(toy: Toy) -> None:
    toy.sql[CORE] = None
    assert "made_from" in toy.lineage().graph.unresolved[CORE]
    toy.meta[CORE] = {"made_from": ["stg_calls.answered_at"]}
    assert raw(toy) == {"answered_at": "value", "call_id": "rows"}
    toy.meta[CORE] = {"made_from": "all inputs"}
    assert {name for name, use in raw(toy).items() if use == "value"} == {
        "call_id",
        "answered_at",
        "rang_at",
        "is_test",
    }
    toy.meta[CORE] = {"made_from": ["stg_calls.colour"]}
    assert "stg_calls.colour" in toy.lineage().graph.unresolved[CORE]


def test_what_gives_no_figures_ends_the_way(toy: Toy) -> None:
    toy.meta[STAGING] = {"gives_no_figures": True}
    assert toy.lineage().raw_columns_of("asa") == ()
    # asked for by itself it is followed
    assert Column("phone.calls", "rang_at") in toy.lineage().upstream(STAGING, "rang_at").value


def test_a_model_does_not_come_from_what_it_wrote_before(toy: Toy) -> None:
    toy.sql[CORE] += ' union all select call_id, wait from "marts"."core"."calls"'
    assert Column(CORE, "wait") not in toy.lineage().upstream(CORE, "wait").value
    assert raw(toy)["answered_at"] == "value"


def test_a_picture_has_the_boxes_between(toy: Toy) -> None:
    drawn = picture(toy.lineage(), "asa")
    assert [(box.kind, box.name) for box in drawn.boxes] == [
        ("published", "core.calls"),
        ("measure", MEASURES),
        ("raw", "phone.calls"),
        ("staging", STAGING),
        ("kpi", "asa"),
    ]
    assert [(arrow.start, arrow.end, arrow.use) for arrow in drawn.arrows] == [
        (CORE, MEASURES, "value"),
        (MEASURES, "asa", "value"),
        ("phone.calls", STAGING, "value"),
        (STAGING, CORE, "value"),
    ]
    svg = as_svg(drawn, "fr", lambda box: f"{box.name}.html?a&b" if box.kind == "raw" else None)
    assert svg.count("<a href=") == 1
    assert 'href="phone.calls.html?a&amp;b"' in svg
    assert "Attente" in svg and "table brute" in svg


@pytest.mark.parametrize("asked", ["nothing", "phone.nothing", "core.nothing"])
def test_a_table_that_is_not_there_is_said(toy: Toy, asked: str) -> None:
    with pytest.raises(PilotageError, match=f"no table {asked}"):
        toy.lineage().upstream(asked, "x")


def test_without_a_build_there_is_no_lineage(tmp_path: Path) -> None:
    with pytest.raises(PilotageError, match=r"pilotage run"):
        load_lineage(DataPaths(tmp_path))


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.warehouse.mkdir()
    paths.build_db.write_text("no database, though there is enough text in it " * 100)
    with pytest.raises(PilotageError, match=r"build\.duckdb cannot be read"):
        built_columns(paths)


def test_lineage_is_read_back_as_it_was_computed(
    worked_examples: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_lineage(worked_examples.paths)

    def computed_again(paths: DataPaths) -> None:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr("orchestration.lineage.kept.lineage_of", computed_again)
    assert load_lineage(worked_examples.paths) == first


def test_a_full_build_leaves_the_sql_of_every_model(worked_examples: Run) -> None:
    compiled = read_compiled(worked_examples.paths.warehouse)
    without = {
        node.name for node in compiled.nodes.values() if node.kind == "model" and not node.sql
    }
    assert without == {node.name for node in compiled.nodes.values() if node.path.endswith(".py")}
