"""What docs/bi says of clients, as their users do it: the same figures by each of them, read-only,
and which of them follow a new edition.

The snippets of the pages are run as they stand there, with the path of an edition in the place of
the one that they show.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from orchestration.publication.editions import move_pointer
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from tests.orchestration.pages import BI_PAGES, blocks, queries
from tests.orchestration.worked_examples import Run

PAGES = sorted((PROJECT_ROOT / BI_PAGES).glob("*.md"))
SHOWN = re.compile(r"(?:/absolute/path|data)/published/pilotage\.duckdb")
FIRST, SECOND = "20260601T000000Z-00000001", "20260602T000000Z-00000002"
DIRECTION = "select kpi_id, value, sample_size from reports.direction"
TABLES = ("reports.direction", "reports.kpi_series", "kpis.kpi_values", "kpis.kpi_catalogue")
MARK = "select distinct edition from reports.marked"


@pytest.fixture(scope="module")
def published(worked_examples: Run, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """Two editions that differ in a table of their name, the first being what readers open."""
    paths = DataPaths(tmp_path_factory.mktemp("clients"))
    for edition in (FIRST, SECOND):
        file = paths.editions / edition / "pilotage.duckdb"
        file.parent.mkdir(parents=True)
        shutil.copyfile(worked_examples.paths.marts_db, file)
        with duckdb.connect(str(file)) as con:
            con.execute(f"create table reports.marked as select '{edition}' as edition")
        file.chmod(0o444)
    return paths


@pytest.fixture
def edition(published: DataPaths) -> Iterator[Path]:
    move_pointer(published, FIRST)
    yield published.pointer


@pytest.fixture(scope="module")
def direction(worked_examples: Run) -> list[tuple]:
    found = worked_examples.marts.execute(DIRECTION).fetchall()
    assert found
    return sorted(found)


def snippets(language: str) -> list[Any]:
    return [
        pytest.param(code, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, code in enumerate(blocks(page, language), start=1)
    ]


@pytest.mark.parametrize("code", snippets("python"))
def test_python_of_the_pages_gives_the_figures_of_the_edition(
    code: str, edition: Path, direction: list[tuple]
) -> None:
    path = str(edition)
    named: dict[str, Any] = {}
    exec(compile(SHOWN.sub(lambda _: path, code), "page", "exec"), named)
    if "engine" in named:
        named["engine"].dispose()
    assert sorted(records(named["direction"])) == direction


def records(frame: Any) -> list[tuple]:
    """Return the rows of an Arrow table, or of a frame of pandas or Polars."""
    if hasattr(frame, "to_pylist"):
        return [tuple(row.values()) for row in frame.to_pylist()]
    if hasattr(frame, "rows"):
        return frame.rows()
    # pandas has not a number where the edition has nothing
    whole = frame.astype(object).where(frame.notna(), None)
    return list(whole.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "code", [one for one in snippets("sh") if one.values[0].startswith("duckdb ")]
)
def test_the_shell_of_the_pages_reads_the_edition(
    code: str, edition: Path, direction: list[tuple]
) -> None:
    command = SHOWN.sub(lambda _: f"'{edition}'", code)
    shell = Path(sys.executable).with_name("duckdb")
    done = subprocess.run(
        ["sh", "-c", command.replace("duckdb ", f"'{shell}' ", 1)],
        input=f".mode csv\n{DIRECTION};\ncreate table reports.refused as select 1;\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1 + len(direction)
    assert done.stdout.startswith("kpi_id,value,sample_size")
    if "-c" not in command:
        assert "read-only" in done.stderr


@pytest.mark.parametrize("sql", snippets("sql"))
def test_sql_of_the_pages_answers(sql: str, worked_examples: Run) -> None:
    worked_examples.marts.execute(sql).fetchall()


def test_pages_have_snippets_and_name_the_tables_to_begin_with() -> None:
    assert {page.stem for page in PAGES if blocks(page, "python")} == {"python"}
    assert len(snippets("python")) == 4
    assert sum(len(queries(page)) for page in PAGES) >= 4
    index = (PROJECT_ROOT / BI_PAGES / "README.md").read_text(encoding="utf-8")
    for table in TABLES:
        assert f"`{table}`" in index


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("table", TABLES)
def test_sqlalchemy_reads_the_same_rows(table: str, edition: Path, worked_examples: Run) -> None:
    sql = f"select count(*), count(distinct kpi_id) from {table}"
    engine = create_engine(f"duckdb:///{edition}?access_mode=read_only", poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(text(sql)).fetchall()
    assert [tuple(row) for row in found] == worked_examples.marts.execute(sql).fetchall()


def asked(engine: Any, sql: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(sql)).scalar()


def test_a_pool_keeps_the_edition_that_it_opened(edition: Path, published: DataPaths) -> None:
    engine = create_engine(f"duckdb:///{edition}?access_mode=read_only")
    assert asked(engine, MARK) == FIRST
    move_pointer(published, SECOND)
    assert asked(engine, MARK) == FIRST
    # a connection of its own sees the next one meanwhile, in the same process too
    with duckdb.connect(str(edition), read_only=True) as another:
        assert another.execute(MARK).fetchall() == [(SECOND,)]
    assert asked(engine, MARK) == FIRST
    engine.dispose()
    assert asked(engine, MARK) == SECOND
    engine.dispose()


def test_without_a_pool_each_query_gets_the_newest_edition(
    edition: Path, published: DataPaths
) -> None:
    engine = create_engine(f"duckdb:///{edition}?access_mode=read_only", poolclass=NullPool)
    assert asked(engine, MARK) == FIRST
    move_pointer(published, SECOND)
    assert asked(engine, MARK) == SECOND


def test_a_pool_that_recycles_follows_once_its_connections_are_old(
    edition: Path, published: DataPaths
) -> None:
    engine = create_engine(f"duckdb:///{edition}?access_mode=read_only", pool_recycle=1)
    assert asked(engine, MARK) == FIRST
    move_pointer(published, SECOND)
    time.sleep(1.1)
    assert asked(engine, MARK) == SECOND
    engine.dispose()


def test_a_copy_put_in_the_place_of_another_is_seen_once_all_connections_are_closed(
    published: DataPaths, tmp_path: Path
) -> None:
    """Without the link, as on a share that has none: a process knows the file by its path."""

    def put(name: str) -> None:
        shutil.copyfile(published.editions / name / "pilotage.duckdb", tmp_path / "new")
        (tmp_path / "new").replace(copy)

    copy = tmp_path / "pilotage.duckdb"
    put(FIRST)
    engine = create_engine(f"duckdb:///{copy}?access_mode=read_only", poolclass=NullPool)
    with engine.connect() as reader:
        assert reader.execute(text(MARK)).scalar() == FIRST
        put(SECOND)
        assert asked(engine, MARK) == FIRST
    assert asked(engine, MARK) == SECOND


def test_sql_of_others_reaches_no_other_file(edition: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    config = {"enable_external_access": "false", "lock_configuration": "true"}
    url = f"duckdb:///{edition}?access_mode=read_only"
    closed = create_engine(url, poolclass=NullPool, connect_args={"config": config})
    read = f"select count(*) from read_csv('{secret}')"
    assert asked(create_engine(url, poolclass=NullPool), read) == 1
    for wish in (read, "set enable_external_access = true", "create table reports.x as select 1"):
        with pytest.raises(SQLAlchemyError):
            asked(closed, wish)
    assert asked(closed, MARK) == FIRST
