"""What an edition changed is recorded once, when readers have had it, and then for good."""

import duckdb
import pytest
from small_marts import build_edition, change_marts

from orchestration.publication.changelog import EMPTY_FILE, initialise
from orchestration.publication.publish import publish
from orchestration.publication.recovery import rollback
from orchestration.system.errors import GateRefused
from orchestration.system.paths import DataPaths

COLUMNS = "edition, edition_number, change_cause"


def recorded(paths: DataPaths, columns: str = COLUMNS) -> list[tuple]:
    return duckdb.execute(
        f"select {columns} from read_parquet($1, union_by_name = true) order by edition_number",
        [str(paths.kpi_editions / "*.parquet")],
    ).fetchall()


def test_a_record_without_editions_has_the_columns_of_the_source(paths):
    initialise(paths)
    assert recorded(paths, "kpi_id, period_start, value, is_withdrawn, other_causes") == []
    before = (paths.kpi_editions / EMPTY_FILE).stat().st_mtime_ns
    initialise(paths)
    assert (paths.kpi_editions / EMPTY_FILE).stat().st_mtime_ns == before


def test_a_record_of_an_older_program_gets_the_new_columns(paths):
    paths.kpi_editions.mkdir(parents=True)
    empty = paths.kpi_editions / EMPTY_FILE
    duckdb.execute(f"copy (select 1 as kpi_id where false) to '{empty}' (format parquet)")
    initialise(paths)
    assert recorded(paths, "kpi_id, change_cause") == []


def test_nothing_is_recorded_before_readers_have_the_edition(paths, ready, published):
    published("e1")
    build_edition(paths, "e2")
    ready("e2")
    assert recorded(paths) == [("e1", 1, "late_data")]
    publish(paths, "e2")
    assert recorded(paths) == [("e1", 1, "late_data"), ("e2", 2, "late_data")]


def test_the_record_says_when_readers_got_the_edition(paths, published):
    edition = published("e1")
    [(at_publication,)] = recorded(paths, f"published_at = timestamptz '{edition.published_at}'")
    assert at_publication


def test_the_same_edition_twice_is_recorded_once(paths, published):
    published("e1")
    file = paths.kpi_editions / "e1.parquet"
    before = file.stat().st_mtime_ns
    publish(paths, "e1")
    assert file.stat().st_mtime_ns == before
    assert recorded(paths) == [("e1", 1, "late_data")]


def test_an_edition_that_changed_nothing_leaves_a_record_without_rows(paths, ready, published):
    published("e1")
    change_marts(paths, "insert into core.contacts values ('more')")
    ready("e2")
    publish(paths, "e2")
    assert (paths.kpi_editions / "e2.parquet").exists()
    assert recorded(paths) == [("e1", 1, "late_data")]
    assert published("e3").is_current


def test_a_rollback_takes_nothing_back(paths, published):
    published("e1")
    published("e2")
    rollback(paths)
    published("e3")
    assert [edition for edition, *_ in recorded(paths)] == ["e1", "e2", "e3"]


def test_the_record_outlives_the_editions(paths, published, monkeypatch):
    monkeypatch.setenv("PILOTAGE_KEEP_EDITIONS", "1")
    for name in ("e1", "e2", "e3"):
        published(name)
    assert [path.name for path in paths.editions.iterdir()] == ["e3"]
    assert [edition for edition, *_ in recorded(paths)] == ["e1", "e2", "e3"]


def test_an_edition_built_with_another_past_is_refused(paths, ready, published):
    """e3 was built when e2 was not published yet, so that its changes are found against e1."""
    published("e1")
    build_edition(paths, "e2")
    ready("e2")
    change_marts(paths, "delete from kpis.kpi_editions where edition = 'e2'")
    build_edition(paths, "e3")
    publish(paths, "e2")
    ready("e3")
    with pytest.raises(GateRefused, match=r"another history .* \(e2\)"):
        publish(paths, "e3")
    assert paths.pointer.resolve().parent.name == "e2"
    assert [edition for edition, *_ in recorded(paths)] == ["e1", "e2"]


def test_an_edition_whose_past_is_not_recorded_is_refused(paths, ready, published):
    published("e1")
    (paths.kpi_editions / "e1.parquet").unlink()
    (paths.editions / "e1" / "kpi_editions.parquet").unlink()
    build_edition(paths, "e2")
    ready("e2")
    with pytest.raises(GateRefused, match=r"\(e1\)"):
        publish(paths, "e2")
